import { expect, it } from 'vitest';
import { outdatedComponent, type Standing } from '../../../../src/resolve/lock/outdated-component.ts';
import type { LockedComponent } from '../../../../src/resolve/lock/lockfile.ts';
import type { SetComponent } from '../../../../src/resolve/sets/extension-set.ts';
import { component } from '../facts.ts';

const id = (digit: string): string => digit.repeat(40);
const at = { file: 'demo.yaml', line: 1, column: 1, length: 1 };
const policy = {
  branches: ['wmf/1', 'master'].map((name) => ({ name, rule: { template: name, at } })),
  firstOnly: false,
};

interface Case {
  readonly pin?: SetComponent['pin'];
  readonly locked?: Partial<LockedComponent>;
  readonly refs: Readonly<Record<string, string>>;
}

/** `state because` of Echo, locked at wmf/1 with commit a. */
function standing({ pin, locked = {}, refs }: Case): string {
  const listed = { ...component('Echo'), ...(pin === undefined ? {} : { pin }) };
  const { name, kind, path, url } = listed;
  const before: LockedComponent = {
    name,
    kind,
    path,
    url,
    ref: 'refs/heads/wmf/1',
    commit: id('a'),
    tree: id('b'),
    ...locked,
  };
  const facts: Standing = { component: listed, policy, locked: before, refs: new Map(Object.entries(refs)) };
  const { state, because, newerTag } = outdatedComponent(facts);
  return `${state}: ${because}${newerTag === undefined ? '' : `; ${newerTag}`}`;
}

it.each<[string, Case, string]>([
  ['the same again', { refs: { 'refs/heads/wmf/1': id('a') } }, 'current: the newest of its branch'],
  ['a branch that moved', { refs: { 'refs/heads/wmf/1': id('c') } }, 'behind: wmf/1 moved on'],
  [
    'a fallback that is still one',
    { locked: { ref: 'refs/heads/master', fallback: 'no wmf/1' }, refs: { 'refs/heads/master': id('a') } },
    'current: no wmf/1',
  ],
  [
    'a fallback whose branch has appeared',
    {
      locked: { ref: 'refs/heads/master', fallback: 'no wmf/1' },
      refs: { 'refs/heads/master': id('a'), 'refs/heads/wmf/1': id('a') },
    },
    'other-ref: wmf/1 is there now: master was a fallback',
  ],
  [
    'a branch that is gone, with another of the policy',
    { refs: { 'refs/heads/master': id('c') } },
    'other-ref: wmf/1 is gone; the policy takes master',
  ],
  ['no branch of the policy', { refs: {} }, 'ref-gone: Echo has no wmf/1 nor master'],
  [
    'another branch that the set means now',
    { locked: { ref: 'refs/heads/old' }, refs: { 'refs/heads/old': id('a'), 'refs/heads/wmf/1': id('c') } },
    'other-ref: the set means wmf/1 now',
  ],
  [
    'another repo',
    { locked: { url: 'https://elsewhere/Echo' }, refs: {} },
    'other-repo: the set says https://e/Echo now',
  ],
  [
    'a pinned commit',
    { pin: { kind: 'commit', name: id('a') }, locked: { ref: id('a') }, refs: {} },
    'pinned: pinned to the commit aaaaaaa',
  ],
  [
    'a commit that the set pins since',
    { pin: { kind: 'commit', name: id('c') }, refs: { 'refs/heads/wmf/1': id('a') } },
    'other-ref: the set means ccccccc now',
  ],
  [
    'a pinned branch that moved',
    { pin: { kind: 'branch', name: 'wmf/1' }, refs: { 'refs/heads/wmf/1': id('c') } },
    'behind: wmf/1 moved on',
  ],
  [
    'a pinned tag, with higher ones that are whole versions',
    {
      pin: { kind: 'tag', name: 'v1.9.0' },
      locked: { ref: 'refs/tags/v1.9.0' },
      refs: {
        ...{ 'refs/tags/v1.9.0': id('a'), 'refs/tags/v1.10.0': id('c'), 'refs/tags/v2.0.0-beta1': id('d') },
        ...{ 'refs/tags/nightly': id('e'), 'refs/tags/v1.8.0': id('f'), 'refs/heads/v3': id('f') },
      },
    },
    'pinned: pinned to the tag v1.9.0; v1.10.0',
  ],
  [
    'a tag that was moved',
    { pin: { kind: 'tag', name: '1.0' }, locked: { ref: 'refs/tags/1.0' }, refs: { 'refs/tags/1.0': id('c') } },
    'behind: the tag 1.0 was moved',
  ],
  [
    'a tag that is gone',
    { pin: { kind: 'tag', name: '1.0' }, locked: { ref: 'refs/tags/1.0' }, refs: {} },
    'ref-gone: Echo has no tag 1.0',
  ],
])('%s', (_what, facts, said) => {
  expect(standing(facts)).toBe(said);
});

import { expect, it } from 'vitest';
import type { LockedComponent, Lockfile } from '../../../../src/resolve/lock/lockfile.ts';
import type { ExtensionSet, SetComponent } from '../../../../src/resolve/sets/extension-set.ts';
import { whyComponent } from '../../../../src/resolve/sets/why.ts';
import { component, setOf } from '../facts.ts';
import { told } from '../../../worlds/sets.ts';

const at = { file: 'a.yaml', line: 3, column: 5, length: 11 };
const commit = 'c'.repeat(40);
const policy = ['wmf/{train}', 'REL{release}', 'master'].map((template) => ({ template, at }));

function setWith(components: readonly SetComponent[]): ExtensionSet {
  return { ...setOf(), branches: policy, variables: { train: '1.43.0-wmf.1', release: '1_43' }, components };
}

function locked(name: string, other: Partial<LockedComponent> = {}): LockedComponent {
  const { kind, path, url } = component(name);
  const registered = name.replace(/^skins\//, '');
  return { name, kind, path, url, ref: 'refs/heads/master', commit, tree: commit, registered, ...other };
}

const lockOf = (...components: readonly LockedComponent[]): Lockfile => ({
  ...{ schema: 'mwpipe.lock/2', set: 'demo', mediawiki: '1.43.0', components },
});

const needs = (...names: readonly string[]): Partial<LockedComponent> => ({
  requires: { extensions: Object.fromEntries(names.map((name) => [name, '*'])) },
});

/** Why the component is at its ref, by set and lock. */
function refOf(listed: Partial<SetComponent>, lock: Partial<LockedComponent>) {
  const why = whyComponent('Cite', setWith([{ ...component('Cite'), ...listed }]), lockOf(locked('Cite', lock)));
  return why.ok ? why.value.commit?.because : told(why);
}

it('gives the shortest chain of each that requires it, near or far, also where they go round', () => {
  const lock = lockOf(
    locked('Echo', needs('Thanks')),
    locked('Thanks', { requires: { extensions: { Echo: '>= 1.0' } } }),
    locked('Flow', needs('Thanks', 'Echo')),
    locked('Boards', needs('Flow')),
    locked('Cite'),
  );
  const why = whyComponent('Echo', setWith([component('Echo')]), lock);
  expect(why.ok && why.value.requiredBy).toEqual([
    { components: ['Thanks', 'Echo'], constraint: '>= 1.0' },
    { components: ['Flow', 'Echo'], constraint: '*' },
    { components: ['Boards', 'Flow', 'Echo'], constraint: '*' },
  ]);
});

it('counts a skin only for those that require a skin', () => {
  const lock = lockOf(
    locked('skins/Vector'),
    locked('A', needs('Vector')),
    locked('B', { requires: { skins: { Vector: '*' } } }),
  );
  const why = whyComponent('mediawiki/skins/Vector', setWith([component('skins/Vector')]), lock);
  expect(why.ok && why.value.requiredBy?.map(({ components }) => components)).toEqual([['B', 'skins/Vector']]);
});

it('says which branch of the policy matched, and what was missing before it', () => {
  expect(refOf({}, { ref: 'refs/heads/wmf/1.43.0-wmf.1' })).toMatchObject({ kind: 'policy', place: 1, policy: 'set' });
  expect(refOf({}, { ref: 'refs/heads/wmf/1.43.0-wmf.9' })).toMatchObject({ template: 'wmf/{train}', place: 1 });
  expect(refOf({}, { ref: 'refs/heads/master', fallback: 'no wmf/1.43.0-wmf.1 nor REL1_43' })).toEqual({
    ...{ kind: 'policy', template: 'master', at, place: 3, policy: 'set', fallback: 'no wmf/1.43.0-wmf.1 nor REL1_43' },
  });
  const own = { branches: [{ template: 'dev', at }] };
  expect(refOf(own, { ref: 'refs/heads/dev' })).toMatchObject({ policy: 'component', template: 'dev' });
});

it('says which pin, and when the set has moved on since the lock', () => {
  const pin = { kind: 'tag', name: '1.0' } as const;
  expect(refOf({ pin }, { ref: 'refs/tags/1.0' })).toMatchObject({ kind: 'pin', pin });
  expect(refOf({ pin }, { ref: 'refs/tags/0.9' })).toEqual({ kind: 'outdated', now: 'the set pins it to tag 1.0' });
  expect(refOf({}, { ref: 'refs/tags/0.9' })).toEqual({
    kind: 'outdated',
    now: 'the policy is wmf/{train}, REL{release}, master',
  });
});

it('tells of changes on top, of a set that lost the component, and of no lock', () => {
  const change = { change: 7, patchset: 2, id: 'I1', ref: 'refs/changes/07/7/2', commit, because: 'asked for' };
  const lock = lockOf(locked('Cite', { patch: { tree: commit, because: 'x', changes: [change] } }));
  expect(whyComponent('Cite', setWith([component('Cite')]), lock)).toMatchObject({
    value: { commit: { changes: [change] } },
  });
  const gone = whyComponent('Cite', setWith([component('Echo')]), lock);
  expect(gone).toMatchObject({ value: { commit: { because: { kind: 'outdated' } } } });
  expect(gone.ok && gone.value.listed).toBeUndefined();
  const unlocked = whyComponent('Cite', setWith([component('Cite')]), undefined);
  expect(unlocked.ok && [unlocked.value.requiredBy, unlocked.value.commit]).toEqual([undefined, undefined]);
});

it('knows a component by its paths and by its registered name, and says what a misspelt one may mean', () => {
  const lock = lockOf(locked('SyntaxHighlight_GeSHi', { registered: 'SyntaxHighlight' }));
  const set = setWith([component('SyntaxHighlight_GeSHi'), component('skins/Vector')]);
  const names = ['extensions/SyntaxHighlight_GeSHi', 'SyntaxHighlight'].map((name) => {
    const why = whyComponent(name, set, lock);
    return why.ok && why.value.name;
  });
  expect(names).toEqual(['SyntaxHighlight_GeSHi', 'SyntaxHighlight_GeSHi']);
  expect(told(whyComponent('Vetcor', set, lock))).toEqual([
    'resolve/unknown-component - "Vetcor" is no component of the set "demo" | did you mean skins/Vector?',
  ]);
});

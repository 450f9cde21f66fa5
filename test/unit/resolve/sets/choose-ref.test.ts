import { expect, it } from 'vitest';
import { chooseRef, fillBranches } from '../../../../src/resolve/sets/choose-ref.ts';
import { component, setOf } from '../facts.ts';

const at = { file: 'a.yaml', line: 3, column: 5, length: 11 };
const set = {
  ...setOf(),
  branches: ['wmf/{train}', 'REL{release}', 'master'].map((template) => ({ template, at })),
  variables: { train: '1.43.0-wmf.1', release: '1_43' },
};
const refs = (...names: string[]) => new Map(names.map((name, index) => [name, String(index).repeat(40)]));

function choose(
  names: string[],
  options: { firstOnly?: boolean; pin?: { kind: 'branch' | 'tag' | 'commit'; name: string } } = {},
) {
  const branches = fillBranches(set, {});
  if (!branches.ok) throw new Error('no branches');
  const policy = { branches: branches.value, firstOnly: options.firstOnly ?? false };
  const { pin } = options;
  const chosen = chooseRef({ ...component('Cite'), ...(pin === undefined ? {} : { pin }) }, policy, refs(...names));
  return chosen.ok ? chosen.value : `${chosen.diagnostics[0].message} | ${chosen.diagnostics[0].hint ?? ''}`;
}

it('takes the first branch of the policy that the repo has, and says what it lacked', () => {
  expect(choose(['refs/heads/master', 'refs/heads/wmf/1.43.0-wmf.1'])).toEqual({
    ref: 'refs/heads/wmf/1.43.0-wmf.1',
    commit: '1'.repeat(40),
  });
  expect(choose(['refs/heads/master'])).toEqual({
    ref: 'refs/heads/master',
    commit: '0'.repeat(40),
    fallback: 'no wmf/1.43.0-wmf.1 nor REL1_43',
  });
});

it('never falls back where a train was asked for by name', () => {
  expect(choose(['refs/heads/master', 'refs/heads/wmf/1.43.0-wmf.2'], { firstOnly: true })).toBe(
    'Cite has no wmf/1.43.0-wmf.1 | did you mean wmf/1.43.0-wmf.2?',
  );
});

it('takes a pinned branch, tag or commit instead', () => {
  const names = ['refs/heads/dev', 'refs/tags/dev'];
  expect(choose(names, { pin: { kind: 'branch', name: 'dev' } })).toMatchObject({ ref: 'refs/heads/dev' });
  expect(choose(names, { pin: { kind: 'tag', name: 'dev' } })).toMatchObject({ ref: 'refs/tags/dev' });
  const commit = 'a'.repeat(40);
  expect(choose(names, { pin: { kind: 'commit', name: commit } })).toEqual({ ref: commit, commit });
  expect(choose(names, { pin: { kind: 'commit', name: 'abc' } })).toBe(
    '"abc" is no commit id | write all 40 digits: git rev-parse HEAD',
  );
  expect(choose(names, { pin: { kind: 'tag', name: 'devv' } })).toBe('Cite has no tag devv | did you mean dev?');
});

it('says what a repo without any of the branches has', () => {
  expect(choose(['refs/heads/trunk'])).toBe('Cite has no wmf/1.43.0-wmf.1 nor REL1_43 nor master | it has trunk');
});

it('fills variables, those given before those of the set', () => {
  const filled = fillBranches(set, { train: '1.43.0-wmf.2' });
  expect(filled.ok && filled.value.map(({ name }) => name)).toEqual(['wmf/1.43.0-wmf.2', 'REL1_43', 'master']);
});

it('points at a branch whose variable is not set, and at a variable that no branch uses', () => {
  const misspelt = { ...set, branches: [{ template: 'wmf/{trian}', at }] };
  expect(fillBranches(misspelt, {})).toEqual({
    ok: false,
    diagnostics: [
      { code: 'resolve/unknown-variable', message: 'no variable "trian"', hint: 'did you mean {train}?', at },
    ],
  });
  const fixed = { ...set, branches: [{ template: 'master', at }] };
  expect(fillBranches(fixed, { train: '1' })).toMatchObject({
    ok: false,
    diagnostics: [{ code: 'resolve/unused-variable', at }],
  });
});

it("takes a component's own policy, with the same variables, in place of the set's", () => {
  const own = { ...component('Cite'), branches: ['dev/{train}', 'main'].map((template) => ({ template, at })) };
  const filled = fillBranches({ ...set, components: [own] }, {});
  if (!filled.ok) throw new Error('no branches');
  const policy = { branches: filled.value, firstOnly: false, variables: set.variables };
  expect(chooseRef(own, policy, refs('refs/heads/master', 'refs/heads/dev/1.43.0-wmf.1'))).toMatchObject({
    value: { ref: 'refs/heads/dev/1.43.0-wmf.1' },
  });
  expect(chooseRef(own, policy, refs('refs/heads/master', 'refs/heads/main'))).toMatchObject({
    value: { ref: 'refs/heads/main', fallback: 'no dev/1.43.0-wmf.1' },
  });
});

it("points at a variable that is not set in a component's own policy too", () => {
  const own = { ...component('Cite'), branches: [{ template: 'dev/{trian}', at }] };
  expect(fillBranches({ ...set, components: [own] }, {})).toMatchObject({
    ok: false,
    diagnostics: [{ code: 'resolve/unknown-variable', message: 'no variable "trian"', at }],
  });
});

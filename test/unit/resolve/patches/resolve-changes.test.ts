import { expect, it } from 'vitest';
import { changesOf } from '../../../../src/resolve/patches/resolve-changes.ts';
import { component, setOf } from '../facts.ts';

const at = { file: 'a.yaml', line: 1, column: 1, length: 1 };
const set = {
  ...setOf(),
  components: [{ ...component('Echo'), gerrit: 'https://g/r/' }, component('Cite')],
  patches: [
    { change: 1, set: 'demo', at },
    { change: 2, patchset: 4, set: 'demo', at },
  ],
};

it("takes the set's own changes first, and one that is asked for in its place", () => {
  expect(changesOf(set, [{ number: 3 }]).asked).toEqual([{ number: 1 }, { number: 2, patchset: 4 }, { number: 3 }]);
  expect(changesOf(set, [{ number: 2, patchset: 5 }]).asked).toEqual([{ number: 1 }, { number: 2, patchset: 5 }]);
});

it('knows the review server of a component by its source', () => {
  const { gerrit } = changesOf(set, []);
  const locked = { ...component('Echo'), ref: 'refs/heads/master', commit: '', tree: '' };
  expect([gerrit?.(locked), gerrit?.({ ...locked, name: 'Cite' })]).toEqual(['https://g/r/', undefined]);
});

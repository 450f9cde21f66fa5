/** What may go of the cache: never what was used lately, never what a lock names. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { MirrorFacts } from '../../../../src/resolve/cache/mirror-store.ts';
import { planGc, type GcFacts } from '../../../../src/resolve/cache/plan-gc.ts';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 10, 24);
const [a, b] = ['a'.repeat(40), 'b'.repeat(40)];

const mirror = (
  name: string,
  uses: Readonly<Record<string, number>>,
  more: Partial<MirrorFacts> = {},
): MirrorFacts => ({
  name,
  url: `https://git.example/${name}`,
  bytes: 1000,
  packs: 1,
  usedAt: NOW - 90 * DAY,
  commits: Object.entries(uses).map(([commit, days]) => ({ commit, usedAt: NOW - days * DAY })),
  ...more,
});

const plan = (mirrors: readonly MirrorFacts[], more: Partial<GcFacts> = {}) =>
  planGc({
    mirrors,
    leftovers: [],
    locked: { urls: new Set(), commits: new Set() },
    now: NOW,
    olderThanMs: 30 * DAY,
    ...more,
  }).actions;

it('removes a mirror of which nothing was used for a month, and says since when', () => {
  expect(plan([mirror('Echo', { [a]: 40, [b]: 31 }), mirror('Cite', { [a]: 2 })])).toEqual([
    {
      kind: 'remove-mirror',
      name: 'Echo',
      url: 'https://git.example/Echo',
      bytes: 1000,
      because: 'not used since 2026-10-24',
    },
  ]);
});

it('lets single commits go where others are in use', () => {
  expect(plan([mirror('Echo', { [a]: 40, [b]: 1 })])).toMatchObject([{ kind: 'drop-commits', commits: [a] }]);
});

it('keeps what a lock names, however old', () => {
  const locked = { urls: new Set(['https://git.example/Echo']), commits: new Set([a]) };
  expect(plan([mirror('Echo', { [a]: 400 })], { locked })).toEqual([]);
  expect(plan([mirror('Echo', { [a]: 400, [b]: 400 })], { locked })).toMatchObject([
    { kind: 'drop-commits', commits: [b] },
  ]);
  expect(plan([mirror('Echo', {})], { locked })).toEqual([]);
});

it('packs a mirror of many packs, and leaves one alone that only borrows and was used', () => {
  expect(plan([mirror('core', { [a]: 1 }, { packs: 37 })])).toMatchObject([
    { kind: 'repack', because: 'it has 37 packs' },
  ]);
  expect(plan([mirror('core', {}, { usedAt: NOW - DAY })])).toEqual([]);
});

it('removes what a killed run left, once nobody can be writing it any more', () => {
  const leftovers = [
    { path: '/cache/git/.new-1', bytes: 5, writtenAt: NOW - 3 * 3_600_000 },
    { path: '/cache/git/.new-2', bytes: 5, writtenAt: NOW - 60_000 },
  ];
  expect(plan([], { leftovers })).toEqual([
    { kind: 'remove-leftover', path: '/cache/git/.new-1', bytes: 5, because: 'a run that was killed left it 3 h ago' },
  ]);
});

it('whatever the cache holds, nothing that was used lately or is locked goes', () => {
  const commit = fc.record({
    commit: fc.constantFrom(a, b, 'c'.repeat(40)),
    usedAt: fc.integer({ min: NOW - 60 * DAY, max: NOW }),
  });
  const facts = fc.record({
    name: fc.constantFrom('Echo', 'Cite'),
    usedAt: fc.integer({ min: NOW - 60 * DAY, max: NOW }),
    commits: fc.uniqueArray(commit, { maxLength: 3, selector: (one) => one.commit }),
  });
  fc.assert(
    fc.property(facts, fc.boolean(), fc.subarray([a, b]), ({ name, usedAt, commits }, isUrl, locks) => {
      const one = { ...mirror(name, {}), usedAt, commits };
      const locked = { urls: new Set(isUrl ? [one.url] : []), commits: new Set(locks) };
      const stays = commits.filter((kept) => kept.usedAt >= NOW - 30 * DAY || locks.includes(kept.commit));
      for (const action of plan([one], { locked })) {
        if (action.kind === 'remove-mirror') {
          expect(stays).toEqual([]);
          expect(isUrl || usedAt >= NOW - 30 * DAY).toBe(false);
        }
        if (action.kind === 'drop-commits')
          expect(action.commits.filter((dropped) => stays.some((kept) => kept.commit === dropped))).toEqual([]);
      }
    }),
  );
});

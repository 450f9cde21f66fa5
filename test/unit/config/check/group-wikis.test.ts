/** A name of a set of wikis means that set, no wiki more or less. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { groupText } from '../../../../src/cli/render/wiki-group.ts';
import { expandGroup, groupWikis, type Naming } from '../../../../src/config/check/group-wikis.ts';

const farm: Naming = {
  all: ['aawiki', 'dewiki', 'enwiki', 'frwiki', 'itwiki', 'plwiki', 'ptwiki', 'ruwiki', 'svwiki', 'zhwiki'],
  lists: new Map([
    ['group0', ['aawiki']],
    ['group1', ['dewiki', 'frwiki', 'itwiki', 'plwiki']],
    ['large', ['dewiki', 'enwiki']],
    ['small', ['aawiki', 'itwiki', 'plwiki', 'ptwiki', 'ruwiki', 'svwiki']],
  ]),
};
const said = (...wikis: readonly string[]): string => groupText(groupWikis(wikis, farm));

it('says all, and all but a few', () => {
  expect(said(...farm.all)).toBe('all 10 wikis');
  expect(said(...farm.all.filter((wiki) => wiki !== 'enwiki'))).toBe('9 wikis (all but enwiki)');
});

it('names lists, and the wikis beside them', () => {
  expect(said('dewiki', 'frwiki', 'itwiki', 'plwiki')).toBe('4 wikis (group1)');
  expect(said('dewiki', 'frwiki', 'itwiki', 'plwiki', 'enwiki')).toBe('5 wikis (group1 + enwiki)');
  expect(said('dewiki', 'frwiki', 'itwiki', 'plwiki', 'svwiki')).toBe('5 wikis (group1 + svwiki)');
  expect(said('aawiki', 'itwiki', 'plwiki', 'ptwiki', 'ruwiki')).toBe('5 wikis (small without svwiki)');
});

it('names few wikis one by one, and the first of many that nothing joins', () => {
  expect(said('dewiki', 'zhwiki')).toBe('dewiki, zhwiki');
  const many = Array.from({ length: 30 }, (_, index) => `w${String(index + 10)}`);
  const group = groupWikis(many.slice(0, 12), { all: many, lists: new Map() });
  expect(groupText(group)).toBe('12 wikis: w10, w11, w12 … and 9 more');
});

it('expands to exactly the wikis that it was made of', () => {
  const name = fc.integer({ min: 0, max: 29 }).map((number) => `w${String(number)}`);
  const world = fc.record({
    lists: fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.uniqueArray(name), { maxKeys: 5 }),
    joined: fc.subarray(['a', 'b', 'c', 'd', 'e']),
    more: fc.uniqueArray(name, { maxLength: 5 }),
    less: fc.uniqueArray(name, { maxLength: 3 }),
  });
  fc.assert(
    fc.property(world, ({ lists, joined, more, less }) => {
      const all = Array.from({ length: 30 }, (_, number) => `w${String(number)}`);
      const naming = { all, lists: new Map(Object.entries(lists)) };
      const set = new Set([...joined.flatMap((list) => lists[list] ?? []), ...more]);
      for (const wiki of less) set.delete(wiki);
      const group = groupWikis([...set], naming);
      expect(group.count).toBe(set.size);
      expect(expandGroup(group, naming)).toEqual([...set].sort());
    }),
  );
});

/** What differs between two evaluations, each change once, with exactly its wikis. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { diffEffective } from '../../../../src/config/check/diff-effective.ts';
import { effectiveValue, gatherRows, type Effective } from '../../../../src/config/check/effective.ts';

type Farm = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** As check.php would tell it: the first wiki whole, the others as what differs from it. */
function effective(farm: Farm): Effective {
  const texts: string[] = [];
  const number = (value: unknown): number => texts.push(JSON.stringify(value)) - 1;
  const [base] = Object.values(farm);
  const rows = Object.entries(farm).map(([wiki, settings], index) => {
    const own = Object.entries(settings).filter(
      ([name, value]) => index === 0 || JSON.stringify(base?.[name]) !== JSON.stringify(value),
    );
    const gone = index === 0 ? [] : Object.keys(base ?? {}).filter((name) => !(name in settings));
    return { wiki, set: Object.fromEntries(own.map(([name, value]) => [name, number(value)])), gone };
  });
  return gatherRows(rows, texts);
}

const changes = (before: Farm, after: Farm, filter = {}) =>
  diffEffective(effective(before), effective(after), filter).changes.map(
    ({ setting, path, before: old, after: now, wikis }) => [[setting, ...path].join('.'), old, now, wikis.join(' ')],
  );

it('tells each change once, with the wikis that it is on', () => {
  const before = { a: { wgX: false, wgY: 1 }, b: { wgX: false, wgY: 1 }, c: { wgX: true, wgY: 1 } };
  const after = { a: { wgX: true, wgY: 1 }, b: { wgX: true, wgY: 1 }, c: { wgX: true, wgY: 2 } };
  expect(changes(before, after)).toEqual([
    ['wgX', false, true, 'a b'],
    ['wgY', 1, 2, 'c'],
  ]);
});

it('goes into maps, and joins the same change of different maps', () => {
  const rights = (edit: boolean, more = {}) => ({ wgGroupPermissions: { user: { edit, read: true }, ...more } });
  const before = { a: rights(true), b: rights(true, { bot: { x: true } }) };
  const after = { a: rights(false), b: rights(false, { bot: { x: true } }) };
  expect(changes(before, after)).toEqual([['wgGroupPermissions.user.edit', true, false, 'a b']]);
});

it('knows what was not set from what is null, and an empty array from nothing', () => {
  expect(changes({ a: { wgX: null } }, { a: {} })).toEqual([['wgX', null, undefined, 'a']]);
  expect(changes({ a: { wgX: [] } }, { a: { wgX: { k: 1 } } })).toEqual([['wgX.k', undefined, 1, 'a']]);
});

it('leaves the order of keys alone, and minds that of lists', () => {
  expect(changes({ a: { wgX: { k: 1, l: 2 } } }, { a: { wgX: { l: 2, k: 1 } } })).toEqual([]);
  expect(changes({ a: { wgX: [1, 2] } }, { a: { wgX: [2, 1] } })).toHaveLength(1);
});

it('shows one wiki, or one setting and what is below it', () => {
  const before = { a: { wgX: { k: 1, l: 1 }, wgXY: 1 }, b: { wgX: { k: 1, l: 1 }, wgXY: 1 } };
  const after = { a: { wgX: { k: 2, l: 2 }, wgXY: 2 }, b: { wgX: { k: 2, l: 2 }, wgXY: 2 } };
  expect(changes(before, after, { wiki: 'b', setting: 'wgX.k' })).toEqual([['wgX.k', 1, 2, 'b']]);
  expect(changes(before, after, { setting: 'wgX' })).toHaveLength(2);
});

it('has wikis of one side only apart', () => {
  const { added, removed } = diffEffective(effective({ a: {}, b: {} }), effective({ b: {}, c: {} }));
  expect({ added, removed }).toEqual({ added: ['c'], removed: ['a'] });
});

it('is right for every wiki and setting, whatever they share', () => {
  const settings = fc.dictionary(fc.constantFrom('wgA', 'wgB', 'wgC'), fc.constantFrom(0, 1, 'x', null));
  const farms = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), settings, { minKeys: 1 });
  fc.assert(
    fc.property(farms, farms, (before, after) => {
      const both = Object.keys(after).filter((wiki) => wiki in before);
      const wanted = both.flatMap((wiki) =>
        ['wgA', 'wgB', 'wgC']
          .filter((name) => before[wiki]?.[name] !== after[wiki]?.[name])
          .map((name) => `${wiki} ${name}`),
      );
      const found = diffEffective(effective(before), effective(after)).changes;
      expect(found.flatMap(({ setting, wikis }) => wikis.map((wiki) => `${wiki} ${setting}`)).sort()).toEqual(
        wanted.sort(),
      );
      for (const { setting, wikis, after: now } of found) {
        for (const wiki of wikis) expect(effectiveValue(effective(after), setting, wiki)).toEqual(now);
      }
    }),
  );
});

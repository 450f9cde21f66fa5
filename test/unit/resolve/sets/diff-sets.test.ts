import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compareSets, diffSets } from '../../../../src/resolve/sets/diff-sets.ts';
import { setsWorld, told } from '../../../worlds/sets.ts';

const SET = 'version: 1\nbranches: [master]\nsource: wikimedia\ncomponents: [core, Cite, Echo]\n';

it('compares sets, and files of other tools, by the names of their components', async () => {
  await using world = await setsWorld({ a: SET });
  await world.write('extension-list', '$IP/extensions/Cite/extension.json\n$IP/skins/Vector/skin.json\n');
  await world.write('settings.yaml', 'bundles:\n  x:\n    - mediawiki/extensions/Cite\n  y: []\n');
  const of = ['a', './extension-list', 'settings.yaml#x'];
  expect(await diffSets({ root: world.root, cwd: world.root, of })).toEqual({
    ok: true,
    value: {
      compared: [
        { name: 'a', components: 3 },
        { name: 'extension-list', components: 2 },
        { name: 'settings.yaml#x', components: 1 },
      ],
      common: ['Cite'],
      different: [
        { component: 'core', in: [true, false, false] },
        { component: 'Echo', in: [true, false, false] },
        { component: 'skins/Vector', in: [false, true, false] },
      ],
    },
  });
});

it('tells what is wrong with each that it can not read', async () => {
  await using world = await setsWorld({ demo: SET });
  expect(told(await diffSets({ root: world.root, cwd: world.root, of: ['dmeo', './none', 'demo'] }))).toEqual([
    'resolve/unknown-set - there is no extension set "dmeo" | did you mean demo?',
    `resolve/no-file - there is no ${world.root}/none | name a file that is there`,
  ]);
});

it('has every component once, and none among the different that all have', () => {
  const names = fc.uniqueArray(fc.constantFrom<string>('A', 'b', 'C', 'd', 'skins/E'));
  fc.assert(
    fc.property(fc.array(names, { minLength: 1, maxLength: 4 }), (lists) => {
      const diff = compareSets(lists.map((components, index) => ({ name: String(index), components })));
      const told = [...diff.common, ...diff.different.map(({ component }) => component)];
      expect(told.toSorted()).toEqual([...new Set(lists.flat())].toSorted());
      for (const name of diff.common) expect(lists.every((list) => list.includes(name))).toBe(true);
      for (const row of diff.different) expect(row.in).toEqual(lists.map((list) => list.includes(row.component)));
    }),
  );
});

/** How selected tests are divided: none lost, none twice, none too big. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { planShards } from '../../../src/test/plan-shards.ts';

const selected = (component: string, count: number, kind: 'unit' | 'integration' = 'unit') =>
  Array.from({ length: count }, (_, at) => ({ component, file: `${at}Test.php`, class: `T${at}`, kind, because: [] }));

it('runs every selected file once, whatever their number, and the patched component before others', () => {
  fc.assert(
    fc.property(fc.nat(450), fc.nat(450), (own, others) => {
      const plan = {
        patched: '',
        parserTests: [],
        selected: [...selected('extensions/Cite', others), ...selected('', own, 'integration')],
      };
      const shards = planShards(plan);
      const files = shards.flatMap(({ component, kind, tests }) =>
        tests.map(({ file }) => `${component} ${kind} ${file}`),
      );
      expect(files.toSorted()).toEqual(
        plan.selected.map(({ component, kind, file }) => `${component} ${kind} ${file}`).sort(),
      );
      expect(Math.max(0, ...shards.map(({ tests }) => tests.length))).toBeLessThanOrEqual(100);
      const first = shards.findIndex(({ component }) => component !== '');
      expect(shards.slice(first === -1 ? shards.length : first).every(({ component }) => component !== '')).toBe(true);
    }),
    { numRuns: 50 },
  );
});

it('names parts as people count them, and core by its name', () => {
  const plan = { patched: '', parserTests: [], selected: selected('', 201, 'integration') };
  expect(planShards(plan).map(({ name, tests }) => `${name}: ${tests.length}`)).toEqual([
    'core integration 1 of 3: 67',
    'core integration 2 of 3: 67',
    'core integration 3 of 3: 67',
  ]);
});

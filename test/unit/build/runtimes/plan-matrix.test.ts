import fc from 'fast-check';
import { expect, it } from 'vitest';
import { planMatrix, type MatrixItem } from '../../../../src/build/runtimes/plan-matrix.ts';

const php = (name: string): MatrixItem[] => [
  { runtime: `${name}/web`, stages: [`${name}:cli`, `${name}:web`] },
  { runtime: `${name}/cli`, stages: [`${name}:cli`] },
  { runtime: `${name}/debug`, stages: [`${name}:cli`, `${name}:web`, `${name}:debug`] },
  { runtime: `${name}/test`, stages: [`${name}:cli`, `${name}:web`, `${name}:test`] },
];
const after = (items: readonly MatrixItem[]) =>
  Object.fromEntries(planMatrix(items).map((step) => [step.runtime, step.after]));

it('makes a stage once: flavours wait for the one that gives it to both, and no longer', () => {
  expect(after([...php('php82'), ...php('php84')])).toEqual({
    'php82/cli': [],
    'php84/cli': [],
    'php82/web': ['php82/cli'],
    'php84/web': ['php84/cli'],
    'php82/debug': ['php82/cli', 'php82/web'],
    'php82/test': ['php82/cli', 'php82/web'],
    'php84/debug': ['php84/cli', 'php84/web'],
    'php84/test': ['php84/cli', 'php84/web'],
  });
});

it('builds two flavours one after the other where what they share is asked for by neither', () => {
  expect(after(php('x').slice(2))).toEqual({ 'x/debug': [], 'x/test': ['x/debug'] });
});

it('never has one stage made by two at once, for any subset', () => {
  const item = fc.record({
    runtime: fc.uuid(),
    stages: fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { minLength: 1 }),
  });
  fc.assert(
    fc.property(fc.uniqueArray(item, { selector: ({ runtime }) => runtime, maxLength: 7 }), (items) => {
      const steps = planMatrix(items);
      const stagesOf = new Map(items.map(({ runtime, stages }) => [runtime, stages]));
      const before = new Map<string, Set<string>>();
      for (const { runtime, after: waits } of steps) {
        before.set(runtime, new Set(waits.flatMap((one) => [one, ...(before.get(one) ?? [])])));
      }
      for (const [at, { runtime }] of steps.entries()) {
        for (const { runtime: other } of steps.slice(0, at)) {
          const both = [...(before.get(runtime) ?? [])].filter((one) => before.get(other)?.has(one));
          const given = both.flatMap((one) => stagesOf.get(one) ?? []);
          const shared = stagesOf.get(runtime)!.filter((stage) => stagesOf.get(other)!.includes(stage));
          const madeTwice = shared.some((stage) => !given.includes(stage));
          expect(madeTwice && !before.get(runtime)!.has(other)).toBe(false);
        }
      }
    }),
  );
});

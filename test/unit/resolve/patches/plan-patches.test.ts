/** Plans from facts: each dependency before what depends on it, one order whatever order the facts came in. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Change } from '../../../../src/resolve/ports.ts';
import { changeKey, chainKey, idKey, type PatchFacts } from '../../../../src/resolve/patches/patch-facts.ts';
import { planPatches, type PatchPlan } from '../../../../src/resolve/patches/plan-patches.ts';

const GERRIT = 'https://g.example/r';
const REPOS = ['core', 'Echo', 'Thanks'];

/** Change `at` is built on `parent`, and depends on others; all of them by index. */
interface Sketch {
  readonly repo: number;
  readonly parent?: number | undefined;
  readonly depends: readonly number[];
}

const idOf = (at: number): string => `I${String(at).padStart(40, '0')}`;
const commitOf = (at: number): string => String(at + 1).padStart(40, '0');

function changeOf(sketch: Sketch, at: number, all: readonly Sketch[]): Change {
  const parent = sketch.parent !== undefined && all[sketch.parent]?.repo === sketch.repo ? sketch.parent : undefined;
  return {
    ...{ number: 100 + at, id: idOf(at), project: REPOS[sketch.repo] ?? '', branch: 'master', status: 'NEW' },
    ...{ patchset: 1, newest: 1, commit: commitOf(at), ref: `refs/changes/00/${100 + at}/1`, subject: 's' },
    message: `s\n\n${sketch.depends.map((one) => `Depends-On: ${idOf(one)}\n`).join('')}`,
    parents: [parent === undefined ? 'f'.repeat(40) : commitOf(parent)],
  };
}

function factsOf(sketches: readonly Sketch[], asked: readonly number[]): PatchFacts {
  const changes = sketches.map(changeOf);
  const chain = changes.map(({ number, patchset, commit, parents }) => ({ number, patchset, commit, parents }));
  const keys = changes.flatMap((change) => [
    [changeKey({ gerrit: GERRIT, number: change.number }), change] as const,
    [changeKey({ gerrit: GERRIT, number: change.number, patchset: 1 }), change] as const,
  ]);
  return {
    set: 'demo',
    components: REPOS.map((name) => ({
      name,
      url: `${GERRIT}/${name}`,
      ref: 'refs/heads/master',
      commit: '0'.repeat(40),
      gerrit: GERRIT,
      project: name,
    })),
    asked: asked.map((at) => ({ gerrit: GERRIT, number: 100 + at })),
    changes: Object.fromEntries(keys),
    ids: Object.fromEntries(changes.map((change) => [idKey(GERRIT, change.id), [change]])),
    chains: Object.fromEntries(changes.map((change) => [chainKey(GERRIT, change.commit), chain])),
    included: {},
  };
}

function planOf(facts: PatchFacts): PatchPlan {
  const planning = planPatches(facts);
  if (!('plan' in planning)) throw new Error(`needs ${JSON.stringify(planning.needs)}`);
  if (!planning.plan.ok) throw new Error(JSON.stringify(planning.plan.diagnostics));
  return planning.plan.value;
}

const numbersOf = (plan: PatchPlan): Record<string, number[]> =>
  Object.fromEntries(plan.components.map(({ name, changes }) => [name, changes.map(({ change }) => change.number)]));

/** Without circles: each names only those before it, then all are shuffled by their numbers. */
const sketches = fc.integer({ min: 1, max: 12 }).chain((size) =>
  fc.tuple(
    ...Array.from({ length: size }, (_, at) =>
      fc.record({
        repo: fc.integer({ min: 0, max: 2 }),
        parent: at === 0 ? fc.constant(undefined) : fc.option(fc.integer({ min: 0, max: at - 1 }), { nil: undefined }),
        depends: at === 0 ? fc.constant([]) : fc.uniqueArray(fc.integer({ min: 0, max: at - 1 }), { maxLength: 3 }),
      }),
    ),
  ),
);

/** The same changes under other numbers, so that small numbers needn't come first. */
function renumbered(all: readonly Sketch[], order: readonly number[]): Sketch[] {
  const place = (at: number): number => order.indexOf(at);
  return order.map((at) => {
    const { repo, parent, depends } = all[at] ?? { repo: 0, depends: [] };
    return { repo, parent: parent === undefined ? undefined : place(parent), depends: depends.map(place) };
  });
}

const numbered = sketches.chain((all) =>
  fc.shuffledSubarray([...all.keys()], { minLength: all.length }).chain((order) =>
    fc.record({
      all: fc.constant(renumbered(all, order)),
      asked: fc.subarray([...all.keys()], { minLength: 1 }),
    }),
  ),
);

it('puts every dependency before what depends on it, and takes nothing else', () => {
  fc.assert(
    fc.property(numbered, ({ all, asked }) => {
      const plan = planOf(factsOf(all, asked));
      const order = plan.components.map(({ changes }) => changes.map(({ change }) => change.number - 100));
      const needed = new Set<number>();
      const parentOf = (at: number): number[] => {
        const parent = all[at]?.parent;
        return parent !== undefined && all[parent]?.repo === all[at]?.repo ? [parent] : [];
      };
      const needs = (at: number): number[] => [...parentOf(at), ...(all[at]?.depends ?? [])];
      const take = (at: number): void => {
        if (needed.has(at)) return;
        needed.add(at);
        needs(at).forEach(take);
      };
      asked.forEach(take);
      expect(new Set(order.flat())).toEqual(needed);
      expect(order.flat()).toHaveLength(needed.size);
      const below = (at: number, seen = new Set<number>()): Set<number> => {
        for (const one of needs(at)) if (!seen.has(one)) below(one, seen.add(one));
        return seen;
      };
      for (const list of order) {
        list.forEach((at, place) => {
          const before = new Set(list.slice(0, place));
          expect([...below(at)].filter((one) => list.includes(one) && !before.has(one))).toEqual([]);
        });
      }
    }),
  );
});

it('gives one plan in whatever order facts came and changes were asked for', () => {
  const shuffled = numbered.chain(({ all, asked }) =>
    fc.record({
      all: fc.constant(all),
      asked: fc.constant(asked),
      again: fc.shuffledSubarray(asked, { minLength: asked.length }),
      order: fc.shuffledSubarray([...all.keys()], { minLength: all.length }),
    }),
  );
  fc.assert(
    fc.property(shuffled, ({ all, asked, again, order }) => {
      const facts = factsOf(all, asked);
      const mix = <T>(record: Readonly<Record<string, T>>): Record<string, T> =>
        Object.fromEntries(
          Object.entries(record).toSorted(
            ([a], [b]) =>
              order.indexOf(a.length % all.length) - order.indexOf(b.length % all.length) || (a < b ? 1 : -1),
          ),
        );
      const other: PatchFacts = {
        ...facts,
        asked: again.map((at) => ({ gerrit: GERRIT, number: 100 + at })),
        components: facts.components.toReversed(),
        changes: mix(facts.changes),
        ids: mix(facts.ids),
        chains: mix(Object.fromEntries(Object.entries(facts.chains).map(([key, chain]) => [key, chain.toReversed()]))),
      };
      expect(planPatches(other)).toEqual(planPatches(facts));
    }),
  );
});

it('asking for all that was planned plans the same', () => {
  fc.assert(
    fc.property(numbered, ({ all, asked }) => {
      const facts = factsOf(all, asked);
      const plan = planOf(facts);
      const planned = plan.components.flatMap(({ changes }) =>
        changes.map(({ change }) => ({ gerrit: GERRIT, number: change.number, patchset: change.patchset })),
      );
      expect(numbersOf(planOf({ ...facts, asked: planned }))).toEqual(numbersOf(plan));
    }),
  );
});

it('asks only for what it lacks, and plans the same once it has it', () => {
  fc.assert(
    fc.property(numbered, ({ all, asked }) => {
      const whole = factsOf(all, asked);
      let facts: PatchFacts = { ...whole, changes: {}, ids: {}, chains: {} };
      for (let rounds = 0; rounds < 100; rounds += 1) {
        const planning = planPatches(facts);
        if ('plan' in planning) {
          expect(planning).toEqual(planPatches(whole));
          return;
        }
        for (const need of planning.needs) {
          const before = JSON.stringify(facts).length;
          facts = learn(facts, whole, need);
          if (planning.needs.length === 1) expect(JSON.stringify(facts).length).toBeGreaterThan(before);
        }
      }
      throw new Error('it never had enough');
    }),
  );
});

type Needs = Extract<ReturnType<typeof planPatches>, { needs: unknown }>['needs'];

function learn(facts: PatchFacts, whole: PatchFacts, need: Needs[number]): PatchFacts {
  const pick = <T>(from: Readonly<Record<string, T>>, key: string): Record<string, T> => ({ [key]: from[key]! });
  switch (need.fact) {
    case 'change':
      return { ...facts, changes: { ...facts.changes, ...pick(whole.changes, changeKey(need.wanted)) } };
    case 'id':
      return { ...facts, ids: { ...facts.ids, ...pick(whole.ids, idKey(need.gerrit, need.id)) } };
    case 'chain':
      return {
        ...facts,
        chains: { ...facts.chains, ...pick(whole.chains, chainKey(need.gerrit, need.change.commit)) },
      };
    case 'included':
      return facts;
  }
}

it('orders two changes of a repo by what lies between them in another repo', () => {
  const all: Sketch[] = [
    { repo: 0, depends: [1] },
    { repo: 1, depends: [2] },
    { repo: 0, depends: [] },
  ];
  expect(numbersOf(planOf(factsOf(all, [0])))).toEqual({ Echo: [101], core: [102, 100] });
});

it('says that a change is asked for at two patchsets, and what depends on nothing known', () => {
  const facts = factsOf([{ repo: 0, depends: [] }], []);
  const asked = [1, 2].map((patchset) => ({ gerrit: GERRIT, number: 100, patchset }));
  const changes = {
    ...facts.changes,
    [`${GERRIT} 100/2`]: { ...facts.changes[`${GERRIT} 100`]!, patchset: 2, newest: 2 },
  };
  expect(planPatches({ ...facts, asked, changes })).toMatchObject({
    plan: { diagnostics: [{ code: 'resolve/asked-twice', message: 'change 100 is asked for at patchsets 1 and 2' }] },
  });
  const lonely = factsOf([{ repo: 0, depends: [7] }], [0]);
  expect(planPatches({ ...lonely, ids: { [idKey(GERRIT, idOf(7))]: [] } })).toMatchObject({
    plan: { diagnostics: [{ code: 'resolve/no-such-dependency' }] },
  });
});

it('takes the patchset that somebody named before a newer one that is depended on', () => {
  const facts = factsOf(
    [
      { repo: 0, depends: [] },
      { repo: 1, depends: [0] },
    ],
    [1],
  );
  const older = { ...facts.changes[`${GERRIT} 100`]!, newest: 2 };
  const newer = { ...older, patchset: 2 };
  const known: PatchFacts = {
    ...facts,
    asked: [...facts.asked, { gerrit: GERRIT, number: 100, patchset: 1 }],
    changes: { ...facts.changes, [`${GERRIT} 100/1`]: older },
    ids: { [idKey(GERRIT, idOf(0))]: [newer] },
  };
  expect(planOf(known)).toMatchObject({
    components: [{ name: 'Echo' }, { name: 'core', changes: [{ change: { patchset: 1 }, because: 'asked for' }] }],
    notes: [{ note: 'newer-patchset', change: 100 }],
  });
});

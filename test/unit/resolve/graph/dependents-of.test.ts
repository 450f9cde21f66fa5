import fc from 'fast-check';
import { expect, it } from 'vitest';
import { dependentsOf, EDGE_KINDS, type GraphEdge } from '../../../../src/resolve/index.ts';
import { arrows } from './components.ts';

const edge = (from: string, kind: GraphEdge['kind'], to: string): GraphEdge => ({
  from,
  to,
  kind,
  because: [],
  count: 1,
});
const found = (edges: readonly GraphEdge[], ...names: string[]) =>
  dependentsOf({ edges: [...edges] }, names).map(({ name, path }) =>
    `${name}: ${arrows({ edges: [...path] }).join(', ')}`.replace(/, $/, ''),
  );

it('goes on and on over hard edges, one hop over the others', () => {
  const edges = [
    ...[edge('DiscussionTools', 'hard', 'Linter'), edge('AutoModerator', 'hard', 'DiscussionTools')],
    ...[
      edge('VisualEditor', 'isLoaded', 'Linter'),
      edge('Cite', 'import', 'VisualEditor'),
      edge('Echo', 'hook', 'AutoModerator'),
    ],
  ];
  expect(found(edges, 'Linter')).toEqual([
    'AutoModerator: AutoModerator -hard-> DiscussionTools, DiscussionTools -hard-> Linter',
    'DiscussionTools: DiscussionTools -hard-> Linter',
    'VisualEditor: VisualEditor -isLoaded-> Linter',
  ]);
});

it('says the hard way where there are several, and ends in a circle', () => {
  const edges = [edge('A', 'hook', 'B'), edge('A', 'hard', 'C'), edge('C', 'hard', 'B'), edge('B', 'hard', 'A')];
  expect(found(edges, 'B')).toEqual(['A: A -hard-> C, C -hard-> B', 'C: C -hard-> B']);
});

const names = ['A', 'B', 'C', 'D', 'E', 'F'];
const someName = fc.constantFrom(...names);
const someEdges = fc.array(
  fc.tuple(someName, fc.constantFrom(...EDGE_KINDS), someName).map(([from, kind, to]) => edge(from, kind, to)),
);

it('more changed components and more edges never reach fewer', () => {
  fc.assert(
    fc.property(fc.tuple(someEdges, someEdges), fc.subarray(names), (both, changed) => {
      const [edges, more] = both;
      const reached = (over: readonly GraphEdge[], from: readonly string[]) => [
        ...from,
        ...dependentsOf({ edges: [...over] }, from).map(({ name }) => name),
      ];
      const before = reached(edges, changed);
      expect(reached([...edges, ...more], changed)).toEqual(expect.arrayContaining(before));
      for (const another of names)
        expect(reached(edges, [...changed, another])).toEqual(expect.arrayContaining(before));
    }),
  );
});

it('each way leads from the dependent to what changed', () => {
  fc.assert(
    fc.property(someEdges, fc.subarray(names, { minLength: 1 }), (edges, changed) => {
      for (const { name, path } of dependentsOf({ edges }, changed)) {
        expect(path[0]?.from).toBe(name);
        expect(changed).toContain(path.at(-1)?.to);
        expect(path.every((step, at) => at === 0 || path[at - 1]?.to === step.from)).toBe(true);
        expect(path.length === 1 || path.every(({ kind }) => kind === 'hard')).toBe(true);
      }
    }),
  );
});

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { findCircles } from '../../../../src/resolve/constraints/find-circles.ts';
import type { LockedComponent } from '../../../../src/resolve/lock/lockfile.ts';

/** Each name with those that it requires. */
function set(graph: Readonly<Record<string, readonly string[]>>): LockedComponent[] {
  return Object.entries(graph).map(([name, wanted]) => ({
    ...{ name, kind: 'extension', path: `extensions/${name}`, url: name, ref: 'refs/heads/master' },
    ...{ commit: 'c'.repeat(40), tree: 'd'.repeat(40), registered: name },
    requires: { extensions: Object.fromEntries(wanted.map((one) => [one, '*'])) },
  }));
}

it('finds none in a set whose requirements end somewhere', () => {
  expect(findCircles(set({ Thanks: ['Echo'], Echo: [], DiscussionTools: ['Echo', 'Linter'], Linter: [] }))).toEqual([]);
});

it('gives the shortest way round, once for each knot', () => {
  const knot = { A: ['B', 'D'], B: ['C'], C: ['A'], D: ['A'] };
  expect(findCircles(set({ ...knot, X: ['Y', 'A'], Y: ['X'], Z: ['Z'] }))).toEqual([['A', 'D'], ['X', 'Y'], ['Z']]);
});

it('sees a requirement of a further file of a component, and by the name that it registers', () => {
  const [client, other] = set({ Wikibase: [], Other: ['WikibaseRepository'] });
  const also = [{ file: 'r.json', registered: 'WikibaseRepository', requires: { extensions: { Other: '*' } } }];
  expect(findCircles([{ ...client!, also }, other!])).toEqual([['Other', 'Wikibase']]);
});

const names = ['A', 'B', 'C', 'D', 'E', 'F'];
const graphs = fc.record(Object.fromEntries(names.map((name) => [name, fc.subarray(names)])));

it('each is a real way round, and a set has none exactly where its requirements can be put in order', () => {
  fc.assert(
    fc.property(graphs, (graph) => {
      const circles = findCircles(set(graph));
      for (const circle of circles) {
        circle.forEach((name, at) => expect(graph[name]).toContain(circle[(at + 1) % circle.length]));
        expect(new Set(circle).size).toBe(circle.length);
      }
      expect(circles.length === 0).toBe(canBeOrdered(graph));
    }),
  );
});

/** Kahn's: take away what requires nothing that is left, until all are gone or none can be taken. */
function canBeOrdered(graph: Readonly<Record<string, readonly string[]>>): boolean {
  let left = Object.keys(graph);
  for (;;) {
    const next = left.filter((name) => graph[name]?.some((wanted) => left.includes(wanted)));
    if (next.length === left.length) return left.length === 0;
    left = next;
  }
}

/** Circles among hard requirements. MediaWiki loads them, so they are no mistake; but nothing of one goes without the rest. */
import type { LockedComponent } from '../lock/lockfile.ts';
import { wantedNames } from './check-requires.ts';

/** Names of components, each requiring the next and the last the first; one circle for each knot of them. */
export function findCircles(components: readonly LockedComponent[]): string[][] {
  const graph = requiresGraph(components);
  const done = new Set<string>();
  return [...graph.keys()].toSorted().flatMap((name) => {
    if (done.has(name)) return [];
    const circle = shortestCircle(name, graph);
    if (circle === undefined) return [];
    const knot = [...reached(name, graph)].filter((other) => reached(other, graph).has(name));
    for (const member of knot) done.add(member);
    return [circle];
  });
}

type Graph = ReadonlyMap<string, readonly string[]>;

function requiresGraph(components: readonly LockedComponent[]): Graph {
  const parts = components.flatMap(({ name, registered, requires, also = [] }) =>
    [{ registered, requires }, ...also].map((part) => ({ ...part, name })),
  );
  const owners = new Map(
    parts.flatMap(({ name, registered }) => (registered === undefined ? [] : [[registered, name]])),
  );
  const wants = (name: string): string[] =>
    parts
      .filter((part) => part.name === name)
      .flatMap(({ requires }) => wantedNames(requires === undefined ? {} : { requires }))
      .flatMap((wanted) => owners.get(wanted) ?? []);
  return new Map(components.map(({ name }) => [name, [...new Set(wants(name))].toSorted()]));
}

/** What a component requires, and what that requires. */
function reached(from: string, graph: Graph): Set<string> {
  const found = new Set<string>();
  const waiting = [from];
  for (const name of waiting) {
    for (const next of graph.get(name) ?? []) {
      if (found.has(next)) continue;
      found.add(next);
      waiting.push(next);
    }
  }
  return found;
}

/** By breadth, so that the first way back is the shortest. */
function shortestCircle(start: string, graph: Graph): string[] | undefined {
  const waiting: string[][] = [[start]];
  const seen = new Set<string>();
  for (const path of waiting) {
    for (const next of graph.get(path.at(-1) ?? '') ?? []) {
      if (next === start) return path;
      if (seen.has(next)) continue;
      seen.add(next);
      waiting.push([...path, next]);
    }
  }
  return undefined;
}

/** What a change in some components can reach: hard edges lead on and on, every other kind one hop from what changed. */
import type { ComponentGraph, GraphEdge } from './graph-document.ts';

export interface Dependent {
  readonly name: string;
  /** From the dependent to a changed component: hard edges, or one edge of another kind. */
  readonly path: readonly GraphEdge[];
}

/**
 * Everything that depends on one of `names`, without these; each once, by its shortest way (hard before others), sorted
 * by name. More names never give fewer dependents, apart from the names themselves.
 */
export function dependentsOf({ edges }: Pick<ComponentGraph, 'edges'>, names: readonly string[]): Dependent[] {
  const changed = new Set(names);
  const found = new Map<string, Dependent>();
  const into = edgesInto(edges);
  let front: { readonly name: string; readonly path: readonly GraphEdge[] }[] = names.map((name) => ({
    name,
    path: [],
  }));
  while (front.length > 0) {
    const next: Dependent[] = [];
    for (const { name, path } of front) {
      for (const edge of into.get(name) ?? []) {
        if (edge.kind !== 'hard' || changed.has(edge.from) || found.has(edge.from)) continue;
        const dependent = { name: edge.from, path: [edge, ...path] };
        found.set(edge.from, dependent);
        next.push(dependent);
      }
    }
    front = next;
  }
  for (const edge of names.flatMap((name) => into.get(name) ?? [])) {
    if (!changed.has(edge.from) && !found.has(edge.from)) found.set(edge.from, { name: edge.from, path: [edge] });
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function edgesInto(edges: readonly GraphEdge[]): ReadonlyMap<string, readonly GraphEdge[]> {
  return Map.groupBy(edges, ({ to }) => to);
}

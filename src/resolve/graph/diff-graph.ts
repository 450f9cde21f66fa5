/** Where a declared file and the code disagree: what is missing there, what nothing uses, what the set doesn't have. */
import type { Declared, DeclaredEdge } from './declared.ts';
import { EDGE_KINDS, type ComponentGraph, type EdgeKind, type GraphEdge } from './graph-document.ts';
import { nearestComponent } from './narrow-graph.ts';

interface MissingEdge extends DeclaredEdge {
  /** The strongest first. */
  readonly kinds: readonly EdgeKind[];
  /** One place, of the strongest kind. */
  readonly because: GraphEdge['because'][number] | undefined;
}

export interface GraphDiff {
  readonly set: string;
  readonly file: string;
  /** Declared edges between components of the set. */
  readonly declared: number;
  /** In the code and not in the file. */
  readonly missing: readonly MissingEdge[];
  /** In the file and nowhere in the code. */
  readonly unused: readonly DeclaredEdge[];
  /** Named in the file and not in the set, with what may have been meant. */
  readonly strangers: readonly { readonly name: string; readonly near?: string }[];
}

const COMMON: ReadonlySet<string> = new Set(['core', 'vendor']);

/** @param kinds those that the file should have */
export function diffGraph(graph: ComponentGraph, declared: Declared, kinds: readonly EdgeKind[]): GraphDiff {
  const known = new Set(graph.components.map(({ name }) => name));
  const inside = declared.edges.filter(({ from, to }) => known.has(from) && known.has(to));
  const written = new Set(inside.map(keyOf));
  const used = new Set([...graph.edges.map(keyOf), ...hardClosure(graph)]);
  const names = new Set(declared.names);
  // Every repo has core: what core asks for is declared nowhere, unless the file has a place for it.
  const common = new Set(graph.components.flatMap(({ kind, name }) => (COMMON.has(kind) ? [name] : [])));
  return {
    set: graph.set,
    file: declared.file,
    declared: inside.length,
    missing: missingIn(graph, written, kinds).filter(({ from }) => !common.has(from) || names.has(from)),
    unused: inside.filter((edge) => !used.has(keyOf(edge))),
    strangers: strangersIn(graph, declared),
  };
}

function keyOf({ from, to }: DeclaredEdge): string {
  return `${from}\0${to}`;
}

/** Those that look misspelt first. */
function strangersIn({ components }: ComponentGraph, declared: Declared): { name: string; near?: string }[] {
  const names = new Set(declared.names);
  const known = new Set(components.map(({ name }) => name));
  // A component that the file names rightly elsewhere is not what this word meant.
  const unnamed = components.filter(({ name }) => !names.has(name));
  const strangers = declared.names
    .filter((name) => !known.has(name))
    .map((name) => {
      const near = nearestComponent(name, unnamed);
      return near === undefined ? { name } : { name, near };
    });
  return [...strangers.filter(({ near }) => near !== undefined), ...strangers.filter(({ near }) => near === undefined)];
}

function missingIn(graph: ComponentGraph, written: ReadonlySet<string>, kinds: readonly EdgeKind[]): MissingEdge[] {
  const edges = graph.edges.filter((edge) => kinds.includes(edge.kind) && !written.has(keyOf(edge)));
  return [...Map.groupBy(edges, keyOf).values()].flatMap((pair) => {
    const ranked = pair.toSorted((a, b) => EDGE_KINDS.indexOf(a.kind) - EDGE_KINDS.indexOf(b.kind));
    const [strongest] = ranked;
    if (strongest === undefined) return [];
    const { from, to, because } = strongest;
    return [{ from, to, kinds: ranked.map(({ kind }) => kind), because: because[0] }];
  });
}

/** zuul's file writes down what `requires` reaches by others, too: that is used. */
function hardClosure({ edges }: ComponentGraph): string[] {
  const hard = Map.groupBy(
    edges.filter(({ kind }) => kind === 'hard'),
    ({ from }) => from,
  );
  return [...hard.keys()].flatMap((from) => {
    const reached = new Set<string>();
    const open = [from];
    for (let name = open.pop(); name !== undefined; name = open.pop()) {
      for (const { to } of hard.get(name) ?? []) {
        if (!reached.has(to)) open.push(to);
        reached.add(to);
      }
    }
    return [...reached].map((to) => keyOf({ from, to }));
  });
}

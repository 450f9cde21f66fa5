/** What a person wants to know of a graph first: how many edges of which kind, circles, hubs, and who uses without asking. */
import { cyclesOf } from './cycles.ts';
import { EDGE_KINDS, type ComponentGraph, type EdgeKind, type GraphEdge } from './graph-document.ts';

export interface GraphSummary {
  readonly counts: readonly { readonly kind: EdgeKind; readonly edges: number; readonly outside: number }[];
  readonly cycles: {
    readonly hard: readonly (readonly string[])[];
    /** Over every kind. */
    readonly any: readonly (readonly string[])[];
  };
  /** Most depended on first. */
  readonly hubs: readonly { readonly name: string; readonly dependents: number }[];
  /** Names classes or needs services of another, without requiring it or asking whether it is there. */
  readonly undeclared: readonly GraphEdge[];
}

export function summariseGraph(graph: ComponentGraph): GraphSummary {
  return {
    counts: EDGE_KINDS.map((kind) => ({
      kind,
      edges: graph.edges.filter((edge) => edge.kind === kind).length,
      outside: graph.outside.filter((one) => one.kind === kind).length,
    })),
    cycles: { hard: cyclesOf(graph, ['hard']), any: cyclesOf(graph, EDGE_KINDS) },
    hubs: hubsOf(graph),
    undeclared: undeclaredIn(graph),
  };
}

function hubsOf({ edges }: ComponentGraph): { name: string; dependents: number }[] {
  const dependents = Map.groupBy(edges, ({ to }) => to);
  return [...dependents]
    .map(([name, into]) => ({ name, dependents: new Set(into.map(({ from }) => from)).size }))
    .sort((a, b) => b.dependents - a.dependents || (a.name < b.name ? -1 : 1));
}

/** A handler of a hook and the value of an attribute are run by the other one: they may name it. */
const DECLARING: ReadonlySet<EdgeKind> = new Set<EdgeKind>(['hard', 'isLoaded', 'hook', 'attribute']);

function undeclaredIn({ edges }: ComponentGraph): GraphEdge[] {
  const pair = ({ from, to }: GraphEdge): string => `${from}\0${to}`;
  const declared = new Set(edges.filter(({ kind }) => DECLARING.has(kind)).map(pair));
  return edges.filter((edge) => {
    const uses = edge.kind === 'import' || (edge.kind === 'service' && edge.optional !== true);
    return uses && !declared.has(pair(edge));
  });
}

/** The graph, from facts: each name is given to the component that has it. Pure; the same facts give the same graph. */
import { aliasesOf, type Aliases, type ReadComponent } from './aliases.ts';
import type { Reference, ReferenceKind } from './code-facts.ts';
import type { ComponentGraph, EdgeKind, GraphEdge } from './graph-document.ts';

export interface GraphInput {
  readonly set: string;
  readonly mediawiki: string;
  readonly components: readonly ReadComponent[];
  /** Whether what leads to core and vendor is an edge too: nearly everything does. @default false */
  readonly core?: boolean;
}

type Because = GraphEdge['because'][number];

interface Collected {
  readonly edges: Map<string, CollectedEdge>;
  readonly outside: Map<string, { readonly kind: EdgeKind; readonly name: string; readonly from: Set<string> }>;
}

interface CollectedEdge {
  readonly from: string;
  readonly to: string;
  readonly kind: EdgeKind;
  readonly because: Because[];
  count: number;
  optional: boolean;
}

export function planGraph({ set, mediawiki, components, core = false }: GraphInput): ComponentGraph {
  const sorted = components.toSorted((a, b) => compare(a.name, b.name));
  const aliases = aliasesOf(sorted);
  const common = new Set(sorted.flatMap(({ kind, name }) => (kind === 'core' || kind === 'vendor' ? [name] : [])));
  const collected: Collected = { edges: new Map(), outside: new Map() };
  for (const { name, facts } of sorted) {
    for (const reference of facts.references) {
      const targets = targetsOf(reference, aliases);
      if (targets.includes(name)) continue;
      if (targets.length === 0) addOutside(collected, name, reference);
      for (const to of targets) if (core || !common.has(to)) addEdge(collected, { from: name, to }, reference);
    }
  }
  return {
    ...{ schema: 'mwpipe.graph/1', set, mediawiki },
    components: sorted.map(describe),
    edges: [...collected.edges.values()].map(finishEdge).sort(compareEdges),
    outside: [...collected.outside.values()]
      .map(({ kind, name, from }) => ({ kind, name, from: [...from].sort() }))
      .sort((a, b) => compare(a.kind, b.kind) || compare(a.name, b.name)),
  };
}

function describe({ name, kind, path, tree, facts }: ReadComponent): ComponentGraph['components'][number] {
  const { registered, skipped } = facts;
  return {
    name,
    kind,
    path,
    tree,
    registered: [...registered],
    ...(skipped.length === 0 ? {} : { skipped: [...skipped] }),
  };
}

function targetsOf({ kind, name, of }: Reference, aliases: Aliases): readonly string[] {
  switch (kind) {
    case 'hard':
    case 'loaded':
    case 'needed':
    case 'required':
    case 'attribute':
      return aliases.component(name, of);
    case 'key':
      return aliases.key(name);
    case 'hook':
      return aliases.hook(name);
    case 'service':
      return aliases.service(name);
    case 'class':
      return aliases.class(name);
    case 'phan':
      return aliases.mount(name);
  }
}

const EDGE_OF: Readonly<Record<ReferenceKind, EdgeKind>> = {
  ...{ hard: 'hard', attribute: 'attribute', key: 'attribute', hook: 'hook', service: 'service', class: 'import' },
  ...{ loaded: 'isLoaded', needed: 'test-extra', required: 'test-extra', phan: 'phan' },
};

function edgeKind({ kind, test }: Reference): EdgeKind {
  return test === true ? 'test-extra' : EDGE_OF[kind];
}

function addEdge(
  { edges }: Collected,
  ends: { readonly from: string; readonly to: string },
  reference: Reference,
): void {
  const kind = edgeKind(reference);
  const key = `${ends.from}\0${ends.to}\0${kind}`;
  const edge = edges.get(key) ?? { ...ends, kind, because: [], count: 0, optional: true };
  edge.because.push(...reference.places.map(({ file, line }) => ({ file, line, what: reference.what })));
  edge.count += reference.count;
  edge.optional &&= reference.optional === true;
  edges.set(key, edge);
}

const SHOWN = 3;

function finishEdge({ because, optional, count, ...edge }: CollectedEdge): GraphEdge {
  const places = because.sort((a, b) => compare(a.file, b.file) || a.line - b.line || compare(a.what, b.what));
  return { ...edge, ...(optional ? { optional } : {}), because: places.slice(0, SHOWN), count };
}

/** What nobody in the set has. A key may be MediaWiki's own, `@requires` and a class without a namespace PHP's. */
function addOutside({ outside }: Collected, from: string, reference: Reference): void {
  if (reference.kind === 'key' || reference.kind === 'required') return;
  const name = reference.kind === 'class' ? packageOf(reference.name) : reference.name;
  if (name === undefined) return;
  const kind = edgeKind(reference);
  const key = `${kind}\0${name}`;
  const known = outside.get(key) ?? { kind, name, from: new Set() };
  known.from.add(from);
  outside.set(key, known);
}

/** Of a class in a namespace, the part that names its repo: `MediaWiki\Extension\Flow`, `Firebase\JWT`. */
function packageOf(name: string): string | undefined {
  const parts = name.split('\\');
  if (parts.length < 2) return undefined;
  return parts.slice(0, /^MediaWiki\\(Extensions?|Skins?)\\/i.test(name) ? 3 : 2).join('\\');
}

function compareEdges(a: GraphEdge, b: GraphEdge): number {
  return compare(a.from, b.from) || compare(a.to, b.to) || compare(a.kind, b.kind);
}

/** By code unit: the same on every machine, whatever its language. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

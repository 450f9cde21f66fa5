/** A part of the graph: some kinds of edges, or the neighbourhood of some components. */
import { quote, type Diagnostic } from '../../kernel/diagnostic.ts';
import { nearest } from '../../kernel/nearest.ts';
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';
import { EDGE_KINDS, type ComponentGraph, type EdgeKind } from './graph-document.ts';

export interface Narrowing {
  /** @default all */
  readonly kinds?: readonly string[];
  /** Names of components: what leads to them and from them stays. @default all */
  readonly only?: readonly string[];
}

/** Fails with `resolve/unknown-kind`, `resolve/unknown-component`: with all of them at once. */
export function narrowGraph(graph: ComponentGraph, { kinds, only }: Narrowing): Outcome<ComponentGraph> {
  const names = graph.components.map(({ name }) => name);
  const wrong = [
    ...(kinds ?? []).filter((kind) => !isKind(kind)).map(unknownKind),
    ...(only ?? []).filter((name) => !names.includes(name)).map((name) => unknownName(name, graph)),
  ];
  const [first, ...others] = wrong;
  if (first !== undefined) return fail(first, ...others);
  const hasKind = ({ kind }: { readonly kind: EdgeKind }): boolean => kinds === undefined || kinds.includes(kind);
  const isMeant = (name: string): boolean => only === undefined || only.includes(name);
  const edges = graph.edges.filter((edge) => hasKind(edge) && (isMeant(edge.from) || isMeant(edge.to)));
  const near = new Set([...(only ?? []), ...edges.flatMap(({ from, to }) => [from, to])]);
  return ok({
    ...graph,
    components: only === undefined ? graph.components : graph.components.filter(({ name }) => near.has(name)),
    edges,
    outside: graph.outside
      .filter(hasKind)
      .map((one) => ({ ...one, from: one.from.filter(isMeant) }))
      .filter(({ from }) => from.length > 0),
  });
}

function isKind(word: string): word is EdgeKind {
  return (EDGE_KINDS as readonly string[]).includes(word);
}

function unknownKind(word: string): Diagnostic {
  const near = nearest(word, EDGE_KINDS);
  return {
    code: 'resolve/unknown-kind',
    message: `there is no kind of edge ${quote(word)}`,
    hint: near === undefined ? `kinds: ${EDGE_KINDS.join(', ')}` : `did you mean ${near}?`,
  };
}

function unknownName(name: string, { set, components }: ComponentGraph): Diagnostic {
  const near = nearestComponent(name, components);
  return {
    code: 'resolve/unknown-component',
    message: `the set ${quote(set)} has no component ${quote(name)}`,
    hint: near === undefined ? `extension-sets/${set}.yaml lists them` : `did you mean ${near}?`,
  };
}

/** A component is found by its registered name as well: SyntaxHighlight is the repo SyntaxHighlight_GeSHi. */
export function nearestComponent(name: string, components: ComponentGraph['components']): string | undefined {
  const registered = components.find((one) => one.registered.includes(name));
  if (registered !== undefined) return registered.name;
  const skin = components.find((one) => one.name === `skins/${name}`);
  return (
    skin?.name ??
    nearest(
      name,
      components.map((one) => one.name),
    )
  );
}

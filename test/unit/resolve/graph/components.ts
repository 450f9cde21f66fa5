/** Components as the graph's planner gets them: `component('Echo', { hooks: ['EchoGetEvents'] })`. */
import type { ReadComponent } from '../../../../src/resolve/graph/aliases.ts';
import type { CodeFacts, Reference } from '../../../../src/resolve/graph/code-facts.ts';
import { planGraph } from '../../../../src/resolve/graph/plan-graph.ts';
import type { ComponentGraph } from '../../../../src/resolve/index.ts';

type FactsOf = Partial<Omit<CodeFacts, 'references'>> & { readonly uses?: readonly Partial<Reference>[] };

export function component(name: string, { uses = [], ...facts }: FactsOf = {}): ReadComponent {
  const short = name.replace(/^skins\//, '');
  const kind = name === 'core' || name === 'vendor' ? name : short === name ? 'extension' : 'skin';
  const path = kind === 'core' ? '' : kind === 'vendor' ? 'vendor' : kind === 'skin' ? name : `extensions/${name}`;
  const none = { registered: [short], namespaces: [], classes: [], hooks: [], runs: [], services: [], skipped: [] };
  return {
    ...{ name, kind, path, tree: 'd'.repeat(40) },
    facts: { ...none, files: 1, ...facts, references: uses.map((use) => ({ ...USE, what: use.name ?? '', ...use })) },
  };
}

const USE: Reference = {
  ...{ kind: 'hard', name: '', what: '', count: 1 },
  places: [{ file: 'extension.json', line: 1 }],
};

export function graphOf(components: readonly ReadComponent[], core = false): ComponentGraph {
  return planGraph({ set: 'test', mediawiki: '1.43.0', components, core });
}

/** `A -hard-> B` of each edge. */
export function arrows({ edges }: Pick<ComponentGraph, 'edges'>): string[] {
  return edges.map(({ from, to, kind }) => `${from} -${kind}-> ${to}`);
}

/** `mwpipe.graph/1`: which component of a set depends on which, by kind of edge, with the places that say so. */
import { z } from 'zod';

/** From what nothing works without to what only a checker reads. */
export const EDGE_KINDS = [
  ...(['hard', 'attribute', 'hook', 'service', 'import', 'isLoaded', 'test-extra', 'phan'] as const),
] as const;
export type EdgeKind = (typeof EDGE_KINDS)[number];

const componentKind = z.enum(['core', 'vendor', 'extension', 'skin', 'library']);

export const graphSchema = z.strictObject({
  /** Of this file's format. */
  schema: z.literal('mwpipe.graph/1'),
  /** The extension set whose lock was read. */
  set: z.string(),
  /** MW_VERSION of core. */
  mediawiki: z.string(),
  components: z.array(
    z.strictObject({
      /** As the set lists it: `Cite`, `skins/Vector`. */
      name: z.string(),
      kind: componentKind,
      /** Where it is mounted in core's tree. */
      path: z.string(),
      /** Of git: what was read. */
      tree: z.string(),
      /** Names that its extension.json or skin.json registers. */
      registered: z.array(z.string()),
      /** Files that were too large or unreadable: what they say is missing from the edges. */
      skipped: z.array(z.strictObject({ file: z.string(), because: z.string() })).exactOptional(),
    }),
  ),
  /** By `from`, `to`, `kind`. */
  edges: z.array(
    z.strictObject({
      /** The component that depends. */
      from: z.string(),
      /** The component that it depends on. */
      to: z.string(),
      /**
       * `hard`: `requires` names it; `attribute`: sets an attribute of it; `hook`: handles a hook of it; `service`: is
       * given or asks for a service of it; `import`: names a class of it; `isLoaded`: asks whether it is there, or
       * suggests it; `test-extra`: only tests name it; `phan`: only its `.phan/config.php` does.
       */
      kind: z.enum(EDGE_KINDS),
      /** It works without: every service is an optional one. */
      optional: z.literal(true).exactOptional(),
      /** The first places that say so. */
      because: z.array(z.strictObject({ file: z.string(), line: z.int(), what: z.string() })),
      /** How many places there are in all. */
      count: z.int(),
    }),
  ),
  /** What components name and no component of the set has. */
  outside: z.array(z.strictObject({ kind: z.enum(EDGE_KINDS), name: z.string(), from: z.array(z.string()) })),
});

export type ComponentGraph = z.output<typeof graphSchema>;
export type GraphEdge = ComponentGraph['edges'][number];

/** The same graph, the same bytes: a line for each component, edge and outside name, so that a diff is what changed. */
export function formatGraph(graph: ComponentGraph): string {
  const { schema, set, mediawiki } = graph;
  const list = (name: string, items: readonly unknown[]): string =>
    `  ${JSON.stringify(name)}: [${items.map((item) => `\n    ${JSON.stringify(item)}`).join(',')}${items.length === 0 ? '' : '\n  '}]`;
  const head = Object.entries({ schema, set, mediawiki }).map(
    ([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)}`,
  );
  const lists = [list('components', graph.components), list('edges', graph.edges), list('outside', graph.outside)];
  return `{\n${[...head, ...lists].join(',\n')}\n}\n`;
}

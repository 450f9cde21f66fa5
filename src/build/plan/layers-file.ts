/**
 * `extension-sets/NAME.layers.json`: how the layers of a set's code are cut, written by build and committed beside the
 * lock. With it the image is a function of two files, whatever was built before on this machine.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';
import { parseYaml } from '../../kernel/yaml-document.ts';

const objectId = z.string().regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/, 'is no git object id');
const inside = z.string().regex(/^$|^(?!\/)(?!.*(^|\/)\.\.?(\/|$))/, 'leaves the tree');

const treeSchema = z.strictObject({ url: z.string(), ref: z.string(), commit: objectId, tree: objectId });

export const layersSchema = z.strictObject({
  schema: z.literal('mwpipe.layers/1'),
  set: z.string(),
  /** How many times code moved since the layers were cut first. */
  generation: z.int().nonnegative(),
  /** In how many of those each mount moved: what moves often is kept apart from what doesn't. */
  moved: z.record(inside, z.int().positive()),
  base: z.array(
    z.strictObject({ name: z.string(), bytes: z.int().nonnegative(), trees: z.record(inside, treeSchema) }),
  ),
  /** What moved since the base was cut, oldest first; `null` is gone. */
  deltas: z.array(
    z.strictObject({
      name: z.string(),
      bytes: z.int().nonnegative(),
      trees: z.record(inside, treeSchema.nullable()),
    }),
  ),
});

/** A tree at its mount, in words that anyone can fetch again. */
export type RecordedTree = z.output<typeof treeSchema>;
export type LayersFile = z.output<typeof layersSchema>;
export type BaseLayer = LayersFile['base'][number];
export type DeltaRecord = LayersFile['deltas'][number];

export function layersPath(root: string, set: string): string {
  return join(root, 'extension-sets', `${set}.layers.json`);
}

/** Undefined where nobody built the set yet. @returns fails where the file can't be understood, at its line */
export async function readLayers(path: string): Promise<Outcome<LayersFile | undefined>> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return ok(undefined);
  const quick = layersSchema.safeParse(jsonOf(text));
  if (quick.success) return ok(quick.data);
  const read = parseYaml(path, text, layersSchema); // JSON is YAML, and this one knows where a mistake stands
  if (read.ok) return ok(read.value.value);
  const [first, ...others] = read.diagnostics;
  const hint = `${first.hint === undefined ? '' : `${first.hint}; or `}take it from git again, or cut the layers anew: mwpipe build --squash`;
  return fail({ ...first, hint }, ...others);
}

export function formatLayers(file: LayersFile): string {
  return `${JSON.stringify(file, null, 1)}\n`;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Which tree is at each mount when all of it is stacked. */
export function stateOf(file: Pick<LayersFile, 'base' | 'deltas'>): Map<string, RecordedTree> {
  const state = new Map(file.base.flatMap(({ trees }) => Object.entries(trees)));
  for (const { trees } of file.deltas) applyDelta(state, trees);
  return state;
}

export function applyDelta(state: Map<string, RecordedTree>, trees: DeltaRecord['trees']): void {
  for (const [path, tree] of Object.entries(trees)) {
    if (tree === null) state.delete(path);
    else state.set(path, tree);
  }
}

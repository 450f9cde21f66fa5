/** What a plan needs to know: the layers that the lock asks for, and which of them were made before. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pLimit from 'p-limit';
import type { Digest } from '../kernel/digest.ts';
import { all, fail, ok, type Outcome } from '../kernel/outcome.ts';
import type { RunContext } from '../kernel/run-context.ts';
import type { LockedComponent, Lockfile } from '../resolve/index.ts';
import type { BuildEvent } from './events.ts';
import { layerSpecs, type LayerSpec } from './layer-spec.ts';
import { madeLayer, type MadeLayer } from './make-layer.ts';
import { openTree } from './open-tree.ts';
import type { BuildPorts } from './ports.ts';

export interface LayerFacts {
  readonly specs: readonly LayerSpec[];
  /** By key: what the blob store holds. */
  readonly made: ReadonlyMap<Digest, MadeLayer>;
}

const FETCHES_AT_ONCE = 4;

export async function readFacts(
  lock: Lockfile,
  ports: BuildPorts,
  context: RunContext<BuildEvent>,
): Promise<Outcome<LayerFacts>> {
  const entry = await readEntry(ports.folder);
  if (!entry.ok) return entry;
  const limit = pLimit(FETCHES_AT_ONCE);
  const sizes = all(
    await Promise.all(lock.components.map((component) => limit(() => treeSize(component, ports, context)))),
  );
  if (!sizes.ok) return sizes;
  const specs = layerSpecs({ lock, sizes: new Map(sizes.value), entry: entry.value });
  return ok({ specs, made: await madeLayers(specs, ports) });
}

async function madeLayers(specs: readonly LayerSpec[], { blobs }: BuildPorts): Promise<Map<Digest, MadeLayer>> {
  const made = new Map<Digest, MadeLayer>();
  for (const spec of specs) {
    const known = await madeLayer(spec, blobs);
    if (known !== undefined) made.set(spec.key, known);
  }
  return made;
}

async function readEntry(folder: string): Promise<Outcome<string>> {
  const entry = await readFile(join(folder, 'common/php/LocalSettings.php'), 'utf8').catch(() => undefined);
  if (entry !== undefined) return ok(entry);
  return fail({
    code: 'build/no-entry',
    message: `there is no common/php/LocalSettings.php in ${folder}`,
    hint: "it is what finds a wiki's bundle: take it from mwpipe's own images/ folder",
  });
}

/** Bytes of a tree's files: remembered, since asking git needs the commit fetched. */
async function treeSize(
  component: LockedComponent,
  { blobs, objects }: BuildPorts,
  context: RunContext<BuildEvent>,
): Promise<Outcome<readonly [tree: string, bytes: number]>> {
  const { url, tree } = component;
  const known = await blobs.recall(`tree-bytes/${tree}`);
  if (typeof known === 'number') return ok([tree, known]);
  const opened = await openTree(component, objects, context);
  if (!opened.ok) return opened;
  const entries = await objects.entries({ url, id: tree });
  const bytes = entries.reduce((total, entry) => total + entry.bytes, 0);
  await blobs.remember(`tree-bytes/${tree}`, bytes);
  return ok([tree, bytes]);
}

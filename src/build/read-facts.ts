/** What a plan needs to know: the layers that the lock asks for, and which of them were made before. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pLimit from 'p-limit';
import type { Digest } from '../kernel/digest.ts';
import { all, fail, ok, type Outcome } from '../kernel/outcome.ts';
import type { RunContext } from '../kernel/run-context.ts';
import type { StoredLayer } from '../kernel/stored-layer.ts';
import type { Lockfile, TreeEntry } from '../resolve/index.ts';
import { readDelta } from './layers/delta.ts';
import type { BuildEvent } from './events.ts';
import { layerSpecs, mountedTrees, type LayerSpec } from './layers/layer-spec.ts';
import { madeLayer } from './layers/make-layer.ts';
import type { MountedTree } from './layers/mount.ts';
import { openTree } from './layers/open-tree.ts';
import type { BuildPorts } from './ports.ts';

export interface LayerFacts {
  readonly specs: readonly LayerSpec[];
  /** By key: what the blob store holds. */
  readonly made: ReadonlyMap<Digest, StoredLayer>;
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
    await Promise.all(
      lock.components.flatMap(mountedTrees).map((mounted) => limit(() => treeSize(mounted, ports, context))),
    ),
  );
  if (!sizes.ok) return sizes;
  const specs = layerSpecs({ lock, sizes: new Map(sizes.value), entry: entry.value });
  const made = await madeLayers(specs, ports);
  const sized = all(await Promise.all(specs.map((spec) => withSize(spec, { made, ports, context }))));
  return sized.ok ? ok({ specs: sized.value, made }) : sized;
}

async function madeLayers(specs: readonly LayerSpec[], ports: BuildPorts): Promise<Map<Digest, StoredLayer>> {
  const made = new Map<Digest, StoredLayer>();
  for (const spec of specs) {
    const known = await madeLayer(spec, ports);
    if (known !== undefined) made.set(spec.key, known);
  }
  return made;
}

interface Sizing {
  readonly made: ReadonlyMap<Digest, StoredLayer>;
  readonly ports: BuildPorts;
  readonly context: RunContext<BuildEvent>;
}

/** What a delta holds is known once its two trees were compared; where it was made, its layer says. */
async function withSize(spec: LayerSpec, { made, ports, context }: Sizing): Promise<Outcome<LayerSpec>> {
  if (spec.content.kind !== 'delta' || made.has(spec.key)) return ok(spec);
  const opened = await openTree(spec.content.base, ports.objects, context);
  if (!opened.ok) return opened;
  const { changed } = await readDelta(spec.content, ports.objects);
  return ok({ ...spec, fileBytes: bytesOf(changed) });
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
  mounted: MountedTree,
  { blobs, objects }: BuildPorts,
  context: RunContext<BuildEvent>,
): Promise<Outcome<readonly [tree: string, bytes: number]>> {
  const { url, tree } = mounted;
  const known = await blobs.recall(`tree-bytes/${tree}`);
  if (typeof known === 'number') return ok([tree, known]);
  const opened = await openTree(mounted, objects, context);
  if (!opened.ok) return opened;
  const entries = await objects.entries({ url, id: tree });
  const bytes = bytesOf(entries);
  await blobs.remember(`tree-bytes/${tree}`, bytes);
  return ok([tree, bytes]);
}

function bytesOf(entries: readonly TreeEntry[]): number {
  return entries.reduce((total, entry) => total + entry.bytes, 0);
}

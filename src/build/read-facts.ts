/** What a build starts from: the layers that the lock asks for, how they are cut, and which of them were made before. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pLimit from 'p-limit';
import type { Digest } from '../kernel/digest.ts';
import { all, fail, ok, type Outcome } from '../kernel/outcome.ts';
import type { RunContext } from '../kernel/run-context.ts';
import type { StoredLayer } from '../kernel/stored-layer.ts';
import type { Lockfile, TreeEntry } from '../resolve/index.ts';
import { placeOf } from './apart.ts';
import type { BuildEvent } from './events.ts';
import { readDelta } from './layers/delta.ts';
import type { DeltaContent, LayerSpec } from './layers/layer-spec.ts';
import { madeLayer } from './layers/make-layer.ts';
import type { MountedTree } from './layers/mount.ts';
import { mountedTrees } from './layers/mounted-trees.ts';
import { openTree } from './layers/open-tree.ts';
import { codeLayers, type CodeLayers } from './plan/layer-specs.ts';
import { readLayers, stateOf, type LayersFile, type RecordedTree } from './plan/layers-file.ts';
import { movedTrees, nextLayers, type NextLayers } from './plan/next-layers.ts';
import type { BuildPorts } from './build-ports.ts';

export interface CutRequest {
  readonly lock: Lockfile;
  /** `extension-sets/NAME.layers.json`; without one the layers are cut as if for the first time. */
  readonly layersPath?: string;
  /** Cut anew, whatever moved. */
  readonly squash?: boolean;
}

export interface LayerFacts extends CodeLayers {
  /** How the layers are cut, which may be news. */
  readonly cut: NextLayers;
  /** As they were cut before: what a node that has the previous image needs not pull. */
  readonly previous: ReadonlySet<Digest>;
  /** By key: what the blob store holds. */
  readonly made: ReadonlyMap<Digest, StoredLayer>;
}

const FETCHES_AT_ONCE = 4;

/** @returns fails as git does, with `build/no-entry`, and where the layers' file can't be understood */
export async function readFacts(
  request: CutRequest,
  ports: BuildPorts,
  context: RunContext<BuildEvent>,
): Promise<Outcome<LayerFacts>> {
  const { lock, layersPath, squash = false } = request;
  const entry = await readEntry(ports.folder);
  if (!entry.ok) return entry;
  const previous = layersPath === undefined ? ok(undefined) : await readLayers(layersPath);
  if (!previous.ok) return previous;
  const reading = { ports, context };
  const sizes = await treeSizes(lock, reading);
  if (!sizes.ok) return sizes;
  const moved = previous.value === undefined ? ok(0) : await movedBytes(lock, previous.value, reading);
  if (!moved.ok) return moved;
  const sizeOf = (tree: string): number => sizes.value.get(tree) ?? 0;
  const { set, components } = lock;
  const cut = nextLayers({ set, components, previous: previous.value, sizeOf, movedBytes: moved.value, squash });
  const layers = codeLayers({ lock, layers: cut.file, sizeOf, entry: entry.value });
  const own = await madeLayers([...layers.base, ...layers.deltas, layers.lock], ports);
  const top = await madeLayers(layers.patches, { ...ports, blobs: placeOf(lock, ports).blobs });
  const made = new Map([...own, ...top]);
  const patches = all(await Promise.all(layers.patches.map((spec) => withSize(spec, { ...reading, made }))));
  if (!patches.ok) return patches;
  const before =
    previous.value === undefined ? undefined : codeLayers({ lock, layers: previous.value, sizeOf, entry: entry.value });
  const keys = new Set([...(before?.base ?? []), ...(before?.deltas ?? [])].map(({ key }) => key));
  return ok({ ...layers, patches: patches.value, cut, previous: keys, made });
}

interface Reading {
  readonly ports: BuildPorts;
  readonly context: RunContext<BuildEvent>;
}

export async function madeLayers(specs: readonly LayerSpec[], ports: BuildPorts): Promise<Map<Digest, StoredLayer>> {
  const made = new Map<Digest, StoredLayer>();
  const found = await Promise.all(specs.map(async (spec) => [spec.key, await madeLayer(spec, ports)] as const));
  for (const [key, layer] of found) if (layer !== undefined) made.set(key, layer);
  return made;
}

/** Bytes of the files that moved since the layers were cut: asked of git once for each pair of trees. */
async function movedBytes(lock: Lockfile, previous: LayersFile, reading: Reading): Promise<Outcome<number>> {
  const state = stateOf(previous);
  const moved = Object.entries(movedTrees(lock.components, previous));
  const bytes = all(
    await Promise.all(moved.map(([path, to]) => bytesBetween(path, { from: state.get(path), to }, reading))),
  );
  return bytes.ok ? ok(bytes.value.reduce((total, one) => total + one, 0)) : bytes;
}

async function bytesBetween(
  path: string,
  { from, to }: { readonly from: RecordedTree | undefined; readonly to: RecordedTree | null },
  reading: Reading,
): Promise<Outcome<number>> {
  if (to === null) return ok(0);
  const name = `moved-bytes/${from?.tree ?? 'none'}/${to.tree}`;
  const known = await reading.ports.blobs.recall(name);
  if (typeof known === 'number') return ok(known);
  const mounted = (tree: RecordedTree): MountedTree => ({ name: path === '' ? 'core' : path, path, ...tree });
  const before = from === undefined ? [] : [mounted(from)];
  const content: DeltaContent = { kind: 'delta', before, after: [mounted(to)], foreign: [], because: '' };
  const bytes = await deltaBytes(content, reading);
  if (bytes.ok) await reading.ports.blobs.remember(name, bytes.value);
  return bytes;
}

async function deltaBytes(content: DeltaContent, { ports, context }: Reading): Promise<Outcome<number>> {
  const trees = [...content.before, ...content.after];
  const opened = all(await Promise.all(trees.map((tree) => openTree(tree, ports.objects, context))));
  if (!opened.ok) return opened;
  const { changed } = await readDelta(content, ports.objects);
  return ok(bytesOf(changed.map(({ entry }) => entry)));
}

/** What a delta holds is known once its trees were compared; where it was made, its layer says. */
async function withSize(
  spec: LayerSpec,
  { made, ...reading }: Reading & { readonly made: ReadonlyMap<Digest, StoredLayer> },
): Promise<Outcome<LayerSpec>> {
  if (spec.content.kind !== 'delta' || made.has(spec.key)) return ok(spec);
  const fileBytes = await deltaBytes(spec.content, reading);
  return fileBytes.ok ? ok({ ...spec, fileBytes: fileBytes.value }) : fileBytes;
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

/** Bytes of each tree's files: remembered, since asking git needs the commit fetched. */
async function treeSizes(lock: Lockfile, reading: Reading): Promise<Outcome<ReadonlyMap<string, number>>> {
  const limit = pLimit(FETCHES_AT_ONCE);
  const trees = lock.components.flatMap(mountedTrees);
  const sizes = all(await Promise.all(trees.map((mounted) => limit(() => treeSize(mounted, reading)))));
  return sizes.ok ? ok(new Map(sizes.value)) : sizes;
}

async function treeSize(
  mounted: MountedTree,
  { ports, context }: Reading,
): Promise<Outcome<readonly [tree: string, bytes: number]>> {
  const { url, tree } = mounted;
  const { blobs, objects } = ports;
  const known = await blobs.recall(`tree-bytes/${tree}`);
  if (typeof known === 'number') return ok([tree, known]);
  const opened = await openTree(mounted, objects, context);
  if (!opened.ok) return opened;
  const bytes = bytesOf(await objects.entries({ url, id: tree }));
  await blobs.remember(`tree-bytes/${tree}`, bytes);
  return ok([tree, bytes]);
}

function bytesOf(entries: readonly TreeEntry[]): number {
  return entries.reduce((total, entry) => total + entry.bytes, 0);
}

/** Makes a layer that the blob store lacks: reads its trees, checks their entries, streams the tar into the store. */
import type { BlobStore } from '../../kernel/blob-store.ts';
import type { Diagnostic } from '../../kernel/diagnostic.ts';
import { compressorName, storeLayer, type Compression, type StoredLayer } from '../../kernel/stored-layer.ts';
import { all, ok, settle, type Outcome } from '../../kernel/outcome.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import type { GitObjects, TreeEntry } from '../../resolve/index.ts';
import { readDelta } from './delta.ts';
import type { BuildEvent } from '../events.ts';
import type { LayerContent, LayerSpec } from './layer-spec.ts';
import { filesTar, storedTar, treesTar, type LayerPart } from './layer-tar.ts';
import { checkEntries, checkLink, type MountedTree } from './mount.ts';
import { openTree } from './open-tree.ts';
import { parseStoredLayer } from './stored-record.ts';

export interface LayerPorts {
  readonly blobs: BlobStore;
  readonly compression?: Compression;
  readonly objects: GitObjects;
}

/** What an earlier run made of this spec; undefined where the blob has gone or was cut short since. */
export async function madeLayer(
  spec: LayerSpec,
  { blobs, compression = 'gzip' }: Pick<LayerPorts, 'blobs' | 'compression'>,
): Promise<StoredLayer | undefined> {
  const known = parseStoredLayer(await blobs.recall(recordName(spec, compression)));
  if (known === undefined) return undefined;
  const stored = await blobs.has(known.blob.digest);
  return stored?.bytes === known.blob.bytes ? known : undefined;
}

/** @returns fails with `build/unsafe-path` for every entry that could reach outside its mount */
export async function makeLayer(
  spec: LayerSpec,
  ports: LayerPorts,
  context: RunContext<BuildEvent>,
): Promise<Outcome<StoredLayer>> {
  const { blobs, compression = 'gzip' } = ports;
  const started = context.clock.now();
  const tar = await tarOf(spec.content, { ...ports, context });
  if (!tar.ok) return tar;
  const made = await storeLayer(untilAborted(tar.value, context.signal), { blobs, compression });
  await blobs.remember(recordName(spec, compression), { ...made, compressor: compressorName(compression) });
  const ms = context.clock.now() - started;
  context.emit({ code: 'build/layer-made', layer: spec.name, bytes: made.bytes, ms });
  return ok(made);
}

interface Reading extends LayerPorts {
  readonly context: RunContext<BuildEvent>;
}

async function tarOf(content: LayerContent, reading: Reading): Promise<Outcome<AsyncGenerator<Buffer>>> {
  if (content.kind === 'files') return ok(filesTar(content.files));
  if (content.kind === 'stored') return ok(storedTar(content.files, reading.blobs));
  const trees = content.kind === 'delta' ? [...content.before, ...content.after] : content.trees;
  const opened = all(await Promise.all(trees.map((tree) => openTree(tree, reading.objects, reading.context))));
  if (!opened.ok) return opened;
  const filled = new Set(content.kind === 'trees' ? content.trees.map(({ path }) => path) : []);
  const read = await readParts(content, reading);
  const parts: LayerPart[] = [];
  const unsafe: Diagnostic[] = [];
  for (const { mounted, entries } of read.parts) {
    const checked = checkEntries(mounted, entries);
    for (const { path, because } of checked.skipped) {
      if (filled.has(mountedAt(mounted, path))) continue; // a submodule that the lock has
      reading.context.emit({ code: 'build/entry-skipped', component: mounted.name, path, because });
    }
    unsafe.push(...checked.unsafe, ...(await checkLinks(mounted, { entries: checked.kept, reading })));
    parts.push({ url: mounted.url, path: mounted.path, entries: checked.kept });
  }
  return settle(treesTar({ removed: read.removed, parts }, reading.objects), unsafe);
}

function mountedAt({ path: mount }: MountedTree, path: string): string {
  return mount === '' ? path : `${mount}/${path}`;
}

interface ReadParts {
  readonly removed: readonly string[];
  readonly parts: readonly { readonly mounted: MountedTree; readonly entries: readonly TreeEntry[] }[];
}

async function readParts(
  content: Exclude<LayerContent, { kind: 'files' | 'stored' }>,
  { objects }: Reading,
): Promise<ReadParts> {
  if (content.kind === 'delta') {
    const { changed, removed } = await readDelta(content, objects);
    const byMount = Map.groupBy(changed, ({ mounted }) => mounted);
    const parts = [...byMount].map(([mounted, members]) => ({ mounted, entries: members.map(({ entry }) => entry) }));
    return { removed, parts };
  }
  const parts = await Promise.all(
    content.trees.map(async (mounted) => {
      return { mounted, entries: await objects.entries({ url: mounted.url, id: mounted.tree }) };
    }),
  );
  return { removed: [], parts };
}

async function checkLinks(
  mounted: MountedTree,
  { entries, reading }: { readonly entries: readonly TreeEntry[]; readonly reading: Reading },
): Promise<Diagnostic[]> {
  const links = entries.filter((entry) => entry.mode === '120000');
  if (links.length === 0) return [];
  const found: Diagnostic[] = [];
  let index = 0;
  const oids = links.map((link) => link.oid);
  for await (const { data } of reading.objects.blobs(mounted.url, oids)) {
    const problem = checkLink(mounted, { path: links[index]?.path ?? '', target: data.toString('utf8') });
    if (problem !== undefined) found.push(problem);
    index += 1;
  }
  return found;
}

async function* untilAborted(chunks: AsyncIterable<Buffer>, signal: AbortSignal): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    signal.throwIfAborted();
    yield chunk;
  }
}

function recordName(spec: LayerSpec, compression: Compression): string {
  return `layer/${compression}/${spec.key}`;
}

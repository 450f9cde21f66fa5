/** Makes a layer that the blob store lacks: reads its trees, checks their entries, streams the tar into the store. */
import type { BlobStore } from '../kernel/blob-store.ts';
import type { Diagnostic } from '../kernel/diagnostic.ts';
import type { Digest } from '../kernel/digest.ts';
import { all, ok, settle, type Outcome } from '../kernel/outcome.ts';
import type { RunContext } from '../kernel/run-context.ts';
import type { GitObjects, TreeEntry } from '../resolve/index.ts';
import { readDelta } from './delta.ts';
import type { BuildEvent } from './events.ts';
import type { LayerContent, LayerSpec } from './layer-spec.ts';
import { filesTar, treesTar, type LayerPart } from './layer-tar.ts';
import { checkEntries, checkLink, type MountedTree } from './mount.ts';
import { openTree } from './open-tree.ts';

export interface MadeLayer {
  readonly diffId: Digest;
  readonly bytes: number;
}

export interface LayerPorts {
  readonly blobs: BlobStore;
  readonly objects: GitObjects;
}

/** What an earlier run made of this spec; undefined where the blob has gone or was cut short since. */
export async function madeLayer(spec: LayerSpec, blobs: BlobStore): Promise<MadeLayer | undefined> {
  const known = parseMade(await blobs.recall(recordName(spec)));
  if (known === undefined) return undefined;
  const stored = await blobs.has(known.diffId);
  return stored?.bytes === known.bytes ? known : undefined;
}

/** @returns fails with `build/unsafe-path` for every entry that could reach outside its mount */
export async function makeLayer(
  spec: LayerSpec,
  ports: LayerPorts,
  context: RunContext<BuildEvent>,
): Promise<Outcome<MadeLayer>> {
  const started = context.clock.now();
  const tar = await tarOf(spec.content, { objects: ports.objects, context });
  if (!tar.ok) return tar;
  const stored = await ports.blobs.put(untilAborted(tar.value, context.signal));
  const made = { diffId: stored.digest, bytes: stored.bytes };
  await ports.blobs.remember(recordName(spec), made);
  const ms = context.clock.now() - started;
  context.emit({ code: 'build/layer-made', layer: spec.name, bytes: made.bytes, ms });
  return ok(made);
}

interface Reading {
  readonly objects: GitObjects;
  readonly context: RunContext<BuildEvent>;
}

async function tarOf(content: LayerContent, reading: Reading): Promise<Outcome<AsyncGenerator<Buffer>>> {
  if (content.kind === 'files') return ok(filesTar(content.files));
  const trees = content.kind === 'delta' ? [content.base] : content.trees;
  const opened = all(await Promise.all(trees.map((tree) => openTree(tree, reading.objects, reading.context))));
  if (!opened.ok) return opened;
  const filled = new Set(content.kind === 'trees' ? content.trees.map(({ path }) => path) : []);
  const parts: LayerPart[] = [];
  const unsafe: Diagnostic[] = [];
  for (const { mounted, part } of await readParts(content, reading)) {
    const checked = checkEntries(mounted, part.entries);
    for (const { path, because } of checked.skipped) {
      if (filled.has(mountedAt(mounted, path))) continue; // a submodule that the lock has
      reading.context.emit({ code: 'build/entry-skipped', component: mounted.name, path, because });
    }
    unsafe.push(...checked.unsafe, ...(await checkLinks(mounted, { entries: checked.kept, reading })));
    parts.push({ ...part, entries: checked.kept });
  }
  return settle(treesTar(parts, reading.objects), unsafe);
}

function mountedAt({ path: mount }: MountedTree, path: string): string {
  return mount === '' ? path : `${mount}/${path}`;
}

interface ReadPart {
  readonly mounted: MountedTree;
  readonly part: LayerPart;
}

async function readParts(
  content: Exclude<LayerContent, { kind: 'files' }>,
  { objects }: Reading,
): Promise<readonly ReadPart[]> {
  if (content.kind === 'delta') {
    const { base, tree } = content;
    const { changed, removed } = await readDelta(content, objects);
    return [{ mounted: { ...base, tree }, part: { url: base.url, path: base.path, entries: changed, removed } }];
  }
  return Promise.all(
    content.trees.map(async (mounted) => {
      const entries = await objects.entries({ url: mounted.url, id: mounted.tree });
      return { mounted, part: { url: mounted.url, path: mounted.path, entries, removed: [] } };
    }),
  );
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

function recordName(spec: LayerSpec): string {
  return `layer/${spec.key}`;
}

function parseMade(document: unknown): MadeLayer | undefined {
  if (typeof document !== 'object' || document === null) return undefined;
  if (!('diffId' in document) || !('bytes' in document)) return undefined;
  const { diffId, bytes } = document;
  return isDigest(diffId) && typeof bytes === 'number' ? { diffId, bytes } : undefined;
}

export function isDigest(value: unknown): value is Digest {
  return typeof value === 'string' && /^sha256:[0-9a-f]{64}$/.test(value);
}

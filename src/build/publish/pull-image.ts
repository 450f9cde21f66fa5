/**
 * An image by digest from whichever registry can give it whole: the next is asked where one is down, lacks it or lies,
 * so that one registry's fault doesn't stop a fix. What one of them gave stays in the blob store for the next.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { BlobStore } from '../../kernel/blob-store.ts';
import type { Diagnostic } from '../../kernel/diagnostic.ts';
import { short, type Digest } from '../../kernel/digest.ts';
import { all, fail, ok, type Outcome } from '../../kernel/outcome.ts';
import { openLayer, type StoredLayer } from '../../kernel/stored-layer.ts';
import type { Content, ImageRegistry, ManifestDocument, PublishContext } from '../registry-ports.ts';
import type { PublishedImage } from './image-contents.ts';
import { readDiffIds, readManifestParts, type ManifestParts } from './pulled-manifest.ts';

export interface PulledImage extends PublishedImage {
  /** The name of the one that gave the rest of it; undefined where the blob store had all. */
  readonly registry: string;
  readonly receivedBytes: number;
}

interface Pull {
  readonly digest: Digest;
  readonly registry: ImageRegistry;
  readonly blobs: BlobStore;
  readonly context: PublishContext;
}

/** @returns fails with what each registry said, where none gives it; with `registry/none` where there is none to ask */
export async function pullImage(
  digest: Digest,
  { registries, blobs }: { readonly registries: readonly ImageRegistry[]; readonly blobs: BlobStore },
  context: PublishContext,
): Promise<Outcome<PulledImage>> {
  const faults: Diagnostic[] = [];
  for (const registry of registries) {
    const pulled = await pullFrom({ digest, registry, blobs, context });
    if (pulled.ok) return pulled;
    faults.push(...pulled.diagnostics);
    const [{ code, message }] = pulled.diagnostics;
    context.emit({ code: 'build/pull-skipped', registry: registry.name, diagnostic: code, because: message });
  }
  const [first, ...others] = faults;
  return first === undefined ? fail(noRegistry(digest)) : fail(first, ...others);
}

async function pullFrom(pull: Pull): Promise<Outcome<PulledImage>> {
  const { digest, registry, blobs, context } = pull;
  const started = context.clock.now();
  const manifest = await registry.read(digest, context);
  if (!manifest.ok) return manifest;
  if (manifest.value === undefined) return fail(lacksImage(pull));
  const parts = readManifestParts(manifest.value);
  if (!parts.ok) return parts;
  const missing = await missingOf(parts.value, blobs);
  const fetched = await registry.fetch(missing, context);
  if (!fetched.ok) return fetched;
  const image = await imageOf(pull, manifest.value, parts.value);
  if (!image.ok) return image;
  const { receivedBytes } = fetched.value;
  const reference = `${registry.host}/${registry.path}@${digest}`;
  const ms = context.clock.now() - started;
  context.emit({ code: 'build/pulled', registry: registry.name, reference, receivedBytes, ms });
  return ok({ ...image.value, registry: registry.name, receivedBytes });
}

/** What the blob store holds is read against its digest before it counts. */
async function missingOf({ config, layers }: ManifestParts, blobs: BlobStore): Promise<Content[]> {
  const wanted = new Map([config, ...layers].map(({ digest, bytes }) => [digest, bytes]));
  const missing: Content[] = [];
  for (const [digest, bytes] of wanted) {
    if ((await blobs.check(digest)) === undefined) missing.push({ kind: 'blob', digest, bytes });
  }
  return missing;
}

async function imageOf(
  { digest, blobs, registry }: Pull,
  manifest: ManifestDocument,
  parts: ManifestParts,
): Promise<Outcome<PublishedImage>> {
  const config = await blobs.read(parts.config.digest);
  if (config === undefined) return fail(damaged(registry.name, parts.config.digest));
  const diffIds = readDiffIds(config, { name: digest, layers: parts.layers.length });
  if (!diffIds.ok) return diffIds;
  const layers: Outcome<StoredLayer>[] = [];
  for (const [index, blob] of parts.layers.entries()) {
    layers.push(await layerOf(blob, { diffId: diffIds.value[index], registry: registry.name, blobs }));
  }
  const stored = all(layers);
  if (!stored.ok) return stored;
  const imageId = parts.config.digest;
  return ok({ imageId, config, manifest: manifest.data, manifestDigest: digest, layers: stored.value });
}

const unpackedSchema = z.object({ diffId: z.templateLiteral(['sha256:', z.string()]), bytes: z.int() });

/** Unpacked once, to see that its tar is the one that the config names; then remembered. */
async function layerOf(
  blob: StoredLayer['blob'],
  { diffId, registry, blobs }: { diffId: Digest | undefined; registry: string; blobs: BlobStore },
): Promise<Outcome<StoredLayer>> {
  const name = `unpacked/${blob.digest}`;
  const known = unpackedSchema.safeParse(await blobs.recall(name));
  const unpacked = known.success ? known.data : await unpack(blob, blobs);
  if (unpacked?.diffId !== diffId || unpacked === undefined) return fail(damaged(registry, blob.digest));
  if (!known.success) await blobs.remember(name, unpacked);
  return ok({ ...unpacked, blob });
}

/** Undefined where it isn't what its type says. */
async function unpack(
  blob: StoredLayer['blob'],
  blobs: BlobStore,
): Promise<{ readonly diffId: Digest; readonly bytes: number } | undefined> {
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    for await (const chunk of openLayer({ diffId: blob.digest, bytes: 0, blob }, blobs)) {
      hash.update(chunk);
      bytes += chunk.length;
    }
  } catch {
    return undefined;
  }
  return { diffId: `sha256:${hash.digest('hex')}`, bytes };
}

function lacksImage({ digest, registry }: Pull): Diagnostic {
  return {
    code: 'registry/lacks-image',
    message: `${registry.name} (${registry.host}/${registry.path}) has no image ${short(digest)}`,
    hint: 'was it pushed there? is the digest that of its manifest, not the image ID?',
    exit: 'outside',
  };
}

function damaged(registry: string, digest: Digest): Diagnostic {
  return {
    code: 'registry/wrong-layer',
    message: `blob ${short(digest)} from ${registry} doesn't unpack to what the image's config names`,
    hint: 'whoever pushed the image made it wrongly: build and push it again',
    exit: 'outside',
  };
}

function noRegistry(digest: Digest): Diagnostic {
  return {
    code: 'registry/none',
    message: `there is no registry to pull ${short(digest)} from`,
    hint: 'write one under registries of mwpipe.yaml',
  };
}

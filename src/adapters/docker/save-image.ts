/** Takes an image's layers out of the engine (`docker save`) into the blob store. */
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import type { BlobStore } from '../../kernel/blob-store.ts';
import type { Digest } from '../../kernel/digest.ts';
import { MwpipeError } from '../../kernel/error.ts';
import { storeLayer, type StoredLayer } from '../../kernel/stored-layer.ts';
import type { Docker } from './engine.ts';

export interface SavedImage {
  readonly imageId: Digest;
  readonly diffIds: readonly Digest[];
}

/** The layers in the image's order; its configuration becomes the blob `imageId`. Throws where the archive lacks a layer. */
export async function saveLayers(
  docker: Docker,
  { imageId, diffIds }: SavedImage,
  { blobs, signal }: { readonly blobs: BlobStore; readonly signal: AbortSignal },
): Promise<readonly StoredLayer[]> {
  const wanted = new Set(diffIds);
  const taken = new Map<Digest, StoredLayer>();
  const reader = extract();
  const archive = pipeline(await docker.getImage(imageId).get(), reader, { signal });
  archive.catch(() => undefined); // told below, when the reader ends
  for await (const entry of reader) {
    if (isConfig(entry.header.name, imageId)) await blobs.put(entry as AsyncIterable<Buffer>);
    else if (entry.header.type === 'file' && /layer\.tar$|^blobs\/sha256\//.test(entry.header.name)) {
      const layer = await storeLayer(plain(entry as AsyncIterable<Buffer>), { blobs });
      if (wanted.has(layer.diffId)) taken.set(layer.diffId, layer);
    } else entry.resume();
  }
  await archive;
  return diffIds.map((diffId) => taken.get(diffId) ?? missing(diffId, imageId));
}

function isConfig(name: string, imageId: Digest): boolean {
  const hex = imageId.slice('sha256:'.length);
  return name === `${hex}.json` || name === `blobs/sha256/${hex}`;
}

/** Engines with the containerd store may save what they pulled, compressed. */
async function* plain(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const chunks = source[Symbol.asyncIterator]();
  const first = await chunks.next();
  if (first.done === true) return;
  const whole = async function* (): AsyncGenerator<Buffer> {
    yield first.value;
    for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) yield next.value;
  };
  if (first.value[0] !== 0x1f || first.value[1] !== 0x8b) {
    yield* whole();
    return;
  }
  const gunzip = createGunzip();
  const done = pipeline(whole(), gunzip);
  done.catch(() => undefined);
  yield* gunzip as AsyncIterable<Buffer>;
  await done;
}

function missing(diffId: Digest, imageId: Digest): never {
  throw new MwpipeError({
    code: 'docker/save-failed',
    message: `the engine's archive of image ${imageId.slice(7, 19)} lacks layer ${diffId.slice(7, 19)}`,
    hint: 'something removed it meanwhile: run the same command again',
    source: 'outside',
  });
}

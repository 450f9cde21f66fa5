/** An image as `docker load` reads it (docker-archive), with only some of its layers: the engine has the others. */
import type { BlobStore } from '../../kernel/blob-store.ts';
import type { Diagnostic } from '../../kernel/diagnostic.ts';
import type { Digest } from '../../kernel/digest.ts';
import { TAR_END, tarHeader, tarPadding } from '../../kernel/tar.ts';
import type { LoadRequest } from '../../build/index.ts';

export interface ArchiveLayer {
  readonly diffId: Digest;
  readonly bytes: number;
}

export interface Archive {
  readonly image: LoadRequest;
  /** Those that are sent. */
  readonly layers: readonly ArchiveLayer[];
  readonly blobs: BlobStore;
  readonly onSent: (bytes: number) => void;
}

const MTIME = 315_532_800;

/** Each layer's bytes are streamed from the blob store; memory stays flat. */
export async function* dockerArchive({ image, layers, blobs, onSent }: Archive): AsyncGenerator<Buffer> {
  const configName = `${hex(image.imageId)}.json`;
  const manifest = [{ Config: configName, RepoTags: [image.tag], Layers: image.layers.map(layerName) }];
  yield file('manifest.json', Buffer.from(JSON.stringify(manifest)));
  yield file(configName, image.config);
  for (const { diffId, bytes } of layers) {
    yield tarHeader({ kind: 'file', path: layerName(diffId), bytes, mtime: MTIME });
    yield* sized(blobs.open(diffId), { diffId, bytes, onSent });
    yield tarPadding(bytes);
  }
  yield TAR_END;
}

async function* sized(
  data: AsyncIterable<Buffer>,
  { diffId, bytes, onSent }: ArchiveLayer & { readonly onSent: (bytes: number) => void },
): AsyncGenerator<Buffer> {
  let sent = 0;
  for await (const chunk of data) {
    sent += chunk.length;
    if (sent > bytes) break;
    yield chunk;
    onSent(chunk.length);
  }
  if (sent !== bytes) throw new Error(`layer ${diffId} changed in the cache while it was sent`);
}

export function damagedLayer(diffId: Digest): Diagnostic {
  return {
    code: 'build/damaged-layer',
    message: `layer ${hex(diffId).slice(0, 12)} of the cache is not what was written`,
    hint: 'it was taken out of the cache; run the same command again to make it anew, and check the disk',
    exit: 'outside',
  };
}

function layerName(diffId: Digest): string {
  return `${hex(diffId)}/layer.tar`;
}

function file(path: string, data: Buffer): Buffer {
  const header = tarHeader({ kind: 'file', path, bytes: data.length, mtime: MTIME });
  return Buffer.concat([header, data, tarPadding(data.length)]);
}

function hex(digest: Digest): string {
  return digest.slice('sha256:'.length);
}

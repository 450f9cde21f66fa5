/** An image as `docker load` reads it (docker-archive), with only some of its layers: the engine has the others. */
import type { BlobStore } from '../../kernel/blob-store.ts';
import type { Digest } from '../../kernel/digest.ts';
import { TAR_END, tarHeader, tarPadding } from '../../kernel/tar.ts';
import { openLayer, type StoredLayer } from '../../kernel/stored-layer.ts';
import type { LoadRequest } from '../../build/index.ts';

export interface Archive {
  readonly image: LoadRequest;
  /** Those that are sent. */
  readonly layers: readonly StoredLayer[];
  readonly blobs: BlobStore;
  readonly onSent: (bytes: number) => void;
}

const MTIME = 315_532_800;

/** Each layer's bytes are streamed from the blob store; memory stays flat. */
export async function* dockerArchive({ image, layers, blobs, onSent }: Archive): AsyncGenerator<Buffer> {
  const configName = `${hex(image.imageId)}.json`;
  const manifest = [
    { Config: configName, RepoTags: [image.tag], Layers: image.layers.map(({ diffId }) => layerName(diffId)) },
  ];
  yield file('manifest.json', Buffer.from(JSON.stringify(manifest)));
  yield file(configName, image.config);
  for (const layer of layers) {
    const { data, bytes } = loadable(layer, blobs);
    yield tarHeader({ kind: 'file', path: layerName(layer.diffId), bytes, mtime: MTIME });
    yield* sized(data, { diffId: layer.diffId, bytes, onSent });
    yield tarPadding(bytes);
  }
  yield TAR_END;
}

/** The engine unpacks gzip by itself; it is older than zstd. */
function loadable(layer: StoredLayer, blobs: BlobStore): { data: AsyncIterable<Buffer>; bytes: number } {
  const { blob, bytes } = layer;
  if (blob.mediaType.endsWith('+zstd')) return { data: openLayer(layer, blobs), bytes };
  return { data: blobs.open(blob.digest), bytes: blob.bytes };
}

async function* sized(
  data: AsyncIterable<Buffer>,
  {
    diffId,
    bytes,
    onSent,
  }: { readonly diffId: Digest; readonly bytes: number; readonly onSent: (bytes: number) => void },
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

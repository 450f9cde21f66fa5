/**
 * A layer as it is kept: the compressed tar that registries hold, with the digest of the tar itself, which is what an
 * image's identity hangs on. Compressed while it is hashed; memory stays flat.
 */
import { createHash } from 'node:crypto';
import type { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip, createZstdCompress, createZstdDecompress, constants } from 'node:zlib';
import type { BlobStore } from './blob-store.ts';
import type { Digest } from './digest.ts';

interface LayerBlob {
  /** Of the compressed bytes, as manifests name it. */
  readonly digest: Digest;
  readonly bytes: number;
  readonly mediaType: `application/vnd.oci.image.layer.v1.tar+${Compression}`;
}

export interface StoredLayer {
  /** Of the tar. */
  readonly diffId: Digest;
  /** Of the tar. */
  readonly bytes: number;
  readonly blob: LayerBlob;
}

/** OCI's names. gzip is what every engine reads: Docker 20.10 can't pull zstd. */
export type Compression = 'gzip' | 'zstd';

const CHUNK = 256 * 1024;

/** What made the bytes of a blob: the same tar, compressor and version give the same digest. */
export function compressorName(compression: Compression): string {
  const version = compression === 'gzip' ? process.versions.zlib : process.versions['zstd'];
  return `node:zlib ${compression} ${version ?? ''} level 1`;
}

/** Streams a tar through hash and compressor into the store. */
export async function storeLayer(
  tar: AsyncIterable<Uint8Array>,
  { blobs, compression = 'gzip' }: { readonly blobs: BlobStore; readonly compression?: Compression },
): Promise<StoredLayer> {
  const hash = createHash('sha256');
  let bytes = 0;
  const hashed = async function* (): AsyncGenerator<Uint8Array> {
    for await (const chunk of tar) {
      hash.update(chunk);
      bytes += chunk.length;
      yield chunk;
    }
  };
  const compressor = compressorOf(compression);
  const [stored] = await Promise.all([blobs.put(compressor), pipeline(hashed, compressor)]);
  const mediaType = `application/vnd.oci.image.layer.v1.tar+${compression}` as const;
  return {
    diffId: `sha256:${hash.digest('hex')}`,
    bytes,
    blob: { digest: stored.digest, bytes: stored.bytes, mediaType },
  };
}

/** The tar inside a layer's blob. */
export async function* openLayer({ blob }: StoredLayer, blobs: BlobStore): AsyncGenerator<Buffer> {
  const decompressor = blob.mediaType.endsWith('zstd') ? createZstdDecompress() : createGunzip({ chunkSize: CHUNK });
  const done = pipeline(blobs.open(blob.digest), decompressor);
  done.catch(() => undefined); // told by the loop below
  yield* decompressor as AsyncIterable<Buffer>;
  await done;
}

function compressorOf(compression: Compression): Transform {
  if (compression === 'gzip') return createGzip({ level: 1, chunkSize: CHUNK });
  return createZstdCompress({ chunkSize: CHUNK, params: { [constants.ZSTD_c_compressionLevel]: 1 } });
}

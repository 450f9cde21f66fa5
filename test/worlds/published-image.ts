/** Images of random layers in a blob store, assembled as builds do, for registries of any kind. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PublishedImage } from '../../src/build/publish/image-contents.ts';
import { manifestOf } from '../../src/build/image/manifest.ts';
import { blobStore, type BlobStore } from '../../src/kernel/blob-store.ts';
import { canonicalJson, sha256 } from '../../src/kernel/digest.ts';
import { storeLayer, type StoredLayer } from '../../src/kernel/stored-layer.ts';
import { filesTar } from '../../src/build/layers/layer-tar.ts';

export interface BlobFolder extends AsyncDisposable {
  readonly blobs: BlobStore;
  readonly folder: string;
}

export async function blobFolder(): Promise<BlobFolder> {
  const folder = await mkdtemp(join(tmpdir(), 'mwpipe-blobs-'));
  return {
    folder,
    blobs: blobStore(folder),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

/** A layer for each text, and one of random bytes where a number is given. */
export async function imageOf(blobs: BlobStore, ...contents: readonly (string | number)[]): Promise<PublishedImage> {
  const layers: (StoredLayer & { name: string })[] = [];
  for (const [index, content] of contents.entries()) {
    const text = typeof content === 'string' ? content : randomBytes(content / 2).toString('hex');
    const layer = await storeLayer(filesTar({ [`srv/mediawiki/${index}`]: text }), { blobs });
    layers.push({ ...layer, name: `layer ${index}` });
  }
  const config = Buffer.from(
    canonicalJson({
      architecture: 'amd64',
      os: 'linux',
      created: '1980-01-01T00:00:00Z',
      config: { Labels: { 'mwpipe.kind': 'image' } },
      rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) },
    }),
  );
  const manifest = manifestOf(config, layers);
  return { imageId: sha256(config), config, manifest, manifestDigest: sha256(manifest), layers };
}

export const blobBytes = ({ layers, config }: PublishedImage): number =>
  layers.reduce((total, { blob }) => total + blob.bytes, config.length);

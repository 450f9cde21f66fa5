/** An engine that builds runtimes, and a host that bootstraps bases, in memory: what they give depends on the key. */
import { Readable } from 'node:stream';
import type { BaseBootstrap, RuntimeEngine, RuntimeImage } from '../../../src/build/ports.ts';
import type { BlobStore } from '../../../src/kernel/blob-store.ts';
import { sha256 } from '../../../src/kernel/digest.ts';
import { storeLayer, type StoredLayer } from '../../../src/kernel/stored-layer.ts';
import { filesTar } from '../../../src/build/layers/layer-tar.ts';
import { ok } from '../../../src/kernel/outcome.ts';

export function fakeRuntimes(
  blobs: BlobStore,
  onBuilt: (runtime: RuntimeImage) => void,
): { readonly runtimes: RuntimeEngine; readonly bases: BaseBootstrap } {
  const built = new Map<string, RuntimeImage>();
  const layers = new Map<string, StoredLayer>();
  const layerOf = (key: string): Promise<StoredLayer> => storeLayer(filesTar({ runtime: key }), { blobs });
  return {
    runtimes: {
      find: ({ key }) => Promise.resolve(ok(built.get(key))),
      build: async ({ key, tag }) => {
        const config = {
          entrypoint: ['/entry'],
          cmd: [],
          env: ['PATH=/bin'],
          workdir: '/srv/mediawiki',
          ports: ['8080/tcp'],
        };
        const layer = await layerOf(key);
        const image = { imageId: sha256(key), tag, diffIds: [layer.diffId], bytes: 1, config };
        built.set(key, image);
        layers.set(image.imageId, layer);
        onBuilt(image);
        return ok(image);
      },
      take: ({ imageId }) => Promise.resolve(ok([layers.get(imageId)!])),
    },
    bases: {
      bootstrap: async ({ debian }) => {
        const { digest, bytes } = await blobs.put(Readable.from([Buffer.from(debian)]));
        return ok({ digest, bytes });
      },
    },
  };
}

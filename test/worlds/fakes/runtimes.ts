/**
 * An engine that builds runtimes, and a host that bootstraps bases, in memory: what they give depends on the key, and on
 * the machine where one is named, as real builds do.
 */
import { Readable } from 'node:stream';
import type { BaseBootstrap, RuntimeEngine, RuntimeImage } from '../../../src/build/ports.ts';
import type { BlobStore } from '../../../src/kernel/blob-store.ts';
import { canonicalJson, sha256 } from '../../../src/kernel/digest.ts';
import { storeLayer, type StoredLayer } from '../../../src/kernel/stored-layer.ts';
import { filesTar } from '../../../src/build/layers/layer-tar.ts';
import { ok } from '../../../src/kernel/outcome.ts';

export function fakeRuntimes(
  blobs: BlobStore,
  onBuilt: (runtime: RuntimeImage) => void,
  machine = '',
): { readonly runtimes: RuntimeEngine; readonly bases: BaseBootstrap } {
  let renewals = '';
  const built = new Map<string, RuntimeImage>();
  const made = new Map<string, { readonly layer: StoredLayer; readonly document: Buffer }>();
  return {
    runtimes: {
      find: ({ key }) => Promise.resolve(ok(built.get(key))),
      findImage: (imageId) => Promise.resolve(ok([...built.values()].find((image) => image.imageId === imageId))),
      build: async ({ key, tag }) => {
        const layer = await storeLayer(filesTar({ runtime: key + machine + renewals }), { blobs });
        const document = Buffer.from(canonicalJson({ ...DOCUMENT, rootfs: { diff_ids: [layer.diffId] } }));
        const image = { imageId: sha256(document), tag, diffIds: [layer.diffId], bytes: 1, config: CONFIG };
        built.set(key, image);
        made.set(image.imageId, { layer, document });
        onBuilt(image);
        return ok(image);
      },
      renew: () => {
        renewals += '+';
        return Promise.resolve(ok());
      },
      take: async ({ imageId }) => {
        const { layer, document } = made.get(imageId)!;
        await blobs.put(Readable.from([document]));
        return ok([layer]);
      },
    },
    bases: {
      bootstrap: async ({ debian }) => {
        const { digest, bytes } = await blobs.put(Readable.from([Buffer.from(debian + machine)]));
        return ok({ digest, bytes, released: '2026-11-22T20:14:05.000Z' });
      },
    },
  };
}

const CONFIG = {
  entrypoint: ['/entry'],
  cmd: [],
  env: ['PATH=/bin'],
  workdir: '/srv/mediawiki',
  ports: ['8080/tcp'],
};

const DOCUMENT = {
  architecture: 'amd64',
  os: 'linux',
  config: {
    Entrypoint: CONFIG.entrypoint,
    Cmd: CONFIG.cmd,
    Env: CONFIG.env,
    WorkingDir: CONFIG.workdir,
    ExposedPorts: { '8080/tcp': {} },
  },
};

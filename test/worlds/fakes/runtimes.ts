/** An engine that builds runtimes, and a host that bootstraps bases, in memory: what they give depends on the key. */
import { Readable } from 'node:stream';
import type { BaseBootstrap, RuntimeEngine, RuntimeImage } from '../../../src/build/ports.ts';
import type { BlobStore } from '../../../src/kernel/blob-store.ts';
import { sha256 } from '../../../src/kernel/digest.ts';
import { ok } from '../../../src/kernel/outcome.ts';

export function fakeRuntimes(
  blobs: BlobStore,
  onBuilt: (runtime: RuntimeImage) => void,
): { readonly runtimes: RuntimeEngine; readonly bases: BaseBootstrap } {
  const built = new Map<string, RuntimeImage>();
  return {
    runtimes: {
      find: ({ key }) => Promise.resolve(ok(built.get(key))),
      build: ({ key, tag }) => {
        const config = {
          entrypoint: ['/entry'],
          cmd: [],
          env: ['PATH=/bin'],
          workdir: '/srv/mediawiki',
          ports: ['8080/tcp'],
        };
        const image = { imageId: sha256(key), tag, diffIds: [sha256(`layer of ${key}`)], bytes: 1, config };
        built.set(key, image);
        onBuilt(image);
        return Promise.resolve(ok(image));
      },
    },
    bases: {
      bootstrap: async ({ debian }) => {
        const { digest, bytes } = await blobs.put(Readable.from([Buffer.from(debian)]));
        return ok({ digest, bytes });
      },
    },
  };
}

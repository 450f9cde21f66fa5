/** An engine's images in memory: chains of layers, and the rule that a layer can only be sent with its bytes. */
import type { ImageStore, LayerChain, LoadRequest } from '../../../src/build/ports.ts';
import type { BlobStore } from '../../../src/kernel/blob-store.ts';
import type { Digest } from '../../../src/kernel/digest.ts';
import { fail, ok } from '../../../src/kernel/outcome.ts';

export interface FakeImageStore extends ImageStore {
  readonly images: Map<string, LoadRequest>;
  /** As a runtime that the engine built. */
  addRuntime(layers: LayerChain): void;
  remove(imageId: Digest): void;
}

export function fakeImageStore(blobs: BlobStore): FakeImageStore {
  const images = new Map<string, LoadRequest>();
  const runtimes: LayerChain[] = [];
  const chains = (): LayerChain[] => [
    ...runtimes,
    ...[...images.values()].map(({ layers }) => layers.map(({ diffId }) => diffId)),
  ];
  const holds = (prefix: LayerChain): boolean =>
    chains().some((chain) => prefix.every((layer, index) => chain[index] === layer));
  return {
    images,
    addRuntime: (layers) => void runtimes.push(layers),
    remove: (imageId) => void images.delete(imageId),
    chains: () => Promise.resolve(ok(chains())),
    load: async (request, context) => {
      if (images.has(request.imageId)) return ok({ sentBytes: 0 });
      let { held } = request;
      if (!holds(request.layers.slice(0, held).map(({ diffId }) => diffId))) {
        context.emit({ code: 'build/partial-load-refused', because: 'a layer is missing' });
        held = 0;
      }
      let sentBytes = 0;
      for (const layer of request.layers.slice(held)) {
        const data = await blobs.read(layer.blob.digest);
        if (data === undefined) {
          return fail({ code: 'build/damaged-layer', message: `layer ${layer.diffId} is damaged`, exit: 'outside' });
        }
        sentBytes += data.length;
        context.emit({ code: 'build/sending', sentBytes, totalBytes: sentBytes });
        context.signal.throwIfAborted();
      }
      images.set(request.imageId, request);
      return ok({ sentBytes });
    },
  };
}

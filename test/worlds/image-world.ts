/** Images of tiny layers, for stores of any kind. */
import { heldLayers } from '../../src/build/plan/image-plan.ts';
import { filesTar } from '../../src/build/layers/layer-tar.ts';
import type { ImageStore, LoadRequest } from '../../src/build/ports.ts';
import type { BlobStore } from '../../src/kernel/blob-store.ts';
import { storeLayer, type StoredLayer } from '../../src/kernel/stored-layer.ts';
import { canonicalJson, sha256 } from '../../src/kernel/digest.ts';

export interface TinyRuntime {
  readonly layers: readonly StoredLayer[];
}

/** A layer for each text, with the file `/srv/mediawiki/<number>`; asked of the store, so that `held` is true now. */
export async function tinyLoad(
  texts: readonly string[],
  world: {
    readonly blobs: BlobStore;
    readonly store: ImageStore;
    readonly runtime: TinyRuntime;
    readonly name: string;
  },
): Promise<LoadRequest> {
  const made: StoredLayer[] = [];
  for (const [index, text] of texts.entries()) {
    made.push(await storeLayer(filesTar({ [String(index)]: text }), { blobs: world.blobs }));
  }
  const layers = [...world.runtime.layers, ...made];
  const config = Buffer.from(
    canonicalJson({
      architecture: 'amd64',
      os: 'linux',
      created: '1980-01-01T00:00:00Z',
      config: { Labels: { 'mwpipe.kind': 'image' } },
      rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) },
    }),
  );
  const imageId = sha256(config);
  const chains = await world.store.chains();
  if (!chains.ok) throw new Error(chains.diagnostics[0].message);
  const held = heldLayers(
    layers.map(({ diffId }) => diffId),
    chains.value,
  );
  const tag = `${world.name}:${imageId.slice(7, 19)}`;
  return { imageId, config, tag, layers, held };
}

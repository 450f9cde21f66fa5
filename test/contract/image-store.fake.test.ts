import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { storeLayer } from '../../src/kernel/stored-layer.ts';
import { blobStore } from '../../src/kernel/blob-store.ts';
import { filesTar } from '../../src/build/layers/layer-tar.ts';
import { fakeImageStore } from '../worlds/fakes/image-store.ts';
import { tinyLoad } from '../worlds/image-world.ts';
import { imageStoreContract, type ImageStoreWorld } from './image-store.contract.ts';

imageStoreContract('the fake image store', async (): Promise<ImageStoreWorld> => {
  const folder = await mkdtemp(join(tmpdir(), 'mwpipe-images-'));
  const blobs = blobStore(folder);
  const store = fakeImageStore(blobs);
  const runtime = { layers: [await storeLayer(filesTar({ runtime: 'the runtime' }), { blobs })] };
  store.addRuntime(runtime.layers.map(({ diffId }) => diffId));
  const path = async (layer: `sha256:${string}`): Promise<string> => (await blobs.has(layer))!.path;
  return {
    store,
    blobs,
    image: (...texts) => tinyLoad(texts, { blobs, store, runtime, name: 'mwpipe-test/fake' }),
    content: async (image, layer) => {
      const { blob } = image.layers[runtime.layers.length + layer]!;
      const tar = gunzipSync(await readFile(await path(blob.digest)));
      return tar
        .toString('utf8', 512 * 3)
        .replace(/^[^]*?\0{12,}(?=\w+\0)/, '')
        .split('\0')[0]!;
    },
    tags: () => Promise.resolve([...store.images.values()].map((image) => image.tag)),
    remove: (image) => {
      store.remove(image.imageId);
      return Promise.resolve();
    },
    damage: async (layer) => {
      const file = await path(layer);
      const data = await readFile(file);
      data[data.length - 12]! ^= 0x58;
      await writeFile(file, data);
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
});

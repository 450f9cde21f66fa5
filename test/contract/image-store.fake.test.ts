import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { blobStore } from '../../src/kernel/blob-store.ts';
import { filesTar } from '../../src/build/layer-tar.ts';
import { fakeImageStore } from '../worlds/fakes/image-store.ts';
import { tinyLoad } from '../worlds/image-world.ts';
import { imageStoreContract, type ImageStoreWorld } from './image-store.contract.ts';

imageStoreContract('the fake image store', async (): Promise<ImageStoreWorld> => {
  const folder = await mkdtemp(join(tmpdir(), 'mwpipe-images-'));
  const blobs = blobStore(folder);
  const store = fakeImageStore(blobs);
  const { digest } = await blobs.put(filesTar({ runtime: 'the runtime' }));
  const runtime = { imageId: digest, layers: [digest] };
  store.addRuntime(runtime.layers);
  const path = async (layer: `sha256:${string}`): Promise<string> => (await blobs.has(layer))!.path;
  return {
    store,
    blobs,
    image: (...texts) => tinyLoad(texts, { blobs, store, runtime, name: 'mwpipe-test/fake' }),
    content: async (image, layer) => {
      const tar = await readFile(await path(image.layers[runtime.layers.length + layer]!));
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
      data[600] = 0x58;
      await writeFile(file, data);
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
});

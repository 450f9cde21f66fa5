// needs: docker
/** The image store on the real engine. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dockerEngine } from '../../src/adapters/docker/engine.ts';
import { dockerImageStore } from '../../src/adapters/docker/image-store.ts';
import { saveLayers } from '../../src/adapters/docker/save-image.ts';
import { dockerRunner } from '../../src/adapters/docker/runner.ts';
import { blobStore } from '../../src/kernel/blob-store.ts';
import type { Digest } from '../../src/kernel/digest.ts';
import { testContext } from '../worlds/context.ts';
import { tinyLoad } from '../worlds/image-world.ts';
import { tinyImage } from '../worlds/tiny-image.ts';
import { imageStoreContract, type ImageStoreWorld } from './image-store.contract.ts';

imageStoreContract('the image store on Docker', async (): Promise<ImageStoreWorld> => {
  const docker = dockerEngine();
  const folder = await mkdtemp(join(tmpdir(), 'mwpipe-images-'));
  const blobs = blobStore(folder);
  const store = dockerImageStore(docker, blobs);
  const imageId = (await tinyImage(docker)) as Digest;
  const diffIds = (await docker.getImage(imageId).inspect()).RootFS.Layers as Digest[];
  const { signal } = testContext();
  const runtime = { layers: await saveLayers(docker, { imageId, diffIds }, { blobs, signal }) };
  const name = `mwpipe-test/${randomUUID()}`;
  // As a runtime is labelled, so that its chain is among those that the engine tells.
  const labelled = await labelRuntime(name, imageId);
  const path = async (layer: Digest): Promise<string> => (await blobs.has(layer))!.path;
  const tags = async (): Promise<string[]> =>
    (await docker.listImages({ filters: { reference: [`${name}:*`] } })).flatMap((image) => image.RepoTags ?? []);
  return {
    store,
    blobs,
    image: (...texts) => tinyLoad(texts, { blobs, store, runtime, name }),
    content: async (image, layer) => {
      let said = '';
      await dockerRunner(docker).run(
        { image: image.imageId, argv: ['/bin/cat', `/srv/mediawiki/${layer}`], deadlineMs: 30_000 },
        { stdout: (text) => void (said += text), stderr: () => undefined },
        testContext(),
      );
      return said;
    },
    tags,
    remove: async (image) => {
      await docker.getImage(image.tag).remove();
    },
    damage: async (layer) => {
      const file = await path(layer);
      const data = await readFile(file);
      data[Math.floor(data.length / 2)]! ^= 0x58;
      await writeFile(file, data);
    },
    [Symbol.asyncDispose]: async () => {
      for (const tag of await tags()) await docker.getImage(tag).remove({ force: true });
      await docker.getImage(labelled).remove({ force: true });
      await rm(folder, { recursive: true, force: true });
    },
  };

  async function labelRuntime(repository: string, from: string): Promise<string> {
    const container = await docker.createContainer({ Image: from, Cmd: ['/bin/true'] });
    const repo = `${repository}-runtime`;
    await container.commit({ repo, tag: '1', changes: 'LABEL mwpipe.kind=runtime' });
    await container.remove();
    return `${repo}:1`;
  }
});

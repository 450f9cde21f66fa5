// needs: docker
/** Images in the real engine, looked into: what it knows is what was loaded, and nothing is left behind. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { dockerEngine } from '../../src/adapters/docker/engine.ts';
import { dockerImageStore } from '../../src/adapters/docker/image-store.ts';
import { dockerImages } from '../../src/adapters/docker/inspect-images.ts';
import { layoutSource } from '../../src/adapters/oci/layout-source.ts';
import { storeSource } from '../../src/adapters/oci/store-source.ts';
import { layOut } from '../../src/build/image/oci-layout.ts';
import { inspectImage } from '../../src/build/inspect/inspect-image.ts';
import type { InspectPorts } from '../../src/build/inspect-ports.ts';
import { blobStore } from '../../src/kernel/blob-store.ts';
import { testContext } from '../worlds/context.ts';
import { describedImage, type WholeImage } from '../worlds/described-image.ts';
import { fakeGit, lockOf } from '../worlds/fakes/git-objects.ts';
import { valueOf } from '../worlds/overlays.ts';
import { tinyImage } from '../worlds/tiny-image.ts';

const docker = dockerEngine();
const name = `mwpipe-test/${randomUUID()}`;
let folder: string;
let ports: InspectPorts;
let made: WholeImage;

const inspect = (image: string) => inspectImage({ image, from: folder }, ports, testContext());
const containers = async () =>
  (await docker.listContainers({ all: true, filters: { label: ['mwpipe.kind=look'] } })).length;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mwpipe-look-'));
  const blobs = blobStore(join(folder, 'blobs'));
  ports = { engine: dockerImages(docker), layout: layoutSource, cache: storeSource(blobs) };
  const git = fakeGit();
  const cite = git.component('Cite', { 'extension.json': '{}' });
  const lock = lockOf(git.component('core', { 'index.php': '<?php' }), {
    ...cite,
    patch: { tree: cite.commit, because: 'a test' },
  });
  made = await describedImage(lock, blobs);
  const load = { ...made.image, tag: `${name}:one`, held: 0 };
  valueOf(await dockerImageStore(docker, blobs).load(load, testContext()));
  valueOf(await layOut(join(folder, 'oci'), { image: made.image, name: 'one' }, { blobs, context: testContext() }));
});
afterAll(async () => {
  await docker.getImage(`${name}:one`).remove();
  await rm(folder, { recursive: true, force: true });
});

it('says the same of an image in the engine and in a layout, but for what an engine does not keep', async () => {
  const before = await containers();
  const here = valueOf(await inspect(`${name}:one`));
  const there = valueOf(await inspect('oci:oci:one'));
  expect(here.imageId).toBe(made.image.imageId);
  expect(here.components).toEqual(there.components);
  expect(here.components[1]?.patched).toBe(made.lock.components[1]?.commit);
  expect(here.layers.map(({ diffId }) => diffId)).toEqual(there.layers.map(({ diffId }) => diffId));
  expect(here.layers.slice(1).map((layer) => layer.name)).toEqual(['code', 'lock', 'Cite (patched)']);
  expect(here.layers.at(-1)?.bytes).toBe(40);
  expect(await containers()).toBe(before);
});

it('knows an image by its ID, and by the beginning of it', async () => {
  for (const id of [made.image.imageId, made.image.imageId.slice(7), made.image.imageId.slice(7, 19)]) {
    expect(valueOf(await inspect(id)).tags).toContain(`${name}:one`);
  }
});

it('carries the labels that OCI has names for', async () => {
  const { Config } = await docker.getImage(`${name}:one`).inspect();
  expect(Config.Labels).toMatchObject({
    'org.opencontainers.image.title': 'MediaWiki 1.43.0, extension set test',
    'org.opencontainers.image.revision': made.lock.components[0]?.commit,
    'org.opencontainers.image.source': 'https://example.test/core',
    'org.opencontainers.image.base.name': 'mwpipe/runtime-php82:web-1',
  });
});

it("names the nearest of mwpipe's images, and says what it can of those that are not", async () => {
  const tiny = await tinyImage(docker);
  expect(await inspect(`${name}:oen`)).toMatchObject({
    diagnostics: [{ code: 'image/unknown', hint: `did you mean ${name}:one?` }],
  });
  expect(await inspect(tiny)).toMatchObject({ diagnostics: [{ code: 'image/not-ours' }] });
  expect(await inspect('no such/image')).toMatchObject({ diagnostics: [{ code: 'image/bad-reference' }] });
});

import { expect, it } from 'vitest';
import { planPublish, publishImage, type PublishRequest } from '../../../../src/build/publish/publish-image.ts';
import { pullImage } from '../../../../src/build/publish/pull-image.ts';
import type { BlobStore } from '../../../../src/kernel/blob-store.ts';
import type { Diagnostic } from '../../../../src/kernel/diagnostic.ts';
import { testContext } from '../../../worlds/context.ts';
import { fakeImageRegistry, fakeRegistryHost, type FakeRegistryHost } from '../../../worlds/fakes/image-registry.ts';
import { blobFolder, imageOf } from '../../../worlds/published-image.ts';

const DOWN: Diagnostic = { code: 'registry/gone', message: 'main is down', exit: 'outside' };

function registryAt(host: FakeRegistryHost, blobs: BlobStore, name: string) {
  const isPrivate = name === 'hidden';
  return fakeImageRegistry(host, { name, host: `${name}.example`, path: 'wiki', blobs, isPrivate });
}

const requestOf = (image: PublishRequest['image'], more: Partial<PublishRequest> = {}): PublishRequest => ({
  image,
  visibility: 'public',
  tags: ['live'],
  attachments: [],
  ...more,
});

it('goes on with the others where one registry is down, and says which hold the image', async () => {
  await using here = await blobFolder();
  const image = await imageOf(here.blobs, 'one');
  const [broken, whole] = [fakeRegistryHost(), fakeRegistryHost()];
  broken.fault = DOWN;
  const destinations = [registryAt(broken, here.blobs, 'main'), registryAt(whole, here.blobs, 'backup')];
  const context = testContext();
  expect(await publishImage(requestOf(image), destinations, context)).toMatchObject({
    ok: true,
    value: {
      destinations: [
        { registry: 'main', held: false, diagnostics: [DOWN] },
        { registry: 'backup', held: true, reference: `backup.example/wiki@${image.manifestDigest}` },
      ],
    },
  });
  expect(context.events.map(({ code }) => code)).toEqual(['build/push-planned', 'build/push-failed', 'build/pushed']);
});

it('fails where one is down and all are required, after the others got it', async () => {
  await using here = await blobFolder();
  const image = await imageOf(here.blobs, 'one');
  const [broken, whole] = [fakeRegistryHost(), fakeRegistryHost()];
  broken.fault = DOWN;
  const destinations = [registryAt(broken, here.blobs, 'main'), registryAt(whole, here.blobs, 'backup')];
  const published = await publishImage(requestOf(image, { requireAll: true }), destinations, testContext());
  expect(published).toMatchObject({ ok: false, diagnostics: [DOWN] });
  expect(whole.repositories.get('wiki')?.manifests.has('live')).toBe(true);
});

it('fails where none holds it', async () => {
  await using here = await blobFolder();
  const image = await imageOf(here.blobs, 'one');
  const broken = fakeRegistryHost();
  broken.fault = DOWN;
  const published = await publishImage(requestOf(image), [registryAt(broken, here.blobs, 'main')], testContext());
  expect(published).toMatchObject({ ok: false, diagnostics: [DOWN] });
});

it('refuses an image with patches under embargo where one destination is not private, before any byte leaves', async () => {
  await using here = await blobFolder();
  const image = await imageOf(here.blobs, 'the secret patch');
  const host = fakeRegistryHost();
  const destinations = [
    registryAt(host, here.blobs, 'hidden'),
    registryAt(host, here.blobs, 'open'),
    registryAt(host, here.blobs, 'wide'),
  ];
  const context = testContext();
  const refused = [
    { code: 'registry/not-private', exit: 'refused', message: expect.stringContaining('open') as string },
    { code: 'registry/not-private', exit: 'refused', message: expect.stringContaining('wide') as string },
  ];
  const request = requestOf(image, { visibility: 'private' });
  expect(await publishImage(request, destinations, context)).toMatchObject({ ok: false, diagnostics: refused });
  expect(await planPublish(request, destinations, context)).toMatchObject({ ok: false, diagnostics: refused });
  expect(context.events).toEqual([]);
  expect([...host.repositories.values()].every(({ blobs }) => blobs.size === 0)).toBe(true);
  expect(await publishImage(request, destinations.slice(0, 1), context)).toMatchObject({ ok: true });
});

it('plans what a push would send, and sends nothing', async () => {
  await using here = await blobFolder();
  const image = await imageOf(here.blobs, 'one', 'two');
  const host = fakeRegistryHost();
  const registry = registryAt(host, here.blobs, 'main');
  await publishImage(requestOf(await imageOf(here.blobs, 'one')), [registry], testContext());
  const planned = await planPublish(requestOf(image), [registry], testContext());
  const sendBytes = image.layers[1]!.blob.bytes + image.config.length;
  expect(planned).toMatchObject({
    ok: true,
    value: { sendBytes, destinations: [{ because: 'it lacks 2 of 3 blobs' }] },
  });
  expect(host.repositories.get('wiki')?.blobs.has(image.imageId)).toBe(false);
});

it('pulls from the next registry where one is down, another lacks the image and a third lies', async () => {
  await using here = await blobFolder();
  await using there = await blobFolder();
  const image = await imageOf(here.blobs, 'one', 'two');
  const [down, empty, lying, whole] = [fakeRegistryHost(), fakeRegistryHost(), fakeRegistryHost(), fakeRegistryHost()];
  down.fault = DOWN;
  for (const host of [lying, whole]) {
    await publishImage(requestOf(image), [registryAt(host, here.blobs, 'any')], testContext());
  }
  lying.damaged.add(image.layers[1]!.blob.digest);
  const names = { down, empty, lying, whole };
  const registries = Object.entries(names).map(([name, host]) => registryAt(host, there.blobs, name));
  const context = testContext();
  const pulled = await pullImage(image.manifestDigest, { registries, blobs: there.blobs }, context);
  expect(pulled).toMatchObject({ ok: true, value: { registry: 'whole', imageId: image.imageId } });
  expect(context.events).toMatchObject([
    { code: 'build/pull-skipped', registry: 'down', diagnostic: 'registry/gone' },
    { code: 'build/pull-skipped', registry: 'empty', diagnostic: 'registry/lacks-image' },
    { code: 'build/pull-skipped', registry: 'lying', diagnostic: 'registry/wrong-bytes' },
    { code: 'build/pulled', registry: 'whole' },
  ]);
});

it('says what each registry said where none can give the image', async () => {
  await using here = await blobFolder();
  const [down, empty] = [fakeRegistryHost(), fakeRegistryHost()];
  down.fault = DOWN;
  const registries = [registryAt(down, here.blobs, 'down'), registryAt(empty, here.blobs, 'empty')];
  const { manifestDigest } = await imageOf(here.blobs, 'one');
  expect(await pullImage(manifestDigest, { registries, blobs: here.blobs }, testContext())).toMatchObject({
    ok: false,
    diagnostics: [{ code: 'registry/gone' }, { code: 'registry/lacks-image' }],
  });
  const none = await pullImage(manifestDigest, { registries: [], blobs: here.blobs }, testContext());
  expect(none).toMatchObject({ ok: false, diagnostics: [{ code: 'registry/none' }] });
});

it('takes nothing again that the cache has whole, and takes a damaged blob anew', async () => {
  await using here = await blobFolder();
  const image = await imageOf(here.blobs, 'one', 'two');
  const host = fakeRegistryHost();
  const registries = [registryAt(host, here.blobs, 'main')];
  await publishImage(requestOf(image), registries, testContext());
  const pull = () => pullImage(image.manifestDigest, { registries, blobs: here.blobs }, testContext());
  expect(await pull()).toMatchObject({ ok: true, value: { receivedBytes: image.config.length } });
  expect(await pull()).toMatchObject({ ok: true, value: { receivedBytes: 0 } });
});

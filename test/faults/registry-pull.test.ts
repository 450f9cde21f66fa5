// needs: registry
/** Pulls from registries that drop, lose and send elsewhere: Debian's, behind a proxy that does so. */
import { expect, it } from 'vitest';
import { publishImage } from '../../src/build/publish/publish-image.ts';
import { pullImage } from '../../src/build/publish/pull-image.ts';
import { Secret } from '../../src/kernel/secret.ts';
import type { Choose } from '../worlds/faulty-registry.ts';
import { blobBytes, blobFolder, imageOf } from '../worlds/published-image.ts';
import { TEST_LOGIN } from '../worlds/registry.ts';
import { blobServer, quickContext, registryFront, requestOf } from '../worlds/registry-front.ts';

it('goes on where the connection broke in the middle of a blob', async () => {
  await using at = await registryFront(({ method, path }, count) =>
    method === 'GET' && path.includes('/blobs/') && count <= 2 ? { kind: 'drop', afterBytes: 500_000 } : undefined,
  );
  const image = await imageOf(at.here.blobs, 2_000_000);
  await publishImage(requestOf(image), [at.open(at.registry.host)], quickContext());
  await using there = await blobFolder();
  const registries = [at.open(at.front.host, there)];
  const pulled = await pullImage(image.manifestDigest, { registries, blobs: there.blobs }, quickContext());
  expect(pulled).toMatchObject({ ok: true, value: { receivedBytes: blobBytes(image) } });
  expect(at.front.seen.map(({ headers }) => headers.range)).toContain('bytes=500000-');
});

it('keeps nothing of a blob that never comes whole', async () => {
  await using at = await registryFront(({ method, path, headers }) =>
    method === 'GET' && path.includes('/blobs/') && headers.range === undefined
      ? { kind: 'drop', afterBytes: 100 }
      : method === 'GET' && path.includes('/blobs/')
        ? { kind: 'answer', status: 502 }
        : undefined,
  );
  const image = await imageOf(at.here.blobs, 300_000);
  await publishImage(requestOf(image), [at.open(at.registry.host)], quickContext());
  await using there = await blobFolder();
  const registries = [at.open(at.front.host, there)];
  const pulled = await pullImage(image.manifestDigest, { registries, blobs: there.blobs }, quickContext());
  expect(pulled).toMatchObject({ ok: false, diagnostics: [{ code: 'registry/failed' }] });
  expect(await there.blobs.has(image.layers[0]!.blob.digest)).toBeUndefined();
});

it('follows a blob to where it is kept, without a word of who we are', async () => {
  await using store = await blobServer();
  const elsewhere: Choose = ({ method, path }) => {
    if (method !== 'GET' || !path.includes('/blobs/sha256')) return undefined;
    const location = `${store.url}${path.slice(path.lastIndexOf('/'))}?signature=x`;
    return { kind: 'answer', status: 307, headers: { location } };
  };
  const login = { user: TEST_LOGIN.user, password: new Secret<string>(TEST_LOGIN.password) };
  await using at = await registryFront(elsewhere, { login });
  const image = await imageOf(at.here.blobs, 'one');
  await publishImage(requestOf(image), [at.open(at.registry.host)], quickContext());
  for (const digest of [image.imageId, image.layers[0]!.blob.digest]) {
    store.blobs.set(digest, digest === image.imageId ? image.config : (await at.here.blobs.read(digest))!);
  }
  await using there = await blobFolder();
  const registries = [at.open(at.front.host, there)];
  const pulled = await pullImage(image.manifestDigest, { registries, blobs: there.blobs }, quickContext());
  expect(pulled).toMatchObject({ ok: true });
  expect(at.front.seen.at(-1)?.headers.authorization).toMatch(/^Basic /);
  expect(store.authorizations).toEqual([undefined, undefined]);
});

it('follows no blob to an address without encryption', async () => {
  const headers = { location: 'http://blobs.example/1?signature=secret' };
  await using at = await registryFront(({ method, path }) =>
    method === 'GET' && path.includes('/blobs/') ? { kind: 'answer', status: 307, headers } : undefined,
  );
  const image = await imageOf(at.here.blobs, 'one');
  await publishImage(requestOf(image), [at.open(at.registry.host)], quickContext());
  await using there = await blobFolder();
  const registries = [at.open(at.front.host, there)];
  const pulled = await pullImage(image.manifestDigest, { registries, blobs: there.blobs }, quickContext());
  const [first] = pulled.ok ? [] : pulled.diagnostics;
  expect(first).toMatchObject({
    code: 'registry/insecure',
    message: 'main leads to http://blobs.example/1 without encryption',
  });
});

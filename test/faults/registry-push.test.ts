// needs: registry
/** Pushes to registries that drop, throttle, fill up, refuse, hang, lie and lead elsewhere: Debian's, behind a proxy that does so. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { publishImage } from '../../src/build/publish/publish-image.ts';
import { blobBytes, imageOf } from '../worlds/published-image.ts';
import { quickContext, registryFront, requestOf } from '../worlds/registry-front.ts';

const codesOf = (context: { readonly events: readonly { readonly code: string }[] }): string[] =>
  context.events.map(({ code }) => code);

const isLarge = (headers: { readonly 'content-length'?: string | undefined }): boolean =>
  Number(headers['content-length']) > 500_000;

it('goes on where the connection broke in the middle of a blob', async () => {
  await using at = await registryFront(
    ({ method, headers }, count) =>
      method === 'PATCH' && isLarge(headers) && count <= 2 ? { kind: 'drop', afterBytes: 700_000 } : undefined,
    { resumable: true },
  );
  const image = await imageOf(at.here.blobs, 2_000_000);
  const context = quickContext();
  const published = await publishImage(requestOf(image), [at.open(at.front.host)], context);
  expect(published).toMatchObject({ ok: true, value: { destinations: [{ held: true }] } });
  expect(context.events).toContainEqual(expect.objectContaining({ code: 'build/push-resumed', fromBytes: 700_000 }));
  expect(at.front.uploadedBytes()).toBeLessThan(blobBytes(image) + 300_000); // the rest, and what was under way
  expect(await at.isWhole(image)).toBe(true);
});

it('starts a blob again where the registry forgot what it had of it', async () => {
  await using at = await registryFront(({ method, headers }, count) =>
    method === 'PATCH' && isLarge(headers) && count <= 3 ? { kind: 'drop', afterBytes: 700_000 } : undefined,
  );
  const image = await imageOf(at.here.blobs, 2_000_000);
  const context = quickContext();
  const published = await publishImage(requestOf(image), [at.open(at.front.host)], context);
  expect(published).toMatchObject({ ok: true, value: { destinations: [{ held: true }] } });
  expect(context.events).toContainEqual(expect.objectContaining({ code: 'build/push-resumed', fromBytes: 0 }));
  expect(await at.isWhole(image)).toBe(true);
});

it('sends no blob twice where the answer that it is there got lost', async () => {
  await using at = await registryFront(({ method, path }, count) =>
    method === 'PUT' && path.includes('/blobs/') && count <= 2 ? { kind: 'lost' } : undefined,
  );
  const image = await imageOf(at.here.blobs, 'one', 300_000);
  expect(await publishImage(requestOf(image), [at.open(at.front.host)], quickContext())).toMatchObject({ ok: true });
  expect(at.front.uploadedBytes()).toBe(blobBytes(image));
  expect(await at.isWhole(image)).toBe(true);
});

it('sends what a neighbour does not lend', async () => {
  await using at = await registryFront(({ method, path }) =>
    method === 'POST' && path.includes('mount=') ? { kind: 'answer', status: 403 } : undefined,
  );
  const image = await imageOf(at.here.blobs, 'one');
  const repository = `${at.front.host}/mediawiki/other`;
  const destinations = [at.open(at.front.host), at.open('', at.here, { name: 'other', repository })];
  expect(await publishImage(requestOf(image), destinations, quickContext())).toMatchObject({
    ok: true,
    value: { plan: { destinations: [{}, { sendBytes: 0 }] }, destinations: [{ held: true }, { held: true }] },
  });
});

it('gives up where every try breaks, moves no tag, and the next push sends only what is missing', async () => {
  let isBroken = true;
  await using at = await registryFront(({ method, headers }) => {
    return isBroken && method === 'PATCH' && isLarge(headers) ? { kind: 'drop', afterBytes: 100_000 } : undefined;
  });
  const image = await imageOf(at.here.blobs, 'one', 'two', 2_000_000);
  const failed = await publishImage(requestOf(image), [at.open(at.front.host)], quickContext());
  expect(failed).toMatchObject({ ok: false, diagnostics: [{ code: 'registry/gone', exit: 'outside' }] });
  const read = await at.open(at.registry.host).read('live', quickContext());
  expect(read).toEqual({ ok: true, value: undefined });
  isBroken = false;
  const before = at.front.uploadedBytes();
  expect(await publishImage(requestOf(image), [at.open(at.front.host)], quickContext())).toMatchObject({ ok: true });
  expect(at.front.uploadedBytes() - before).toBe(image.layers[2]!.blob.bytes);
  expect(await at.isWhole(image)).toBe(true);
});

it('waits as long as a registry that throttles says', async () => {
  await using at = await registryFront(({ method }, count) =>
    method === 'POST' && count <= 2 ? { kind: 'answer', status: 429, headers: { 'retry-after': '7' } } : undefined,
  );
  const image = await imageOf(at.here.blobs, 'one');
  const context = quickContext();
  expect(await publishImage(requestOf(image), [at.open(at.front.host)], context)).toMatchObject({ ok: true });
  expect(context.waits.filter((ms) => ms === 7000)).toHaveLength(2);
  expect(codesOf(context)).toContain('build/registry-waited');
});

it('says so where a registry throttles without end', async () => {
  await using at = await registryFront(() => ({ kind: 'answer', status: 429, headers: { 'retry-after': '45' } }));
  const image = await imageOf(at.here.blobs, 'one');
  const failed = await publishImage(requestOf(image), [at.open(at.front.host)], quickContext());
  expect(failed).toMatchObject({
    ok: false,
    diagnostics: [{ code: 'registry/throttled', hint: 'try again in 45 seconds: what it got is kept' }],
  });
});

it('outlasts a registry that is away for a moment', async () => {
  await using at = await registryFront((_seen, count) => (count <= 3 ? { kind: 'answer', status: 503 } : undefined));
  const image = await imageOf(at.here.blobs, 'one', 200_000);
  expect(await publishImage(requestOf(image), [at.open(at.front.host)], quickContext())).toMatchObject({ ok: true });
  expect(await at.isWhole(image)).toBe(true);
});

it('asks again where another push is half through with the same manifest', async () => {
  const body = '{"errors":[{"code":"DIGEST_INVALID","message":"provided digest did not match uploaded content"}]}';
  const isTorn = (path: string, count: number) => path.includes('/manifests/') && count <= 2;
  await using at = await registryFront(({ method, path }, count) =>
    method === 'PUT' && isTorn(path, count) ? { kind: 'answer', status: 400, body } : undefined,
  );
  const image = await imageOf(at.here.blobs, 'one');
  expect(await publishImage(requestOf(image), [at.open(at.front.host)], quickContext())).toMatchObject({ ok: true });
  expect(await at.isWhole(image)).toBe(true);
});

it.each([
  ['as a status', { kind: 'answer', status: 507 }],
  // What Debian's registry says of ENOSPC.
  [
    'as an error of its driver',
    {
      kind: 'answer',
      status: 500,
      body: '{"errors":[{"code":"UNKNOWN","message":"unknown error","detail":{"DriverName":"filesystem","Enclosed":{"Op":"write","Path":"/var","Err":28}}}]}',
    },
  ],
] as const)('says that a registry is full, told %s, and the other one gets the image', async (_how, fault) => {
  await using at = await registryFront(({ method }) => (method === 'PATCH' ? fault : undefined));
  const image = await imageOf(at.here.blobs, 300_000);
  const context = quickContext();
  const destinations = [at.open(at.front.host), at.open(at.registry.host, at.here, { name: 'other' })];
  expect(await publishImage(requestOf(image), destinations, context)).toMatchObject({
    ok: true,
    value: {
      destinations: [{ held: false, diagnostics: [{ code: 'registry/full', exit: 'outside' }] }, { held: true }],
    },
  });
  expect(context.waits).toEqual([]);
});

it('says that a registry refuses', async () => {
  const body = '{"errors":[{"code":"DENIED","message":"requested access to the resource is denied"}]}';
  await using at = await registryFront(({ method }) =>
    method === 'POST' ? { kind: 'answer', status: 403, body } : undefined,
  );
  const image = await imageOf(at.here.blobs, 'one');
  const failed = await publishImage(requestOf(image), [at.open(at.front.host)], quickContext());
  const message = `403: DENIED: "requested access to the resource is denied"`;
  expect(failed).toMatchObject({
    diagnostics: [{ code: 'registry/refused', message: expect.stringContaining(message) as string }],
  });
});

it('leaves a registry that hangs, before and after it has the bytes', async () => {
  for (const hanging of ['HEAD', 'PATCH', 'PUT']) {
    await using at = await registryFront(({ method }) => (method === hanging ? { kind: 'hang' } : undefined));
    const image = await imageOf(at.here.blobs, 'one');
    const registry = at.open(at.front.host, at.here, { limits: { silenceMs: 150, tries: 2 } });
    const failed = await publishImage(requestOf(image), [registry], quickContext());
    expect(failed).toMatchObject({ ok: false, diagnostics: [{ code: 'registry/silent', exit: 'outside' }] });
  }
});

it('moves no tag where the registry gives another manifest than it was sent', async () => {
  await using at = await registryFront(({ method, path }) =>
    method === 'GET' && path.includes('/manifests/') ? { kind: 'damage' } : undefined,
  );
  const image = await imageOf(at.here.blobs, 'one');
  const failed = await publishImage(requestOf(image), [at.open(at.front.host)], quickContext());
  expect(failed).toMatchObject({ ok: false, diagnostics: [{ code: 'registry/wrong-bytes', exit: 'outside' }] });
  expect(await at.open(at.registry.host).read('live', quickContext())).toEqual({ ok: true, value: undefined });
});

it('fails where what was sent is not kept', async () => {
  let isSent = false;
  await using at = await registryFront(({ method, path }) => {
    if (method === 'PUT') isSent = true;
    return isSent && method === 'HEAD' && path.includes('/blobs/') ? { kind: 'answer', status: 404 } : undefined;
  });
  const image = await imageOf(at.here.blobs, 'one');
  const failed = await publishImage(requestOf(image), [at.open(at.front.host)], quickContext());
  const [first] = failed.ok ? [] : failed.diagnostics;
  expect(first).toMatchObject({ code: 'registry/not-kept' });
});

it('believes no web page that answers in the place of a registry', async () => {
  const headers = { 'content-type': 'text/html; charset=utf-8' };
  await using at = await registryFront(() => ({
    kind: 'answer',
    status: 200,
    headers,
    body: '<h1>Please log in</h1>',
  }));
  const image = await imageOf(at.here.blobs, 'one');
  const failed = await publishImage(requestOf(image), [at.open(at.front.host)], quickContext());
  expect(failed).toMatchObject({ ok: false, diagnostics: [{ code: 'registry/unexpected' }] });
});

it('follows no upload that is sent elsewhere', async () => {
  const headers = { location: 'http://registry.example/v2/' };
  await using at = await registryFront(({ method }) =>
    method === 'POST' ? { kind: 'answer', status: 307, headers } : undefined,
  );
  const image = await imageOf(at.here.blobs, 'one');
  const failed = await publishImage(requestOf(image), [at.open(at.front.host)], quickContext());
  expect(failed).toMatchObject({ ok: false, diagnostics: [{ code: 'registry/redirected' }] });
});

it('sends no blob to an address without encryption that the registry names', async () => {
  const headers = { location: 'http://registry.example/v2/upload/1' };
  await using at = await registryFront(({ method }) =>
    method === 'POST' ? { kind: 'answer', status: 202, headers } : undefined,
  );
  const image = await imageOf(at.here.blobs, 'one');
  const failed = await publishImage(requestOf(image), [at.open(at.front.host)], quickContext());
  expect(failed).toMatchObject({ ok: false, diagnostics: [{ code: 'registry/insecure', exit: 'refused' }] });
});

it('stops when it is interrupted, leaves no tag, and the next one is whole', async () => {
  await using at = await registryFront();
  const image = await imageOf(at.here.blobs, 'one', 3_000_000);
  const interrupt = new AbortController();
  const context = quickContext(interrupt.signal);
  const emit = (event: { readonly code: string }): void => {
    if (event.code === 'build/push-progress') interrupt.abort(new Error('interrupted'));
  };
  const push = publishImage(requestOf(image), [at.open(at.front.host)], { ...context, emit });
  await expect(push).rejects.toThrow('interrupted');
  expect(await at.open(at.registry.host).read('live', quickContext())).toEqual({ ok: true, value: undefined });
  expect(await publishImage(requestOf(image), [at.open(at.front.host)], quickContext())).toMatchObject({ ok: true });
  expect(await at.isWhole(image)).toBe(true);
});

it('is killed in the middle of a blob: no tag moved, and the next push is whole', async () => {
  let reached: (() => void) | undefined;
  const inTheMiddle = new Promise<void>((resolve) => (reached = resolve));
  await using at = await registryFront(({ method, headers }, count) => {
    if (method !== 'PATCH' || !isLarge(headers) || count > 4) return undefined;
    reached?.();
    return { kind: 'hang' };
  });
  const image = await imageOf(at.here.blobs, 'one', 3_000_000);
  const { config, manifest } = image;
  const file = join(at.here.folder, 'image.json');
  const written = { ...image, config: config.toString('base64'), manifest: manifest.toString('base64') };
  await writeFile(file, JSON.stringify(written));
  const program = join(import.meta.dirname, '../worlds/child-push.ts');
  const child = spawn(process.execPath, [program, at.here.folder, `${at.front.host}/mediawiki/wiki`, file]);
  const exited = once(child, 'exit');
  await inTheMiddle;
  child.kill('SIGKILL');
  await exited;
  expect(await at.open(at.registry.host).read('live', quickContext())).toEqual({ ok: true, value: undefined });
  const context = quickContext();
  expect(await publishImage(requestOf(image), [at.open(at.registry.host)], context)).toMatchObject({ ok: true });
  expect(await at.isWhole(image)).toBe(true);
});

// needs: registry
/** Registries that want tokens, and the services that give them. */
import { expect, it } from 'vitest';
import { publishImage } from '../../src/build/publish/publish-image.ts';
import { pullImage } from '../../src/build/publish/pull-image.ts';
import { Secret } from '../../src/kernel/secret.ts';
import { blobFolder, imageOf } from '../worlds/published-image.ts';
import { TEST_LOGIN } from '../worlds/registry.ts';
import { quickContext, registryFront, requestOf } from '../worlds/registry-front.ts';
import { tokenService } from '../worlds/token-service.ts';

const login = { user: TEST_LOGIN.user, password: new Secret<string>(TEST_LOGIN.password) };

it('asks for tokens that may do as little as is needed, and no secret is told', async () => {
  const service = tokenService();
  await using at = await registryFront(service.choose);
  const image = await imageOf(at.here.blobs, 'one', 'two');
  const context = quickContext();
  const published = await publishImage(requestOf(image), [at.open(at.front.host, at.here, { login })], context);
  expect(published).toMatchObject({ ok: true, value: { destinations: [{ held: true }] } });
  const told = JSON.stringify([context.events, published]);
  for (const secret of [...service.secrets, TEST_LOGIN.password]) expect(told).not.toContain(secret);
  await using there = await blobFolder();
  const before = service.scopes.length;
  const registries = [at.open(at.front.host, there, { login })];
  expect(await pullImage(image.manifestDigest, { registries, blobs: there.blobs }, context)).toMatchObject({
    ok: true,
  });
  const own = 'repository:mediawiki/wiki';
  expect(new Set(service.scopes.flat())).toEqual(new Set([`${own}:pull`, `${own}:pull,push`]));
  expect(new Set(service.scopes.slice(before).flat())).toEqual(new Set([`${own}:pull`]));
});

it('asks for another token where one is no longer good, in the middle of a push', async () => {
  const service = tokenService({ uses: 2 });
  await using at = await registryFront(service.choose);
  const image = await imageOf(at.here.blobs, 'one', 'two', 300_000);
  const registry = at.open(at.front.host, at.here, { login });
  expect(await publishImage(requestOf(image), [registry], quickContext())).toMatchObject({ ok: true });
  expect(service.scopes.length).toBeGreaterThan(4);
  expect(await at.isWhole(image)).toBe(true);
});

it('says that the service refuses the login', async () => {
  const service = tokenService();
  await using at = await registryFront(service.choose);
  const image = await imageOf(at.here.blobs, 'one');
  const wrong = { user: 'mwpipe', password: new Secret('another-password') };
  const failed = await publishImage(
    requestOf(image),
    [at.open(at.front.host, at.here, { login: wrong })],
    quickContext(),
  );
  expect(failed).toMatchObject({ ok: false, diagnostics: [{ code: 'registry/unauthorised', exit: 'outside' }] });
  expect(JSON.stringify(failed)).not.toContain('another-password');
});

it('shows its password to no service without encryption', async () => {
  const service = tokenService({ realm: 'http://tokens.example/' });
  await using at = await registryFront(service.choose);
  const image = await imageOf(at.here.blobs, 'one');
  const failed = await publishImage(requestOf(image), [at.open(at.front.host, at.here, { login })], quickContext());
  expect(failed).toMatchObject({ ok: false, diagnostics: [{ code: 'registry/insecure', exit: 'refused' }] });
  expect(service.scopes).toEqual([]);
});

it('says that the service gives no token', async () => {
  const service = tokenService({ instead: { kind: 'answer', status: 200, body: '<html>' } });
  await using at = await registryFront(service.choose);
  const image = await imageOf(at.here.blobs, 'one');
  const failed = await publishImage(requestOf(image), [at.open(at.front.host, at.here, { login })], quickContext());
  expect(failed).toMatchObject({ ok: false, diagnostics: [{ code: 'registry/no-token' }] });
});

it('takes its own secrets out of what a registry says', async () => {
  const { choose } = tokenService();
  await using at = await registryFront((seen, count) => {
    const fault = choose(seen, count);
    if (fault !== undefined || seen.method !== 'POST') return fault;
    return { kind: 'answer', status: 403, body: `no: ${seen.headers.authorization ?? ''}` };
  });
  const image = await imageOf(at.here.blobs, 'one');
  const failed = await publishImage(requestOf(image), [at.open(at.front.host, at.here, { login })], quickContext());
  const message = expect.stringContaining('"no: Bearer [private]"') as string;
  expect(failed).toMatchObject({ ok: false, diagnostics: [{ code: 'registry/refused', message }] });
});

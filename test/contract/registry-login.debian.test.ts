// needs: registry
/** Logins, on Debian's docker-registry with a password file. */
import { expect, it } from 'vitest';
import { dockerLogin, ociRegistry, type Login } from '../../src/adapters/registry/index.ts';
import { publishImage } from '../../src/build/publish/publish-image.ts';
import { Secret } from '../../src/kernel/secret.ts';
import { testContext } from '../worlds/context.ts';
import { blobFolder, imageOf } from '../worlds/published-image.ts';
import { registryWorld, TEST_LOGIN } from '../worlds/registry.ts';

async function push(login: (host: string) => Login | undefined) {
  await using registry = await registryWorld({ auth: 'htpasswd' });
  await using here = await blobFolder();
  const image = await imageOf(here.blobs, 'one', 'two');
  const repository = `${registry.host}/mediawiki/wiki`;
  const options = { name: 'main', repository, isPrivate: false, insecure: false, verify: 'length' } as const;
  const opened = ociRegistry({ ...options, login: login(registry.host), blobs: here.blobs });
  const context = testContext();
  const request = { image, visibility: 'public', tags: ['live'], attachments: [] } as const;
  const published = await publishImage(request, [opened], context);
  return { published, told: JSON.stringify([context.events, published]) };
}

it('is let in with the login that docker login wrote', async () => {
  const auth = Buffer.from(`${TEST_LOGIN.user}:${TEST_LOGIN.password}`).toString('base64');
  const { published, told } = await push((host) => {
    const login = dockerLogin(JSON.stringify({ auths: { [host]: { auth } } }), { file: 'config.json', host });
    return login.ok ? login.value : undefined;
  });
  expect(published).toMatchObject({ ok: true, value: { destinations: [{ held: true }] } });
  expect(told).not.toContain(TEST_LOGIN.password);
  expect(told).not.toContain(auth);
});

it('says that a login is wanted where there is none', async () => {
  const { published } = await push(() => undefined);
  const message = 'main wants a login';
  expect(published).toMatchObject({ ok: false, diagnostics: [{ code: 'registry/unauthorised', message }] });
});

it('says that a login is refused, without its password', async () => {
  const password = 'the-wrong-password';
  const { published, told } = await push(() => ({ user: TEST_LOGIN.user, password: new Secret(password) }));
  const message = 'main doesn\'t take the login of "mwpipe"';
  expect(published).toMatchObject({ ok: false, diagnostics: [{ code: 'registry/unauthorised', message }] });
  expect(told).not.toContain(password);
});

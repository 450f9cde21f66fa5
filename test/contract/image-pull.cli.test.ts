// needs: registry
/** `mwpipe image pull`, as a user types it. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Digest } from '../../src/kernel/digest.ts';
import { blobStore } from '../../src/kernel/blob-store.ts';
import { publishImage } from '../../src/build/publish/publish-image.ts';
import { runCommand } from '../worlds/command.ts';
import { imageOf } from '../worlds/published-image.ts';
import { TEST_LOGIN } from '../worlds/registry.ts';
import { quickContext, registryFront, requestOf } from '../worlds/registry-front.ts';

const MWPIPE = join(import.meta.dirname, '../../src/cli/mwpipe.ts');

async function workspaceWith(registries: string) {
  const folder = await mkdtemp(join(tmpdir(), 'mwpipe-image-pull-'));
  const targets = 'targets:\n  docker: {kind: docker, set: demo, overlays: [demo]}\n';
  await writeFile(join(folder, 'mwpipe.yaml'), `version: 1\n${targets}${registries}`);
  const env = {
    MWPIPE_CACHE: join(folder, 'cache'),
    DOCKER_CONFIG: folder,
    HOME: folder,
    PASSWORD: TEST_LOGIN.password,
  };
  return {
    blobs: blobStore(join(folder, 'cache', 'blobs')),
    pull: (digest: string, ...more: readonly string[]) =>
      runCommand([process.execPath, MWPIPE, '--workspace', folder, 'image', 'pull', digest, ...more], { env }),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

it('takes an image from the second registry where the first one lies, and says so', async () => {
  await using first = await registryFront();
  await using second = await registryFront();
  const image = await imageOf(first.here.blobs, 'one', 'two');
  for (const at of [first, second]) {
    await publishImage(requestOf(image), [at.open(at.registry.host, first.here)], quickContext());
  }
  const damaged: Digest = image.layers[0]!.blob.digest;
  await first.registry.damage(damaged);
  const [one, two] = [first, second].map(({ registry }) => `{repository: "${registry.host}/mediawiki/wiki"}`);
  await using workspace = await workspaceWith(`registries:\n  main: ${one}\n  backup: ${two}\n`);
  const { code, stdout, stderr } = await workspace.pull(image.manifestDigest);
  expect(stderr).toMatch(/main: main gives other bytes than blob .* says: .*; asking the next/);
  expect(stdout).toMatch(/^Pulled {3}[0-9a-f]{12} from backup/);
  expect(stdout).toContain(`Image    ${image.imageId}  2 layers, each verified`);
  expect(code).toBe(0);
  expect(await workspace.blobs.check(damaged)).toBeDefined();
  const again = await workspace.pull(image.manifestDigest, '--json', '--from', 'backup');
  const result = JSON.parse(again.stdout.trim().split('\n').at(-1) ?? '') as unknown;
  expect(result).toMatchObject({ code: 'result', exit: 0, value: { registry: 'backup', receivedBytes: 0 } });
});

it('shows its login where mwpipe.yaml names one, and says what is missing where it is not set', async () => {
  const { user } = TEST_LOGIN;
  const repository = '"127.0.0.1:9/mediawiki/wiki"';
  const login = (secret: string): string =>
    `registries:\n  main:\n    repository: ${repository}\n    login: {user: ${user}, secret: ${secret}}\n`;
  const digest = `sha256:${'0'.repeat(64)}`;
  await using lacking = await workspaceWith(login('NO_SUCH_VARIABLE'));
  const { code, stderr } = await lacking.pull(digest);
  expect(code).toBe(2);
  expect(stderr).toMatch(/mwpipe\.yaml:7:\d+/);
  expect(stderr).toContain('[registry/no-secret]');
  const unknown = await lacking.pull(digest, '--from', 'mian');
  expect(unknown.stderr).toContain('did you mean main?');
});

it('takes a digest only', async () => {
  await using workspace = await workspaceWith('');
  expect(await workspace.pull('demo:latest')).toMatchObject({ code: 2 });
});

// needs: docker, registry
/** A runtime that stands on an image of a registry: pulled by its digest where the workspace allows it, refused elsewhere. */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { dockerEngine } from '../../src/adapters/docker/engine.ts';
import { imageLabels } from '../../src/adapters/docker/image-labels.ts';
import { dockerImageStore } from '../../src/adapters/docker/image-store.ts';
import { dockerRuntimeEngine } from '../../src/adapters/docker/runtime-builder.ts';
import { upload } from '../../src/adapters/docker/upload.ts';
import { storeRuntime } from '../../src/build/runtimes/runtime.ts';
import { checkBase } from '../../src/deploy/index.ts';
import { blobStore } from '../../src/kernel/blob-store.ts';
import { fail } from '../../src/kernel/outcome.ts';
import { testContext } from '../worlds/context.ts';
import { valueOf } from '../worlds/overlays.ts';
import { tinyImage } from '../worlds/tiny-image.ts';

const docker = dockerEngine();
const runtime = { name: `t${randomUUID().slice(0, 8)}`, flavour: 'plain' };
let folder: string;
let registry: ChildProcess;
let repository: string;
let digest: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mwpipe-bases-'));
  const host = await startRegistry();
  repository = `${host}/base/tiny`;
  digest = await pushTiny();
  await mkdir(join(folder, 'images', runtime.name), { recursive: true });
  const yaml = 'version: 1\ndescription: on an image of a registry\nflavours: { plain: plain }\n';
  await writeFile(join(folder, 'images', runtime.name, 'image.yaml'), yaml);
  await writeDockerfile(`FROM ${repository}@${digest} AS plain\nRUN echo hello > /hello\n`);
});

afterAll(async () => {
  const made = await docker.listImages({ filters: { label: [`mwpipe.runtime=${runtime.name}/plain`] } });
  for (const { Id } of made) await docker.getImage(Id).remove({ force: true });
  await docker
    .getImage(`${repository}@${digest}`)
    .remove()
    .catch(() => undefined);
  registry.kill();
  await rm(folder, { recursive: true });
});

const writeDockerfile = (text: string) => writeFile(join(folder, 'images', runtime.name, 'Dockerfile'), text);

function store(bases: readonly string[]) {
  const blobs = blobStore(join(folder, 'blobs'));
  const nobody = { code: 'build/base-not-root', message: 'nothing is bootstrapped here', exit: 'outside' } as const;
  const ports = {
    blobs,
    runtimes: dockerRuntimeEngine(docker, blobs),
    images: dockerImageStore(docker, blobs),
    bases: { bootstrap: () => Promise.resolve(fail(nobody)) },
    folder: join(folder, 'images'),
    rules: { bases, platform: 'linux/amd64', frozen: false },
  };
  return storeRuntime(runtime, ports, testContext());
}

it('is refused where nothing allows it, and where it is named by a tag', async () => {
  expect(await store([])).toMatchObject({
    diagnostics: [{ code: 'build/untrusted-base', exit: 'refused', at: { line: 1 } }],
  });
  await writeDockerfile(`FROM ${repository}:1 AS plain\nRUN echo hello > /hello\n`);
  expect(await store([`${repository}@${digest}`])).toMatchObject({
    diagnostics: [{ code: 'build/base-by-tag', hint: `write ${repository}@${digest}` }],
  });
  await writeDockerfile(`FROM ${repository}@${digest} AS plain\nRUN echo hello > /hello\n`);
});

it('is built where it is allowed, and says what it stands on to whoever deploys it', async () => {
  const bases = [`${repository.replace(/tiny$/, '')}*`];
  const stored = valueOf(await store(bases));
  expect(stored.base).toEqual({ name: repository, digest, kind: 'image' });
  const labels = valueOf(await imageLabels(docker, stored.imageId));
  expect(labels).toMatchObject({
    'org.opencontainers.image.base.name': repository,
    'org.opencontainers.image.base.digest': digest,
  });
  expect(checkBase({ image: stored.imageId, labels }, bases).ok).toBe(true);
  expect(checkBase({ image: stored.imageId, labels }, [])).toMatchObject({
    diagnostics: [{ code: 'deploy/untrusted-base', exit: 'refused' }],
  });
});

async function startRegistry(): Promise<string> {
  const port = await freePort();
  const config = `version: 0.1\nstorage: { filesystem: { rootdirectory: ${join(folder, 'registry')} } }\nhttp: { addr: "127.0.0.1:${port}" }\n`;
  await writeFile(join(folder, 'registry.yml'), config);
  registry = spawn('docker-registry', ['serve', join(folder, 'registry.yml')], { stdio: 'ignore' });
  const host = `127.0.0.1:${port}`;
  for (let tries = 0; tries < 100; tries += 1) {
    const answer = await fetch(`http://${host}/v2/`).catch(() => undefined);
    if (answer?.ok === true) return host;
    await testContext().clock.sleep(100);
  }
  throw new Error('docker-registry did not come up');
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** @returns its manifest's digest; the engine forgets where it pushed it to */
async function pushTiny(): Promise<string> {
  const image = docker.getImage(await tinyImage(docker));
  await image.tag({ repo: repository, tag: '1' });
  const pushed = docker.getImage(`${repository}:1`);
  await upload({
    body: Readable.from([]) as AsyncIterable<Buffer>,
    send: (_body, abortSignal) => pushed.push({ tag: '1', authconfig: { auth: '' }, abortSignal }),
    onMessage: () => undefined,
    signal: testContext().signal,
  });
  const name = (await pushed.inspect()).RepoDigests.find((one) => one.startsWith(`${repository}@`)) ?? '';
  await pushed.remove();
  return name.split('@')[1] ?? '';
}

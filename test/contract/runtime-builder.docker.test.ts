// needs: docker
/** Building runtimes on the real engine, from a base of a few files. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dockerEngine } from '../../src/adapters/docker/engine.ts';
import { dockerRuntimeEngine } from '../../src/adapters/docker/runtime-builder.ts';
import type { BaseImage, RuntimeRequest } from '../../src/build/ports.ts';
import { blobStore, type BlobStore } from '../../src/kernel/blob-store.ts';
import { sha256 } from '../../src/kernel/digest.ts';
import { testContext } from '../worlds/context.ts';
import { valueOf } from '../worlds/overlays.ts';
import { tinyImage } from '../worlds/tiny-image.ts';

const docker = dockerEngine();
const name = `test-${randomUUID()}`;
let folder: string;
let blobs: BlobStore;
let base: BaseImage;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mwpipe-runtime-'));
  blobs = blobStore(folder);
  const container = await docker.createContainer({ Image: await tinyImage(docker), Cmd: ['/bin/true'] });
  const { digest, bytes } = await blobs.put((await container.export()) as AsyncIterable<Buffer>);
  await container.remove();
  base = { digest, bytes };
});

afterAll(async () => {
  await removeMade();
  await docker.getImage(`mwpipe/base:${base.digest.slice(7, 19)}`).remove({ force: true });
  await rm(folder, { recursive: true, force: true });
});

/** One that another was built on goes after it, and the engine tells neither's order. */
async function removeMade(): Promise<void> {
  const listed = async () => docker.listImages({ filters: { label: [`mwpipe.runtime=${name}`] } });
  for (let made = await listed(), before = Infinity; made.length > 0 && made.length < before; made = await listed()) {
    before = made.length;
    for (const image of made) {
      await docker
        .getImage(image.Id)
        .remove({ force: true })
        .catch(() => undefined);
    }
  }
}

const file = { path: 'common/hello', executable: true, data: Buffer.from('hello') };

function request(dockerfile: string): RuntimeRequest {
  const key = sha256(dockerfile + name);
  const tag = `mwpipe-test/${name}:${key.slice(7, 19)}`;
  return { key, name, tag, dockerfile, target: undefined, files: [file], base };
}

const build = (wanted: RuntimeRequest, signal?: AbortSignal) =>
  dockerRuntimeEngine(docker, blobs).build(wanted, testContext({ signal }));

describe('runtimes on Docker', () => {
  it('stand on the imported base, copy files, and are found by their key', async () => {
    const wanted = request(
      'ARG BASE\nFROM ${BASE} AS one\nCOPY common/hello /hello\nENV A=b\nENTRYPOINT ["/hello"]\nWORKDIR /w',
    );
    const built = await build(wanted);
    expect(built).toMatchObject({ ok: true, value: { tag: wanted.tag } });
    if (!built.ok) return;
    expect(built.value.diffIds[0]).toBe(base.digest);
    expect(built.value.config).toMatchObject({ entrypoint: ['/hello'], workdir: '/w', ports: [] });
    expect(built.value.config.env).toContain('A=b');
    const found = await dockerRuntimeEngine(docker, blobs).find(wanted);
    expect(found).toEqual(built);
  });

  it('are not taken for an image that somebody built on them, which inherits their labels', async () => {
    const wanted = request('ARG BASE\nFROM ${BASE}\nENV MINE=1');
    const built = await build(wanted);
    const container = await docker.createContainer({ Image: wanted.tag, Cmd: ['/bin/true'] });
    await container.commit({ repo: `mwpipe-test/${name}`, tag: 'derived', changes: 'ENV MINE=2' });
    await container.remove();
    expect(await dockerRuntimeEngine(docker, blobs).find(wanted)).toEqual(built);
  });

  it('that fail are told with the step and its last words, though the engine says 200', async () => {
    const outcome = await build(request('ARG BASE\nFROM ${BASE}\nRUN echo a hint for the reader && exit 3'));
    expect(outcome).toMatchObject({ ok: false, diagnostics: [{ code: 'build/runtime-failed', exit: 'outside' }] });
    const message = outcome.ok ? '' : outcome.diagnostics[0].message;
    expect(message).toContain('Step 3/');
    expect(message).toContain('a hint for the reader');
    expect(message).toContain('code: 3');
  });

  it('whose Dockerfile the engine can not read are told in its words', async () => {
    const outcome = await build(request('ARG BASE\nFROM ${BASE}\nRUNN true'));
    expect(outcome).toMatchObject({ ok: false, diagnostics: [{ code: 'build/runtime-failed' }] });
    expect(outcome.ok ? '' : outcome.diagnostics[0].message).toContain('RUNN');
  });

  it('are built anew on a base that was renewed, and share again what the first one made', async () => {
    const dockerfile = (more: string) => `ARG BASE\nFROM \${BASE} AS one\nRUN echo one > /one\n${more}`;
    const before = valueOf(await build(request(dockerfile('RUN echo a > /a'))));
    const same = valueOf(await build({ ...request(dockerfile('RUN echo a > /a')), fresh: true }));
    expect(same.diffIds).toEqual(before.diffIds);
    valueOf(await dockerRuntimeEngine(docker, blobs).renew(base, testContext()));
    const a = valueOf(await build({ ...request(dockerfile('RUN echo a > /a')), fresh: true }));
    const b = valueOf(await build({ ...request(dockerfile('RUN echo b > /b')), fresh: true }));
    expect(a.diffIds[1]).not.toBe(before.diffIds[1]);
    expect(b.diffIds.slice(0, 2)).toEqual(a.diffIds.slice(0, 2));
  });

  it('are taken with their configuration, and found by the ID that is its digest', async () => {
    const engine = dockerRuntimeEngine(docker, blobs);
    const built = valueOf(await build(request('ARG BASE\nFROM ${BASE}\nRUN echo x > /x')));
    const layers = valueOf(await engine.take(built, testContext()));
    expect(layers.map(({ diffId }) => diffId)).toEqual(built.diffIds);
    const config = await blobs.read(built.imageId);
    expect(JSON.parse(config?.toString() ?? '')).toMatchObject({ rootfs: { diff_ids: built.diffIds } });
    expect(await engine.findImage(built.imageId)).toMatchObject({ value: { imageId: built.imageId } });
    expect(await engine.findImage(sha256('nothing'))).toEqual({ ok: true, value: undefined });
  });

  it('that nobody knows are not found', async () => {
    expect(
      await dockerRuntimeEngine(docker, blobs).find({ key: sha256('nothing'), tag: 'mwpipe-test/nothing:1' }),
    ).toEqual({ ok: true, value: undefined });
  });

  it('stop when they are interrupted, and no image is left', async () => {
    const wanted = request('ARG BASE\nFROM ${BASE}\nRUN sleep 60');
    const interrupt = new AbortController();
    const context = testContext({ signal: interrupt.signal });
    const emit = (event: object): void => {
      if ('text' in event && String(event.text).includes('sleep')) interrupt.abort(new Error('interrupted'));
    };
    const building = dockerRuntimeEngine(docker, blobs).build(wanted, { ...context, emit });
    await expect(building).rejects.toThrow('interrupted');
    expect(await dockerRuntimeEngine(docker, blobs).find(wanted)).toEqual({ ok: true, value: undefined });
  });
});

import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildImage, planBuild, type BuildPorts, type BuiltImage } from '../../../src/build/index.ts';
import { blobStore } from '../../../src/kernel/blob-store.ts';
import { sha256 } from '../../../src/kernel/digest.ts';
import { ok, type Outcome } from '../../../src/kernel/outcome.ts';
import type { Lockfile } from '../../../src/resolve/index.ts';
import { testContext } from '../../worlds/context.ts';
import { fakeGit, lockOf, type FakeGit } from '../../worlds/fakes/git-objects.ts';
import { fakeImageStore, type FakeImageStore } from '../../worlds/fakes/image-store.ts';
import { fakeRuntimes } from '../../worlds/fakes/runtimes.ts';

interface World {
  readonly folder: string;
  readonly git: FakeGit;
  readonly images: FakeImageStore;
  readonly ports: BuildPorts;
}

let world: World;

async function openWorld(git = fakeGit()): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'mwpipe-build-'));
  await cp('images', join(folder, 'images'), { recursive: true });
  const blobs = blobStore(join(folder, 'blobs'));
  const images = fakeImageStore(blobs);
  const { runtimes, bases } = fakeRuntimes(blobs, (runtime) => images.addRuntime(runtime.diffIds));
  return {
    folder,
    git,
    images,
    ports: {
      blobs,
      layout: join(folder, 'oci'),
      objects: git,
      images,
      runtimes,
      bases,
      folder: join(folder, 'images'),
    },
  };
}

beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => rm(world.folder, { recursive: true, force: true }));

const core = {
  'index.php': '<?php',
  'maintenance/run': { mode: '100755', content: '#!' },
  l: { mode: '120000', content: 'index.php' },
} as const;
const cite = { 'extension.json': '{}', 'src/Cite.php': '<?php', 'docs/a.md': 'a' };

function demoLock(git: FakeGit): Lockfile {
  return lockOf(
    git.component('core', core),
    git.component('vendor', { 'autoload.php': '' }),
    git.component('Cite', cite),
    git.component('Poem', { 'extension.json': '{}' }),
  );
}

function patched(lock: Lockfile, name: string, tree: string): Lockfile {
  const patch = { tree, from: '/home/x/Cite', because: 'fix@1234567' };
  return { ...lock, components: lock.components.map((one) => (one.name === name ? { ...one, patch } : one)) };
}

async function build(lock: Lockfile, at: World = world): Promise<BuiltImage> {
  return valueOf(await buildImage({ lock, runtime: 'php82', flavour: 'web' }, at.ports, testContext()));
}

function valueOf<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  throw new Error(outcome.diagnostics.map((one) => `${one.code}: ${one.message}`).join('\n'));
}

const made = (image: BuiltImage): string[] => image.layers.filter((one) => one.state === 'made').map((one) => one.name);

describe('building an image', () => {
  it('makes the layers in their order, above the runtime’s', async () => {
    const image = await build(demoLock(world.git));
    expect(image.layers.map((one) => one.name)).toEqual([
      'runtime 1',
      'vendor',
      'core',
      'Cite',
      'Poem',
      'entry',
      'lock',
    ]);
    expect(image.tag).toBe(`mwpipe/test:${image.imageId.slice(7, 19)}`);
    expect(world.images.images.has(image.imageId)).toBe(true);
  });

  it('gives the same image on another machine', async () => {
    const here = await build(demoLock(world.git));
    const there = await openWorld();
    expect(await build(demoLock(there.git), there)).toMatchObject({ imageId: here.imageId, tag: here.tag });
    await rm(there.folder, { recursive: true });
  });

  it('reads no blob, makes nothing and sends nothing the second time', async () => {
    const lock = demoLock(world.git);
    const first = await build(lock);
    world.git.read.length = 0;
    const second = await build(lock);
    expect(second).toMatchObject({ imageId: first.imageId, sentBytes: 0 });
    expect({ made: made(second), read: world.git.read }).toEqual({ made: [], read: [] });
  });

  it('makes and sends one small layer for a patched component', async () => {
    const lock = demoLock(world.git);
    const before = await build(lock);
    const tree = world.git.tree({ ...cite, 'src/Cite.php': '<?php // fixed' });
    const after = await build(patched(lock, 'Cite', tree));
    expect(made(after)).toEqual(['Cite (patched)']);
    expect(after.sentBytes).toBe(after.layers.at(-1)!.blob.bytes);
    expect(after.layers.slice(0, -1).map((one) => one.diffId)).toEqual(before.layers.map((one) => one.diffId));
  });

  it('changes one layer, and the lock’s, when a component moves', async () => {
    const lock = demoLock(world.git);
    const before = await build(lock);
    const moved = { ...lock, components: [...lock.components.slice(0, 3), world.git.component('Poem', { x: '1' })] };
    expect(made(await build(moved))).toEqual(['Poem', 'lock']);
    expect(made(await build(lock))).toEqual([]);
    expect((await build(lock)).imageId).toBe(before.imageId);
  });

  it('explains each layer, and a plan makes nothing', async () => {
    const lock = demoLock(world.git);
    const plan = async (of: Lockfile) =>
      valueOf(await planBuild({ lock: of, runtime: 'php82', flavour: 'web' }, world.ports, testContext()));
    const cold = await plan(lock);
    expect(cold.runtime).toMatchObject({
      name: 'php82/web',
      because: expect.stringContaining('never built') as unknown,
    });
    expect(cold.layers.every((layer) => layer.make && layer.send && layer.because !== '')).toBe(true);
    expect(world.git.read).toEqual([]);
    await build(lock);
    expect(await plan(lock)).toMatchObject({ makeBytes: 0, sendBytes: 0 });
    const tree = world.git.tree({ ...cite, 'src/Cite.php': 'fix' });
    const fresh = (await plan(patched(lock, 'Cite', tree))).layers.filter((layer) => layer.make);
    expect(fresh).toMatchObject([{ name: 'Cite (patched)', bytes: 3, because: 'fix@1234567' }]);
    expect(JSON.parse(JSON.stringify(cold))).toEqual(cold);
  });

  it('sends what stands on a changed layer again, without making it', async () => {
    const lock = demoLock(world.git);
    await build(lock);
    const changed = { ...lock, components: [world.git.component('core', { x: '1' }), ...lock.components.slice(1)] };
    const image = await build(changed);
    expect(made(image)).toEqual(['core', 'lock']);
    const sent = image.plan.layers.filter((layer) => layer.send).map((layer) => layer.name);
    expect(sent).toEqual(['core', 'Cite', 'Poem', 'entry', 'lock']);
    expect(image.plan.layers.find((layer) => layer.name === 'Cite')!.because).toContain('core');
  });

  it('makes a layer anew that was cut short or damaged in the cache', async () => {
    const lock = demoLock(world.git);
    const first = await build(lock);
    const layer = first.layers.find((one) => one.name === 'Cite')!;
    const { path } = (await world.ports.blobs.has(layer.blob.digest))!;
    const whole = await readFile(path);
    await writeFile(path, whole.subarray(0, 70));
    expect(made(await build(lock))).toEqual(['Cite']);
    await writeFile(path, Buffer.from(whole).fill(7, 100, 200));
    world.images.images.clear();
    const again = await build(lock);
    expect({ id: again.imageId, made: made(again) }).toEqual({ id: first.imageId, made: ['Cite'] });
  });

  it('goes on from the layers that an interrupted build made', async () => {
    const lock = demoLock(world.git);
    const interrupt = new AbortController();
    const context = testContext({ signal: interrupt.signal });
    const emit = (event: { readonly code: string }): void => {
      if (event.code === 'build/layer-made') interrupt.abort(new Error('interrupted'));
    };
    const request = { lock, runtime: 'php82', flavour: 'web' } as const;
    await expect(buildImage(request, world.ports, { ...context, emit })).rejects.toThrow('interrupted');
    const image = await build(lock);
    expect(made(image).length).toBeLessThan(6);
    const fresh = await openWorld();
    expect((await build(demoLock(fresh.git), fresh)).imageId).toBe(image.imageId);
    await rm(fresh.folder, { recursive: true });
  });

  it('gives the same image to two builds at once', async () => {
    const lock = demoLock(world.git);
    const [a, b] = await Promise.all([build(lock), build(lock)]);
    expect(a.imageId).toBe(b.imageId);
  });

  it('refuses a tree that would reach out of its folder, and sends nothing', async () => {
    const lock = demoLock(world.git);
    const tree = world.git.rawTree([{ mode: '100644', path: '../../../etc/passwd', oid: 'a'.repeat(40), bytes: 1 }]);
    const outcome = await buildImage(
      { lock: patched(lock, 'Cite', tree), runtime: 'php82', flavour: 'web' },
      world.ports,
      testContext(),
    );
    expect(outcome).toMatchObject({ ok: false, diagnostics: [{ code: 'build/unsafe-path', exit: 'refused' }] });
    expect(world.images.images.size).toBe(0);
  });

  it('notices a lock whose tree isn’t its commit’s', async () => {
    const lock = demoLock(world.git);
    const [first, ...others] = lock.components;
    const wrong = { ...lock, components: [{ ...first!, tree: 'd'.repeat(40) }, ...others] };
    expect(
      await buildImage({ lock: wrong, runtime: 'php82', flavour: 'web' }, world.ports, testContext()),
    ).toMatchObject({
      ok: false,
      diagnostics: [{ code: 'build/wrong-tree' }],
    });
  });

  it('has an image ID that is the digest of its configuration, with a name for each layer', async () => {
    const image = await build(demoLock(world.git));
    const { config } = world.images.images.get(image.imageId)!;
    expect(sha256(config)).toBe(image.imageId);
    const parsed = JSON.parse(config.toString()) as { history: unknown[]; rootfs: { diff_ids: unknown[] } };
    expect(parsed.history).toHaveLength(parsed.rootfs.diff_ids.length);
    expect(ok(parsed)).toMatchObject({
      value: { config: { Entrypoint: ['/entry'], Labels: { 'mwpipe.set': 'test' } } },
    });
  });
});

describe('a runtime', () => {
  const request = (runtime: string) => ({ lock: demoLock(world.git), runtime, flavour: 'web' }) as const;

  it('that doesn’t exist is told with the nearest name', async () => {
    expect(await buildImage(request('php28'), world.ports, testContext())).toMatchObject({
      ok: false,
      diagnostics: [{ code: 'build/unknown-runtime', hint: expect.stringContaining('php82') as unknown }],
    });
  });

  it('is built again when a file that it copies changes, and only then', async () => {
    const lock = demoLock(world.git);
    const before = await build(lock);
    await writeFile(join(world.ports.folder, 'router/Dockerfile'), 'FROM ${BASE} AS router');
    expect((await build(lock)).imageId).toBe(before.imageId);
    await writeFile(join(world.ports.folder, 'common/nginx.conf'), 'events {}');
    expect((await build(lock)).imageId).not.toBe(before.imageId);
  });

  it('whose definition has a mistake points at it', async () => {
    const file = join(world.ports.folder, 'php82/image.yaml');
    await writeFile(file, (await readFile(file, 'utf8')).replace('base:', 'bse:'));
    const outcome = await buildImage(request('php82'), world.ports, testContext());
    expect(outcome.ok ? [] : outcome.diagnostics).toContainEqual(
      expect.objectContaining({
        code: 'yaml/unknown-key',
        hint: 'did you mean base?',
        at: expect.objectContaining({ file, line: 3 }) as unknown,
      }),
    );
  });

  it('that copies a missing file is told at the line that does', async () => {
    const file = join(world.ports.folder, 'php82/Dockerfile');
    await writeFile(file, 'ARG BASE\nFROM ${BASE} AS web\nCOPY common/nothing /x\nFROM web AS test');
    expect(await buildImage(request('php82'), world.ports, testContext())).toMatchObject({
      ok: false,
      diagnostics: [{ code: 'build/no-context-file', at: { file, line: 3 } }],
    });
  });
});

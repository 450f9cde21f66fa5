/** Which image a runtime is: the pinned one wherever it is, else what is built here, and loudly so. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockRuntimes, type StoredRuntime } from '../../../../src/build/index.ts';
import { readRuntimeLock } from '../../../../src/build/runtimes/runtime-lock.ts';
import { runtimeManifest } from '../../../../src/build/runtimes/runtime-manifest.ts';
import { ensureRuntime, findRuntime, storeRuntime } from '../../../../src/build/runtimes/runtime.ts';
import { testContext } from '../../../worlds/context.ts';
import { valueOf } from '../../../worlds/overlays.ts';
import { runtimesWorld, type RuntimesWorld } from '../../../worlds/runtimes-world.ts';

const web = { name: 'php', flavour: 'web' };
let world: RuntimesWorld;

beforeEach(async () => {
  world = await runtimesWorld();
});
afterEach(() => world[Symbol.asyncDispose]());

const lock = async (on: RuntimesWorld = world) =>
  valueOf(await lockRuntimes({ runtimes: [web], jobs: 1 }, on.ports, testContext()));

async function push(): Promise<StoredRuntime> {
  const stored = valueOf(await storeRuntime(web, world.ports, testContext()));
  await world.source.push((await runtimeManifest(stored, world.ports))!, world.ports.blobs);
  return stored;
}

const codes = (context: ReturnType<typeof testContext>): string[] => context.events.map(({ code }) => code);

describe('a pinned runtime', () => {
  it('is the same image on every machine, from a registry, and nothing is bootstrapped or built', async () => {
    await lock();
    const pushed = await push();
    const elsewhere = await world.elsewhere({ frozen: true });
    const context = testContext();
    const stored = valueOf(await storeRuntime(web, elsewhere.ports, context));
    expect(stored).toMatchObject({ imageId: pushed.imageId, layers: pushed.layers, config: pushed.config });
    expect(codes(context)).toEqual(['build/runtime-pulled']);
    expect(elsewhere.built).toEqual([]);
  });

  it('is pulled once, then taken from the cache; the engine gets it from there', async () => {
    await lock();
    const { imageId } = await push();
    const elsewhere = await world.elsewhere();
    await storeRuntime(web, elsewhere.ports, testContext());
    const context = testContext();
    expect(await storeRuntime(web, elsewhere.ports, context)).toMatchObject({ value: { imageId } });
    expect(codes(context)).toEqual(['build/runtime-reused']);
    expect(await ensureRuntime(web, elsewhere.ports, testContext())).toMatchObject({ value: { imageId } });
    expect(await findRuntime(web, elsewhere.ports)).toMatchObject({ value: { imageId } });
    expect(world.source.pulls).toEqual(['php/web']);
  });

  it('is taken from the engine by its ID, where the cache has lost it', async () => {
    const [locked] = await lock();
    await world.ports.blobs.remember(`runtime-image/${locked!.pin.image}`, 'lost');
    const context = testContext();
    const stored = valueOf(await storeRuntime(web, world.ports, context));
    expect(stored.imageId).toBe(locked!.pin.image);
    expect(codes(context)).toEqual(['build/runtime-taken']);
  });

  it('that nobody has is built here, and loudly said to differ', async () => {
    const [locked] = await lock();
    const elsewhere = await world.elsewhere();
    const context = testContext();
    const stored = valueOf(await storeRuntime(web, elsewhere.ports, context));
    expect(stored.imageId).not.toBe(locked!.pin.image);
    expect(context.events).toContainEqual({
      code: 'build/runtime-differs',
      runtime: 'php/web',
      platform: 'linux/amd64',
      because: `neither the cache, the engine nor a registry has the pinned image ${locked!.pin.image.slice(7, 19)}`,
      hint: expect.stringContaining('mwpipe runtime lock php/web') as string,
    });
  });

  it('that nobody has is refused where the build is frozen', async () => {
    await lock();
    const elsewhere = await world.elsewhere({ frozen: true });
    for (const take of [storeRuntime, ensureRuntime]) {
      expect(await take(web, elsewhere.ports, testContext())).toMatchObject({
        diagnostics: [
          { code: 'build/runtime-not-pinned', exit: 'refused', hint: expect.stringContaining('lock') as string },
        ],
      });
    }
    expect(elsewhere.built).toEqual([]);
  });

  it('whose Dockerfile has moved on says so, and what to do', async () => {
    await lock();
    await world.write({ 'common/entry': '#!/bin/sh\nexec true\n' });
    const context = testContext();
    await storeRuntime(web, world.ports, context);
    expect(context.events).toContainEqual(
      expect.objectContaining({
        code: 'build/runtime-differs',
        because: 'its definition changed since it was pinned',
        hint: 'pin what is defined here: mwpipe runtime lock php/web',
      }),
    );
  });

  it('is not another one, whatever a registry gives', async () => {
    await lock();
    await push();
    const elsewhere = await world.elsewhere();
    world.source.answer = 'with another configuration';
    expect(await storeRuntime(web, elsewhere.ports, testContext())).toMatchObject({
      diagnostics: [{ code: 'build/wrong-runtime', exit: 'outside' }],
    });
    world.source.answer = 'not at all';
    expect(await storeRuntime(web, elsewhere.ports, testContext())).toMatchObject({
      diagnostics: [{ code: 'registry/gone' }],
    });
    expect(elsewhere.built).toEqual([]);
  });

  it('of another platform counts for nothing here', async () => {
    const arm = await world.elsewhere({ platform: 'linux/arm64' });
    await lock(arm);
    const context = testContext();
    await storeRuntime(web, world.ports, context);
    expect(codes(context)).not.toContain('build/runtime-differs');
  });
});

describe('locking', () => {
  it('writes image, manifest, base and packages, and touches no other platform and no other flavour', async () => {
    const arm = await world.elsewhere({ platform: 'linux/arm64' });
    const [pinnedOnArm] = await lock(arm);
    const [pinned] = await lock();
    const { flavours } = valueOf(await readRuntimeLock(world.folder, 'php'));
    expect(flavours).toEqual({ web: { 'linux/amd64': pinned!.pin, 'linux/arm64': pinnedOnArm!.pin } });
    expect(pinned).toMatchObject({
      state: 'new',
      pin: {
        base: { name: 'debian:trixie', kind: 'bootstrapped', released: '2026-11-22T20:14:05.000Z' },
        packages: { adduser: '3.134', openssl: '3.0.16-1~deb12u1' },
      },
    });
    // The key is the definition's, not the machine's.
    expect(pinned!.pin.key).toBe(pinnedOnArm!.pin.key);
    expect(pinned!.pin.image).not.toBe(pinnedOnArm!.pin.image);
  });

  it('says what moved, and the second time that nothing did', async () => {
    await lock();
    expect(await lock()).toMatchObject([{ state: 'same' }]);
    await world.write({ 'common/entry': '#!/bin/sh\nexec true\n' });
    expect(await lock()).toMatchObject([{ state: 'moved' }]);
  });
});

it('without a pin is built here and nothing is said, frozen or not', async () => {
  const frozen = await world.elsewhere({ frozen: true });
  const context = testContext();
  expect((await storeRuntime(web, frozen.ports, context)).ok).toBe(true);
  expect(codes(context)).toEqual([
    'build/base-started',
    'build/base-made',
    'build/runtime-started',
    'build/runtime-made',
    'build/runtime-taken',
  ]);
});

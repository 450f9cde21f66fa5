/** A security update of a runtime is a re-base: the code's layers stay what they were, and nothing of them is made again. */
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { buildImage, buildRuntimes, planBuild, type BuildPorts, type BuiltImage } from '../../../../src/build/index.ts';
import { testContext } from '../../../worlds/context.ts';
import { fakeGit, lockOf } from '../../../worlds/fakes/git-objects.ts';
import { valueOf } from '../../../worlds/overlays.ts';
import { runtimesWorld, type RuntimesWorld } from '../../../worlds/runtimes-world.ts';

const git = fakeGit();
const lock = lockOf(
  git.component('core', { 'index.php': '<?php' }),
  git.component('Cite', { 'extension.json': '{}', 'src/Cite.php': '<?php' }),
);
let world: RuntimesWorld;
let ports: BuildPorts;

beforeEach(async () => {
  world = await runtimesWorld();
  await world.write({ 'common/php/LocalSettings.php': '<?php' });
  ports = { ...world.ports, objects: git, layout: join(world.folder, '..', 'oci') };
});
afterEach(() => world[Symbol.asyncDispose]());

const request = { lock, runtime: 'php', flavour: 'web', layersPath: '' } as const;
const build = async () => {
  const layersPath = join(world.folder, '..', 'test.layers.json');
  return valueOf(await buildImage({ ...request, layersPath }, ports, testContext()));
};
const plan = async () => {
  const layersPath = join(world.folder, '..', 'test.layers.json');
  return valueOf(await planBuild({ ...request, layersPath }, ports, testContext()));
};
const code = ({ layers }: BuiltImage) =>
  layers.filter(({ state }) => state !== 'runtime').map(({ name, diffId, blob }) => ({ name, diffId, blob }));
const runtime = ({ layers }: BuiltImage) =>
  layers.filter(({ state }) => state === 'runtime').map(({ diffId }) => diffId);

it('by a changed line of its Dockerfile: the plan says so with bytes, and the code is neither made nor compressed again', async () => {
  const before = await build();
  await world.write({ 'php/Dockerfile': 'ARG BASE\nFROM ${BASE} AS web\nRUN apt-get upgrade\n' });
  expect(await plan()).toMatchObject({ makeBytes: 0, runtime: { because: 'this runtime was never built here' } });
  const after = await build();
  expect(after.imageId).not.toBe(before.imageId);
  expect(runtime(after)).not.toEqual(runtime(before));
  expect(code(after)).toEqual(code(before));
  expect(after.layers.filter(({ state }) => state === 'made')).toEqual([]);
});

it('by newer packages alone, built afresh from the same definition', async () => {
  const before = await build();
  const wanted = { runtimes: [{ name: 'php', flavour: 'web' }], jobs: 1 };
  await buildRuntimes(wanted, ports, testContext());
  expect((await build()).imageId).toBe(before.imageId);
  valueOf(await buildRuntimes({ ...wanted, fresh: true }, ports, testContext()));
  const after = await build();
  expect(runtime(after)).not.toEqual(runtime(before));
  expect(code(after)).toEqual(code(before));
  expect(await plan()).toMatchObject({ makeBytes: 0 });
});

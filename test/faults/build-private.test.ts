// needs: docker, root
/** Invariant 7 for images: what an embargoed patch changes is in no store, layout or output that others may read. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { BuiltImage } from '../../src/build/index.ts';
import { hasCanary, privateWorkspace, type PrivateWorkspace } from '../worlds/private-workspace.ts';
import { tinyRuntime } from '../worlds/tiny-runtime.ts';

const CORE = '1.43.0-wmf.2/core/01-T987654.patch';

let workspace: PrivateWorkspace;
/** What has the word in it and is public: the repo's own file, Debian's packages. */
let open: readonly string[];

beforeAll(async () => {
  workspace = await privateWorkspace();
  await tinyRuntime({ workspace: workspace.root, cache: workspace.world.cache });
  await workspace.write({ [CORE]: await workspace.patch('core', 'line 3\n', 'canary 3\n') });
});
afterAll(() => workspace[Symbol.asyncDispose]());

async function build(...flags: readonly string[]): Promise<BuiltImage> {
  const ran = await workspace.run(['--json', 'build', 'demo', '--no-load', ...flags]);
  expect({ exit: ran.exit, said: ran.stderr }).toEqual({ exit: 0, said: '' });
  expect(hasCanary(ran.stdout)).toBe(false);
  return (JSON.parse(ran.stdout.trim().split('\n').at(-1)!) as { value: BuiltImage }).value;
}

/** Whether any layer of a layout has the patch's words. */
async function canaryIn(layout: string): Promise<boolean> {
  const folder = join(workspace.world.cache, layout, 'blobs/sha256');
  const blobs = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name))));
  return blobs.some((data) => data[0] === 0x1f && gunzipSync(data).includes('canary 3'));
}

it('says how to get a private lock where there is none', async () => {
  const ran = await workspace.run(['build', 'demo', '--private', '--no-load']);
  expect(ran).toMatchObject({ exit: 2 });
  expect(ran.stderr).toContain('mwpipe resolve demo --security');
});

it('builds the patches as top layers on what everybody shares, kept apart, and nothing leaks', async () => {
  const plain = await build();
  open = await workspace.leaks();
  expect((await workspace.run(['resolve', 'demo', '--security'])).exit).toBe(0);
  const closed = await build('--private');
  const shared = plain.layers.map(({ blob }) => blob.digest);
  expect(closed.layers.map(({ blob }) => blob.digest).slice(0, shared.length)).toEqual(shared);
  expect(closed.layers.slice(shared.length).map(({ name, state }) => [name, state])).toEqual([
    ['core (patched)', 'made'],
  ]);
  expect(await workspace.leaks()).toEqual(open);
  expect({ apart: await canaryIn('private/oci'), open: await canaryIn('oci') }).toEqual({ apart: true, open: false });
  expect(await build()).toMatchObject({ imageId: plain.imageId });
  expect(await build('--private')).toMatchObject({ imageId: closed.imageId });
});

it('verifies a private image in a place apart, which is gone afterwards', async () => {
  const ran = await workspace.run(['build', 'demo', '--private', '--no-load', '--verify']);
  expect({ exit: ran.exit, said: ran.stderr }).toMatchObject({ exit: 0 });
  expect(await workspace.leaks()).toEqual(open);
});

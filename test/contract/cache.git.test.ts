/** Tending the cache on real git: what is listed, what goes, what stays, and damage of every kind that disks do. */
import { mkdir, readdir, readFile, rename, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { blobStore } from '../../src/kernel/blob-store.ts';
import { collectGarbage, listCache, verifyCache } from '../../src/resolve/index.ts';
import { runCommand } from '../worlds/command.ts';
import { testContext } from '../worlds/context.ts';
import { gitWorld, type GitWorld } from '../worlds/git.ts';
import { gitDaemon } from '../worlds/git-servers.ts';

const DAY = 86_400_000;
const serve = (root: string) => gitDaemon(root);

/** Fetches what is on master. @returns how it is read */
async function fetchMaster(world: GitWorld, name: string): Promise<{ url: string; id: string }> {
  const id = await world.git(join(world.root, `remotes/mediawiki/${name}.git`), 'rev-parse', 'master');
  const wanted = { url: world.url(name), commit: id, ref: 'refs/heads/master' };
  expect(await world.ports.objects.fetch(wanted, testContext())).toMatchObject({ ok: true });
  return { url: wanted.url, id };
}

const mirrorOf = (world: GitWorld, name: string): string =>
  join(world.cache, 'git', encodeURIComponent(world.url(name)));

/** As if it had been fetched and used so long ago, and never since. */
async function age(path: string, days: number): Promise<void> {
  const time = new Date(Date.now() - days * DAY);
  for (const name of [...(await readdir(path, { recursive: true })), '.']) await utimes(join(path, name), time, time);
}

const collect = (world: GitWorld, more: { dryRun?: boolean; olderThanMs?: number } = {}) =>
  collectGarbage(
    { root: world.root, cache: world.cache, olderThanMs: 30 * DAY, dryRun: false, ...more },
    world.ports.mirrors,
    testContext(),
  );

const verify = (world: GitWorld, repair = false) =>
  verifyCache({ cache: world.cache, repair }, world.ports.mirrors, testContext());

async function packOf(mirror: string): Promise<string> {
  const [name] = (await readdir(join(mirror, 'objects/pack'))).filter((file) => file.endsWith('.pack'));
  return join(mirror, 'objects/pack', name ?? 'none');
}

async function damage(file: string, change: (bytes: Buffer) => Buffer): Promise<void> {
  const bytes = await readFile(file);
  await writeFile(`${file}.new`, change(bytes)); // a pack is read-only
  await rename(`${file}.new`, file);
}

it('lists rooms and mirrors with sizes, commits and their last use', async () => {
  await using world = await gitWorld({ core: { 'a.php': 'a' }, Echo: { 'b.php': 'b' } }, { serve });
  const { id } = await fetchMaster(world, 'core');
  await fetchMaster(world, 'Echo');
  await age(mirrorOf(world, 'Echo'), 3);
  await blobStore(join(world.cache, 'blobs')).put(bytesOf('layer'));
  const listed = await listCache(world.cache, world.ports.mirrors);
  expect(listed).toMatchObject({
    ok: true,
    value: { rooms: expect.arrayContaining([{ name: 'blobs', files: 1, bytes: 5 }]) as object },
  });
  const mirrors = listed.ok ? listed.value.mirrors : [];
  expect(mirrors.map(({ url }) => url).toSorted()).toEqual([world.url('Echo'), world.url('core')]);
  const core = mirrors.find(({ url }) => url === world.url('core'));
  expect(core).toMatchObject({ packs: 1, commits: [{ commit: id }] });
  expect(Date.now() - (core?.commits[0]?.usedAt ?? 0)).toBeLessThan(60_000);
  const echo = mirrors.find(({ url }) => url === world.url('Echo'));
  expect(Math.round((Date.now() - (echo?.commits[0]?.usedAt ?? 0)) / DAY)).toBe(3);
});

it('removes the mirror that nobody used, and not the one that a lock names', async () => {
  await using world = await gitWorld({ core: { 'a.php': 'a' }, Echo: { 'b.php': 'b' } }, { serve });
  const core = await fetchMaster(world, 'core');
  await fetchMaster(world, 'Echo');
  for (const name of ['core', 'Echo']) await age(mirrorOf(world, name), 40);
  await writeLock(world, core);
  expect(await collect(world, { dryRun: true })).toMatchObject({
    ok: true,
    value: { plan: { actions: [{ kind: 'remove-mirror', url: world.url('Echo') }] } },
  });
  expect(await readdir(join(world.cache, 'git'))).toContain(encodeURIComponent(world.url('Echo')));
  expect(await collect(world)).toMatchObject({ ok: true, value: { spared: 0 } });
  expect((await readdir(join(world.cache, 'git'))).filter((name) => !name.startsWith('.'))).toEqual([
    encodeURIComponent(world.url('core')),
  ]);
});

async function writeLock(world: GitWorld, core: { url: string; id: string }): Promise<void> {
  await mkdir(join(world.root, 'extension-sets'), { recursive: true });
  const lines = ['schema: mwpipe.lock/2', 'set: demo', 'mediawiki: "1.43.0"', 'components:'];
  const component = ['name: core', 'kind: core', 'path: ""', `url: ${core.url}`, 'ref: refs/heads/master'];
  const ids = [`commit: ${core.id}`, `tree: ${core.id}`];
  const text = [...lines, ...[...component, ...ids].map((line, at) => `${at === 0 ? '  - ' : '    '}${line}`)].join(
    '\n',
  );
  await writeFile(join(world.root, 'extension-sets/demo.lock.yaml'), `${text}\n`);
}

it('removes nothing where a lock can not be read', async () => {
  await using world = await gitWorld({ Echo: { 'b.php': 'b' } }, { serve });
  await fetchMaster(world, 'Echo');
  await age(mirrorOf(world, 'Echo'), 40);
  await mkdir(join(world.root, 'extension-sets'));
  await writeFile(join(world.root, 'extension-sets/demo.lock.yaml'), '<<<<<<< ours\n');
  expect(await collect(world)).toMatchObject({ ok: false });
  expect(await readdir(join(world.cache, 'git'))).toContain(encodeURIComponent(world.url('Echo')));
});

it('lets an old commit go with what only it needs, and keeps the others whole', async () => {
  await using world = await gitWorld({ core: { 'a.php': 'a', 'old.bin': noise('old') } }, { serve });
  const old = await fetchMaster(world, 'core');
  const mirror = mirrorOf(world, 'core');
  await age(mirror, 40);
  await world.commit('core', { 'a.php': '2', 'old.bin': undefined });
  const now = await fetchMaster(world, 'core');
  expect(await collect(world)).toMatchObject({
    ok: true,
    value: { plan: { actions: [{ kind: 'drop-commits', commits: [old.id] }] } },
  });
  const collected = await collect(world);
  expect(collected).toMatchObject({ ok: true, value: { plan: { actions: [] } } });
  expect(await world.git(mirror, 'for-each-ref', '--format=%(refname)')).toBe(`refs/mwpipe/${now.id}`);
  await expect(world.git(mirror, 'cat-file', '-e', old.id)).rejects.toThrow();
  expect((await world.ports.objects.file(now, 'a.php'))?.toString()).toBe('2');
  expect(await verify(world)).toMatchObject({ ok: true, value: { mirrors: 1, commits: 1, damaged: [] } });
});

function noise(seed: string): string {
  return Array.from({ length: 2000 }, (_, at) => `${seed}${(at * 7919) % 10_007}`).join('\n');
}

it('makes one pack of many, and keeps what has no ref: the trees of work trees', async () => {
  await using world = await gitWorld({ core: { 'a.php': '0' } }, { serve });
  const mirror = mirrorOf(world, 'core');
  for (let at = 1; at <= 21; at += 1) {
    await world.commit('core', { 'a.php': `${at}` });
    await fetchMaster(world, 'core');
  }
  const folder = await world.checkout('core');
  await writeFile(join(folder, 'new.php'), 'mine');
  const snapshot = await world.ports.workTrees.snapshot(folder, world.url('core'));
  expect(await collect(world)).toMatchObject({ ok: true, value: { plan: { actions: [{ kind: 'repack' }] } } });
  expect((await readdir(join(mirror, 'objects/pack'))).filter((file) => file.endsWith('.pack'))).toHaveLength(1);
  const id = snapshot.ok ? snapshot.value.tree : '';
  expect((await world.ports.objects.file({ url: world.url('core'), id }, 'new.php'))?.toString()).toBe('mine');
  expect(await verify(world)).toMatchObject({ ok: true, value: { commits: 21, damaged: [] } });
});

it('spares what is used between the look and the removal', async () => {
  await using world = await gitWorld({ Echo: { 'b.php': 'b' } }, { serve });
  await fetchMaster(world, 'Echo');
  await age(mirrorOf(world, 'Echo'), 40);
  const { mirrors } = world.ports;
  const late = {
    ...mirrors,
    remove: async (...args: Parameters<typeof mirrors.remove>) => {
      await fetchMaster(world, 'Echo'); // another run
      return mirrors.remove(...args);
    },
  };
  const request = { root: world.root, cache: world.cache, olderThanMs: 30 * DAY, dryRun: false };
  expect(await collectGarbage(request, late, testContext())).toMatchObject({
    ok: true,
    value: { spared: 1, bytes: 0 },
  });
  expect(await readdir(join(world.cache, 'git'))).toContain(encodeURIComponent(world.url('Echo')));
});

it('removes what killed runs left, and not what one at work is writing', async () => {
  await using world = await gitWorld({ Echo: { 'b.php': 'b' } }, { serve });
  await fetchMaster(world, 'Echo');
  const pack = join(mirrorOf(world, 'Echo'), 'objects/pack');
  const old = [
    join(pack, 'tmp_pack_x1'),
    join(world.cache, 'blobs/incoming/1.part'),
    join(world.cache, 'git/.new-1/HEAD'),
  ];
  const fresh = join(pack, 'tmp_pack_x2');
  for (const file of [...old, fresh]) {
    await mkdir(join(file, '..'), { recursive: true });
    await writeFile(file, 'half');
  }
  const time = new Date(Date.now() - 2 * 3_600_000);
  for (const file of [...old, join(world.cache, 'git/.new-1')]) await utimes(file, time, time);
  expect(await collect(world)).toMatchObject({ ok: true, value: { bytes: 12 } });
  for (const file of old) await expect(stat(file)).rejects.toThrow('ENOENT');
  expect((await stat(fresh)).size).toBe(4);
});

it.each([
  ['a byte of a pack flips', (bytes: Buffer) => flip(bytes, bytes.length - 40)],
  ['a pack ends early', (bytes: Buffer) => bytes.subarray(0, bytes.length - 30)],
  ['a pack is empty', () => Buffer.alloc(0)],
])('tells that %s, removes the mirror on demand, and it is fetched anew', async (_name, change) => {
  await using world = await gitWorld({ core: { 'a.php': noise('a') }, Echo: { 'b.php': 'b' } }, { serve });
  const ref = await fetchMaster(world, 'core');
  await fetchMaster(world, 'Echo');
  await world.ports.close(); // it has the sound pack open
  await damage(await packOf(mirrorOf(world, 'core')), change);
  const found = { kind: 'mirror', name: world.url('core') };
  expect(await verify(world)).toMatchObject({
    ok: true,
    value: { mirrors: 2, damaged: [{ ...found, removed: false }] },
  });
  expect(await verify(world, true)).toMatchObject({ ok: true, value: { damaged: [{ ...found, removed: true }] } });
  expect(await verify(world)).toMatchObject({ ok: true, value: { mirrors: 1, damaged: [] } });
  const again = world.open({});
  expect(await again.objects.fetch({ ...ref, commit: ref.id, ref: 'refs/heads/master' }, testContext())).toMatchObject({
    ok: true,
  });
  expect((await again.objects.file(ref, 'a.php'))?.toString()).toBe(noise('a'));
});

function flip(bytes: Buffer, at: number): Buffer {
  const changed = Buffer.from(bytes);
  changed[at] = (changed[at] ?? 0) ^ 0x10;
  return changed;
}

it('tells that an object of a kept commit is gone', async () => {
  await using world = await gitWorld({ core: { 'a.php': 'a' } }, { serve });
  await fetchMaster(world, 'core');
  const mirror = mirrorOf(world, 'core');
  const pack = await packOf(mirror);
  await rename(pack, join(world.root, 'aside.pack'));
  for (const suffix of ['idx', 'rev']) await runCommand(['rm', '-f', pack.replace(/pack$/, suffix)]);
  await runCommand(['sh', '-c', `git -C '${mirror}' unpack-objects -q < '${world.root}/aside.pack'`]);
  const blob = await world.git(
    mirror,
    'rev-parse',
    `${await world.git(mirror, 'for-each-ref', '--format=%(objectname)')}:a.php`,
  );
  await runCommand(['rm', '-f', join(mirror, 'objects', blob.slice(0, 2), blob.slice(2))]);
  expect(await verify(world)).toMatchObject({ ok: true, value: { damaged: [{ problems: [`missing blob ${blob}`] }] } });
});

it('tells which blob is not what its name says, and removes it on demand', async () => {
  await using world = await gitWorld({});
  const store = blobStore(join(world.cache, 'blobs'));
  const [whole, broken] = [await store.put(bytesOf('whole')), await store.put(bytesOf('broken'))];
  await writeFile(broken.path, 'brokem');
  const found = { kind: 'blob', name: broken.digest };
  expect(await verify(world)).toMatchObject({ ok: true, value: { blobs: 2, damaged: [{ ...found, removed: false }] } });
  expect(await verify(world, true)).toMatchObject({ ok: true, value: { damaged: [{ ...found, removed: true }] } });
  expect([await store.has(whole.digest), await store.has(broken.digest)]).toMatchObject([{ bytes: 5 }, undefined]);
});

// eslint-disable-next-line @typescript-eslint/require-await -- what a store takes
async function* bytesOf(text: string): AsyncGenerator<Buffer> {
  yield Buffer.from(text);
}

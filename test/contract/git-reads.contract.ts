/** What every implementation of `GitObjects` must do with what is odd in a repo: names, submodules, sizes, commits. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { gitWorld, GitWorld } from '../worlds/git.ts';
import { quiet } from './git-ports.contract.ts';

/** What the world's repo has on master, readable here. */
async function fetchMaster(world: GitWorld, name: string): Promise<{ url: string; id: string }> {
  const id = await world.git(join(world.root, `remotes/mediawiki/${name}.git`), 'rev-parse', 'master');
  const wanted = { url: world.url(name), commit: id, ref: 'refs/heads/master' };
  expect(await world.ports.objects.fetch(wanted, quiet)).toMatchObject({ ok: true });
  return { url: wanted.url, id };
}

/** Commits what `change` does in a checkout, and sends it to the remote. */
async function push(world: GitWorld, name: string, change: (folder: string) => Promise<void>): Promise<void> {
  const folder = await world.checkout(name);
  await change(folder);
  await world.git(folder, 'commit', '-qm', 'change\nof two lines\n\nBug: T1');
  await world.git(folder, 'push', '-q', 'origin', 'HEAD:master');
}

export function gitReadsContract(name: string, open: typeof gitWorld): void {
  it(`${name}: knows a file's id and size without reading it`, async () => {
    await using world = await open({ core: { 'includes/Defines.php': '<?php', 'a.php': '' } });
    const ref = await fetchMaster(world, 'core');
    const { objects } = world.ports;
    const [oid] = (await objects.entries(ref)).filter(({ path }) => path !== 'a.php').map((entry) => entry.oid);
    expect(await objects.stat(ref, 'includes/Defines.php')).toEqual({ oid, bytes: 5 });
    expect(await objects.stat(ref, 'a.php')).toMatchObject({ bytes: 0 });
    for (const path of ['includes', 'includes/', '/a.php', './a.php', 'includes/../a.php', 'a.php/b', '', 'nope'])
      expect(await objects.stat(ref, path), path).toBeUndefined();
  });

  it(`${name}: knows a commit's tree, parents, subject and times`, async () => {
    await using world = await open({ core: { 'a.php': '1' } });
    const first = await fetchMaster(world, 'core');
    await push(world, 'core', async (folder) => {
      await writeFile(join(folder, 'a.php'), '2');
      await world.git(folder, 'add', '.');
    });
    const ref = await fetchMaster(world, 'core');
    const { objects } = world.ports;
    const remote = join(world.root, 'remotes/mediawiki/core.git');
    const [tree, time] = (await world.git(remote, 'log', '-1', '--format=%T %ct', 'master')).split(' ');
    const at = Number(time) * 1000;
    expect(await objects.commit(ref)).toEqual({
      tree,
      parents: [first.id],
      subject: 'change of two lines',
      message: 'change\nof two lines\n\nBug: T1\n',
      authored: at,
      committed: at,
    });
    expect(await objects.commit({ ...ref, id: tree ?? '' })).toBeUndefined();
    expect(await objects.commit({ ...ref, id: '1'.repeat(40) })).toBeUndefined();
  });

  it(`${name}: lists a submodule by its commit, which needn't be there, and gives no file for it`, async () => {
    await using world = await open({ VisualEditor: { 'lib/a.js': 'a' } });
    await push(world, 'VisualEditor', async (folder) => {
      await world.git(folder, 'update-index', '--add', '--cacheinfo', `160000,${'5'.repeat(40)},lib/ve`);
    });
    const ref = await fetchMaster(world, 'VisualEditor');
    expect((await world.ports.objects.entries(ref)).map(({ mode, path, bytes }) => [mode, path, bytes])).toEqual([
      ['100644', 'lib/a.js', 1],
      ['160000', 'lib/ve', 0],
    ]);
    expect(await world.ports.objects.file(ref, 'lib/ve')).toBeUndefined();
    expect(await world.ports.objects.stat(ref, 'lib/ve')).toBeUndefined();
  });

  it(`${name}: reads names with newlines, tabs and quotes as they are`, async () => {
    await using world = await open({ core: { 'a.php': 'a' } });
    const names = ['new\nline.php', '"quoted"\t.php', ':(top)a.php', '-x'];
    await push(world, 'core', async (folder) => {
      for (const one of names) await writeFile(join(folder, one), one);
      await world.git(folder, 'add', '.');
    });
    const ref = await fetchMaster(world, 'core');
    const paths = (await world.ports.objects.entries(ref)).map(({ path }) => path);
    expect(paths.toSorted()).toEqual([...names, 'a.php'].toSorted());
    for (const one of names) expect((await world.ports.objects.file(ref, one))?.toString()).toBe(one);
  });

  it(`${name}: refuses a tree with a name that isn't UTF-8, which an image would have under another`, async () => {
    await using world = await open({ core: { 'a.php': 'a' } });
    await push(world, 'core', async (folder) => {
      await mkdir(join(folder, 'tests'));
      await writeFile(Buffer.concat([Buffer.from(join(folder, 'tests/caf')), Buffer.from([0xe9])]), 'latin1');
      await world.git(folder, 'add', '.');
    });
    const ref = await fetchMaster(world, 'core');
    const message = expect.stringContaining(`a name that no file can have: "tests/caf\uFFFD"`) as string;
    await expect(world.ports.objects.entries(ref)).rejects.toMatchObject({ code: 'git/odd-path', message });
    expect(await world.ports.objects.file(ref, 'tests/caf\uFFFD')).toBeUndefined();
    expect((await world.ports.objects.file(ref, 'a.php'))?.toString()).toBe('a');
  });

  it(`${name}: names the blob that isn't there`, async () => {
    await using world = await open({ core: { 'a.php': 'a' } });
    const ref = await fetchMaster(world, 'core');
    const [entry] = await world.ports.objects.entries(ref);
    const read = async (): Promise<number> => {
      let count = 0;
      for await (const { data } of world.ports.objects.blobs(ref.url, [entry?.oid ?? '', '1'.repeat(40)]))
        count += data.length;
      return count;
    };
    const message = expect.stringContaining('1'.repeat(40)) as string;
    await expect(read()).rejects.toMatchObject({ code: 'git/unreadable', message });
  });
}

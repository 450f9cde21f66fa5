/** The git ports on real git, and what only this adapter can get wrong: its mirrors. */
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openGit } from '../../src/adapters/git/index.ts';
import { gitWorld, type GitWorld } from '../worlds/git.ts';
import { gitPortsContract, quiet } from './git-ports.contract.ts';
import { gitReadsContract } from './git-reads.contract.ts';

gitPortsContract('git', gitWorld);
gitReadsContract('git', gitWorld);

const master = async (world: GitWorld, name: string) => {
  const commit = await world.git(join(world.root, `remotes/mediawiki/${name}.git`), 'rev-parse', 'master');
  return { url: world.url(name), commit, ref: 'refs/heads/master' };
};

it('copies no object of a remote on this disk', async () => {
  await using world = await gitWorld({ core: { 'a.php': 'a' } });
  await world.ports.objects.fetch(await master(world, 'core'), quiet);
  const mirror = join(world.cache, 'git', encodeURIComponent(world.url('core')), 'objects');
  expect(await readdir(mirror)).toEqual(['info', 'pack']);
  expect(await readdir(join(mirror, 'pack'))).toEqual([]);
});

it('fetches one commit without its history where the remote is no repo on this disk', async () => {
  await using world = await gitWorld({ core: { 'a.php': '1' } });
  await world.commit('core', { 'a.php': '2' });
  const wanted = await master(world, 'core');
  // A path that is no file:// url: git's ordinary transport.
  const rules = [{ from: 'https://git.world.example/r/', to: `${world.root}/remotes/` }];
  const ports = openGit({ cache: join(world.root, 'cold'), mirrors: rules, environment: process.env });
  expect(await ports.objects.fetch(wanted, quiet)).toMatchObject({ ok: true });
  expect((await ports.objects.file({ url: wanted.url, id: wanted.commit }, 'a.php'))?.toString()).toBe('2');
  const mirror = join(world.root, 'cold/git', encodeURIComponent(wanted.url));
  expect(await world.git(mirror, 'rev-list', '--count', wanted.commit)).toBe('1');
});

it('heals a mirror that was left half-made', async () => {
  await using world = await gitWorld({ core: { 'a.php': 'a' } });
  const mirror = join(world.cache, 'git', encodeURIComponent(world.url('core')));
  await mkdir(join(mirror, 'objects'), { recursive: true });
  await writeFile(join(mirror, 'HEAD'), 'half');
  expect(await world.ports.objects.fetch(await master(world, 'core'), quiet)).toMatchObject({ ok: true });
});

it('eight at once make one mirror', async () => {
  await using world = await gitWorld({ core: { 'a.php': 'a' } });
  const wanted = await master(world, 'core');
  const environment = process.env;
  const mirrors = [{ from: 'https://git.world.example/r/', to: `${world.root}/remotes/` }];
  const processes = Array.from({ length: 8 }, () => openGit({ cache: world.cache, mirrors, environment }));
  const fetched = await Promise.all(processes.map((ports) => ports.objects.fetch(wanted, quiet)));
  expect(fetched.every((outcome) => outcome.ok)).toBe(true);
  expect(await readdir(join(world.cache, 'git'))).toEqual(['.locks', encodeURIComponent(world.url('core'))]);
  expect(await readdir(join(world.cache, 'git/.locks'))).toEqual([]);
});

it('works inside a hook of git, which points GIT_DIR elsewhere', async () => {
  await using world = await gitWorld({ core: { 'a.php': 'a' } });
  const environment = { ...process.env, GIT_DIR: '/nowhere', GIT_INDEX_FILE: '/nowhere/index' };
  const mirrors = [{ from: 'https://git.world.example/r/', to: `file://${world.root}/remotes/` }];
  const ports = openGit({ cache: join(world.root, 'other'), mirrors, environment });
  expect(await ports.workTrees.changes(await world.checkout('core'))).toMatchObject({ ok: true });
  expect(await ports.objects.fetch(await master(world, 'core'), quiet)).toMatchObject({ ok: true });
});

it('says that the mirror or the remote is gone, and that git is not there', async () => {
  await using world = await gitWorld({ core: { 'a.php': 'a' } });
  await rm(join(world.root, 'remotes'), { recursive: true });
  const gone = await world.ports.refs.refs({ url: world.url('core') }, quiet);
  expect(gone).toMatchObject({ ok: false, diagnostics: [{ code: 'git/no-mirror', exit: 'outside' }] });
  const mirrors = [{ from: 'https://git.world.example/r/', to: 'http://127.0.0.1:1/' }];
  const refused = openGit({ cache: world.cache, mirrors, environment: process.env });
  const unreachable = await refused.refs.refs({ url: world.url('core') }, quiet);
  expect(unreachable).toMatchObject({ ok: false, diagnostics: [{ code: 'git/remote-gone', exit: 'outside' }] });
  const without = openGit({ cache: world.cache, mirrors, environment: { PATH: '/nowhere' } });
  const missing = await without.refs.refs({ url: world.url('core') }, quiet);
  expect(missing).toMatchObject({
    ok: false,
    diagnostics: [{ code: 'git/missing', hint: expect.stringContaining('apt-get install git') as string }],
  });
});

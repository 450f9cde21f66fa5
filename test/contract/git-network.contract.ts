/** What the git ports must do through a server: all of their contract, with few processes, and never half a commit. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ok } from '../../src/kernel/outcome.ts';
import type { GitServer, GitServerOptions } from '../worlds/git-servers.ts';
import { gitWorld, type GitWorld } from '../worlds/git.ts';
import { gitPortsContract, quiet } from './git-ports.contract.ts';

type OpenServer = (root: string, options?: GitServerOptions) => Promise<GitServer>;

export function networkContract(name: string, open: OpenServer): void {
  gitPortsContract(name, (repos) => gitWorld(repos, { serve: (root) => open(root) }));
  processesContract(name, open);
  filterContract(name, open);
  movedContract(name, open);
}

const master = async (world: GitWorld, revision = 'master') => {
  const commit = await world.git(join(world.root, 'remotes/mediawiki/core.git'), 'rev-parse', revision);
  return { url: world.url('core'), commit, ref: 'refs/heads/master' };
};

function processesContract(name: string, open: OpenServer): void {
  it(`${name}: 40 repos at once cost one process, and each is told right`, async () => {
    const repos = Array.from({ length: 40 }, (_, at) => [`r${at}`, { 'a.php': String(at) }] as const);
    await using world = await gitWorld(Object.fromEntries(repos), { serve: (root) => open(root) });
    const listed = await Promise.all(repos.map(([repo]) => world.ports.refs.refs({ url: world.url(repo) }, quiet)));
    for (const [at, [repo]] of repos.entries()) {
      const commit = await world.git(join(world.root, `remotes/mediawiki/${repo}.git`), 'rev-parse', 'master');
      expect(listed[at]).toEqual(ok(new Map([['refs/heads/master', commit]])));
    }
    expect(world.ports.processes.started).toBe(1);
  });

  it(`${name}: an unchanged commit costs no process, in another run too`, async () => {
    await using world = await gitWorld({ core: { 'a.php': 'a' } }, { serve: (root) => open(root) });
    const fetched = await world.ports.objects.fetch(await master(world), quiet);
    const later = world.open();
    expect(await later.objects.fetch(await master(world), quiet)).toEqual(fetched);
    expect(later.processes.started).toBe(0);
  });

  it(`${name}: sha256 repos too`, async () => {
    await using world = await gitWorld({}, { serve: (root) => open(root) });
    const gitDir = join(world.root, 'remotes/mediawiki/core.git');
    await world.git(world.root, 'init', '-q', '--bare', '--object-format=sha256', '-b', 'master', gitDir);
    const commit = await world.commit('core', { 'a.php': 'a' });
    expect(commit).toHaveLength(64);
    const refs = await world.ports.refs.refs({ url: world.url('core') }, quiet);
    expect(refs).toEqual(ok(new Map([['refs/heads/master', commit]])));
    expect(await world.ports.objects.fetch(await master(world), quiet)).toMatchObject({ ok: true });
  });
}

function filterContract(name: string, open: OpenServer): void {
  it(`${name}: leaves blobs out where the server can, and never takes that for the whole`, async () => {
    const serve = (root: string) => open(root, { allowFilter: true });
    await using world = await gitWorld({ core: { 'a.php': 'same', 'b.php': 'old' } }, { serve });
    const wanted = await master(world);
    const fetched = await world.ports.objects.fetch({ ...wanted, filter: 'blobs' }, quiet);
    expect(fetched).toMatchObject({ ok: true });
    const mirror = join(world.cache, 'git', encodeURIComponent(wanted.url));
    const missing = ['rev-list', '--objects', '--missing=print', wanted.commit];
    expect((await world.git(`${mirror}.trees`, ...missing)).match(/^\?/gm)).toHaveLength(2);
    expect(existsSync(join(mirror, 'refs/mwpipe', wanted.commit))).toBe(false);
    // The next commit has a blob in common with the one whose blobs were left out.
    await world.commit('core', { 'b.php': 'new' });
    const next = await master(world);
    expect(await world.ports.objects.fetch(next, quiet)).toMatchObject({ ok: true });
    expect(await world.git(mirror, 'rev-list', '--objects', '--missing=print', next.commit)).not.toContain('?');
    const again = world.open();
    expect(await again.objects.fetch({ ...wanted, filter: 'blobs' }, quiet)).toEqual(fetched);
    expect(again.processes.started).toBe(0);
  });

  it(`${name}: fetches it whole where the server can't leave anything out`, async () => {
    await using world = await gitWorld({ core: { 'a.php': 'a' } }, { serve: (root) => open(root) });
    const wanted = await master(world);
    expect(await world.ports.objects.fetch({ ...wanted, filter: 'blobs' }, quiet)).toMatchObject({ ok: true });
    const mirror = join(world.cache, 'git', encodeURIComponent(wanted.url));
    expect(await readFile(join(mirror, 'refs/mwpipe', wanted.commit), 'utf8')).toBe(`${wanted.commit}\n`);
  });
}

function movedContract(name: string, open: OpenServer): void {
  const old = (root: string) => open(root, { protocol: 0 });

  it(`${name}: an old server is asked by git`, async () => {
    await using world = await gitWorld({ core: { 'a.php': 'a' } }, { serve: old });
    const { commit } = await master(world);
    const refs = await world.ports.refs.refs({ url: world.url('core') }, quiet);
    expect(refs).toEqual(ok(new Map([['refs/heads/master', commit]])));
    expect(world.ports.processes.started).toBe(2);
  });

  it(`${name}: a ref that moves where no bare commit is given out is told, and nothing is kept for it`, async () => {
    await using world = await gitWorld({ core: { 'a.php': '1' } }, { serve: old });
    const asked = await master(world);
    await world.commit('core', { 'a.php': '2' });
    const moved = await world.ports.objects.fetch(asked, quiet);
    expect(moved).toMatchObject({ ok: false, diagnostics: [{ code: 'git/ref-moved', exit: 'outside' }] });
    expect(JSON.stringify(moved)).toContain(asked.commit.slice(0, 12));
    expect(await world.ports.objects.fetch(asked, quiet)).toMatchObject({ ok: false });
    expect(await world.ports.objects.fetch(await master(world), quiet)).toMatchObject({ ok: true });
  });

  it(`${name}: a commit that was force-pushed away is told`, async () => {
    await using world = await gitWorld({ core: { 'a.php': '1' } }, { serve: (root) => open(root) });
    const gitDir = join(world.root, 'remotes/mediawiki/core.git');
    const asked = await master(world);
    await world.commit('core', { 'a.php': '2' }, { branch: 'other' });
    const tree = await world.git(gitDir, 'rev-parse', 'other^{tree}');
    const person = ['-c', 'user.name=x', '-c', 'user.email=x@example.org'];
    const forced = await world.git(gitDir, ...person, 'commit-tree', '-m', 'forced', tree);
    await world.git(gitDir, 'update-ref', 'refs/heads/master', forced);
    await world.git(gitDir, 'update-ref', '-d', 'refs/heads/other');
    await world.git(gitDir, 'reflog', 'expire', '--expire=now', '--all');
    await world.git(gitDir, 'gc', '-q', '--prune=now');
    const fetched = await world.ports.objects.fetch(asked, quiet);
    expect(fetched).toMatchObject({ ok: false, diagnostics: [{ code: 'git/ref-moved' }] });
  });
}

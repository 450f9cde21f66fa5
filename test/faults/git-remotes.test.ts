/** Remotes that misbehave, and runs that are killed while they fetch: told by name, never taken for the real thing. */
import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { GitPorts } from '../../src/adapters/git/index.ts';
import { testContext } from '../worlds/context.ts';
import { answering, faultyRemote, redirecting, truncating, type FaultyRemote } from '../worlds/faulty-remote.ts';
import { gitDaemon, smartHttp } from '../worlds/git-servers.ts';
import { gitWorld, type GitWorld } from '../worlds/git.ts';

const quiet = { ...testContext(), emit: () => undefined };

const core = async (world: GitWorld) => {
  const commit = await world.git(join(world.root, 'remotes/mediawiki/core.git'), 'rev-parse', 'master');
  return { url: world.url('core'), commit, ref: 'refs/heads/master' };
};

interface Fault {
  readonly open: () => Promise<FaultyRemote>;
  readonly code: string;
  readonly words?: string;
}

const FAULTS: Readonly<Record<string, Fault>> = {
  'git:// hangs': { open: () => faultyRemote('git', 'hang'), code: 'timeout' },
  'http:// hangs': { open: () => faultyRemote('http', 'hang'), code: 'timeout' },
  'git:// resets': { open: () => faultyRemote('git', 'reset'), code: 'remote-gone' },
  'http:// resets': { open: () => faultyRemote('http', 'reset'), code: 'remote-gone' },
  'git:// is something else': { open: () => faultyRemote('git', 'not-git'), code: 'not-git' },
  'http:// is a web page': { open: () => faultyRemote('http', 'not-git'), code: 'not-git' },
  'http:// answers 404': { open: () => answering(404), code: 'no-such-repo' },
  'http:// answers 401': { open: () => answering(401), code: 'needs-login' },
  'http:// answers 500': { open: () => answering(500), code: 'remote-gone' },
  'http:// redirects on its own host': {
    open: () => redirecting(),
    code: 'redirected',
    words: '/moved/mediawiki/core',
  },
  'http:// redirects elsewhere': {
    open: () => redirecting('http://other.example/'),
    code: 'redirected',
    words: 'http://other.example/mediawiki/core',
  },
};

describe.each(Object.entries(FAULTS))('%s', (_name, { open, code, words = '' }) => {
  const expected = { ok: false, diagnostics: [{ code: `git/${code}`, exit: 'outside' }] };

  it('is told when refs are asked, and when a commit is fetched', async () => {
    await using world = await gitWorld({ core: { 'a.php': 'a' } }, { silenceMs: 3000 });
    await using remote = await open();
    const ports = world.open({ through: remote.url, cache: join(world.root, 'cold') });
    const refs = await ports.refs.refs({ url: world.url('core') }, quiet);
    const fetched = await ports.objects.fetch(await core(world), quiet);
    expect(refs).toMatchObject(expected);
    expect(JSON.stringify(refs)).toContain(remote.url);
    expect(JSON.stringify(refs)).toContain(words);
    expect(fetched).toMatchObject(expected);
    expect(JSON.stringify(fetched)).toContain(words);
  });
});

it.each(['git', 'http'] as const)('refs without end over %s:// are not read to the end', async (scheme) => {
  await using world = await gitWorld({ core: { 'a.php': 'a' } });
  await using remote = await faultyRemote(scheme, 'endless');
  const refs = await world.open({ through: remote.url }).refs.refs({ url: world.url('core') }, quiet);
  expect(refs).toMatchObject({ ok: false });
  expect(JSON.stringify(refs)).toMatch(/git\/(?:broken-answer|not-git)/);
});

it('shows no password', async () => {
  await using world = await gitWorld({ core: { 'a.php': 'a' } });
  await using remote = await answering(401);
  const url = remote.url.replace('://', '://me:secret@');
  const refs = await world.ports.refs.refs({ url: `${url}core` }, quiet);
  expect(refs).toMatchObject({ ok: false, diagnostics: [{ code: 'git/needs-login' }] });
  expect(JSON.stringify(refs)).not.toContain('secret');
});

it('stops at once when the run is aborted, and leaves no git behind', async () => {
  await using world = await gitWorld({ core: { 'a.php': 'a' } });
  await using remote = await faultyRemote('git', 'hang');
  const context = { ...quiet, signal: AbortSignal.timeout(1500) };
  const ports = world.open({ through: remote.url, cache: join(world.root, 'cold') });
  await expect(ports.objects.fetch(await core(world), context)).rejects.toThrow(/abort/i);
  await expect(ports.refs.refs({ url: world.url('core') }, context)).rejects.toThrow(/abort/i);
  expect(await readdir(join(world.root, 'cold/git/.locks'))).toEqual([]);
});

describe.each([
  ['git daemon', gitDaemon],
  ['smart HTTP', smartHttp],
])('%s', (_name, open) => {
  it('half a pack is told, and the next run fetches it whole', async () => {
    await using world = await gitWorld({ core: { 'a.php': 'a' } }, { serve: open });
    await using server = await open(join(world.root, 'remotes'));
    await using half = await truncating(server);
    const wanted = await core(world);
    const cut = await world.open({ through: half.url }).objects.fetch(wanted, quiet);
    expect(cut).toMatchObject({ ok: false, diagnostics: [{ code: 'git/broken-answer' }] });
    await isFetched(world.open(), wanted);
  });

  it('a run that was killed in the middle of a pack stops nobody', async () => {
    const big = randomBytes(200_000).toString('hex');
    await using world = await gitWorld({ core: { 'a.php': 'a', big } }, { serve: open });
    await using server = await open(join(world.root, 'remotes'));
    await using stalled = await truncating(server, { afterBytes: 100_000, then: 'silence' });
    const wanted = await core(world);
    const args = [world.cache, stalled.url, wanted.url, wanted.commit, wanted.ref];
    const child = fork(join(import.meta.dirname, '../worlds/child-fetch.ts'), args);
    const mirror = join(world.cache, 'git', encodeURIComponent(wanted.url));
    while (child.exitCode === null && !(await hasHalfPack(mirror))) await delay(20);
    expect(existsSync(join(mirror, 'shallow.lock'))).toBe(true);
    child.kill('SIGKILL');
    await once(child, 'exit');
    await isFetched(world.open(), wanted);
    expect(await hasHalfPack(mirror)).toBe(false);
  });

  it('processes that fetch into one mirror at once take turns', async () => {
    await using world = await gitWorld({ core: { 'a.php': '0' } }, { serve: open });
    await using server = await open(join(world.root, 'remotes'));
    const commits = [await world.commit('core', { 'a.php': '1' }), await world.commit('core', { 'a.php': '2' })];
    const children = commits.map((commit) =>
      fork(join(import.meta.dirname, '../worlds/child-fetch.ts'), [
        ...[world.cache, server.url, world.url('core'), commit, 'refs/heads/master'],
      ]),
    );
    const answers = await Promise.all(children.map((child) => once(child, 'message')));
    expect(answers.map(([answer]: unknown[]) => answer)).toMatchObject([{ ok: true }, { ok: true }]);
  });
});

async function hasHalfPack(mirror: string): Promise<boolean> {
  const names = await readdir(join(mirror, 'objects/pack')).catch(() => []);
  return names.some((name) => name.startsWith('tmp_'));
}

async function isFetched(ports: GitPorts, wanted: Awaited<ReturnType<typeof core>>): Promise<void> {
  expect(await ports.objects.fetch(wanted, quiet)).toMatchObject({ ok: true });
  const file = await ports.objects.file({ url: wanted.url, id: wanted.commit }, 'a.php');
  expect(file?.toString()).toBe('a');
}

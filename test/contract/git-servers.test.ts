/** The servers of the worlds are what they say: plain git talks to them, at the distance asked for, and is counted. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { serveApart } from '../worlds/apart-server.ts';
import { runCommand } from '../worlds/command.ts';
import { PLAIN_GIT } from '../worlds/fast-import.ts';
import { faultyRemote, redirecting, truncating, answering } from '../worlds/faulty-remote.ts';
import { gitDaemon, smartHttp } from '../worlds/git-servers.ts';
import { gitWorld, type GitWorld } from '../worlds/git.ts';

const remotes = (world: GitWorld): string => join(world.root, 'remotes');
const git = (...args: readonly string[]) => runCommand(['git', ...args], { env: PLAIN_GIT });

describe.each([
  ['git daemon', gitDaemon],
  ['smart HTTP', smartHttp],
])('%s', (_name, open) => {
  it('serves refs and clones, and counts', async () => {
    await using world = await gitWorld({ core: { 'a.php': 'a' } });
    await using server = await open(remotes(world));
    const url = `${server.url}mediawiki/core`;
    expect((await git('ls-remote', url)).stdout).toContain('refs/heads/master');
    expect(await git('clone', '-q', url, join(world.root, 'clone'))).toMatchObject({ code: 0 });
    expect(server.counts.connections).toBe(2);
    expect(server.counts.requests).toBeGreaterThanOrEqual(2);
  });

  it('filters blobs where it is told to, and only then', async () => {
    await using world = await gitWorld({ core: { 'a.php': 'a' } });
    const missing = async (allowFilter: boolean): Promise<string> => {
      await using server = await open(remotes(world), { allowFilter });
      const clone = join(world.root, `clone-${allowFilter}`);
      const options = ['--no-checkout', '--filter=blob:none', '-q'];
      await git('clone', ...options, `${server.url}mediawiki/core`, clone);
      return (await git('-C', clone, 'rev-list', '--objects', '--missing=print', 'HEAD')).stdout;
    };
    expect(await missing(true)).toContain('\n?');
    expect(await missing(false)).not.toContain('\n?');
  });

  it('is as far away as asked', async () => {
    await using world = await gitWorld({ core: { 'a.php': 'a' } });
    await using server = await open(remotes(world), { roundTripMs: 200 });
    const before = performance.now();
    await git('ls-remote', `${server.url}mediawiki/core`);
    // The handshake, what the server can, the refs.
    expect(performance.now() - before).toBeGreaterThanOrEqual(600);
  });

  it('can be old: no protocol version 2, and no commit by its id alone', async () => {
    await using world = await gitWorld({ core: { 'a.php': 'a' } });
    const tip = await world.commit('core', { 'a.php': 'b' });
    await world.git(join(remotes(world), 'mediawiki/core.git'), 'update-ref', 'refs/heads/master', `${tip}^`);
    await world.git(world.root, 'init', '-q', '--bare', 'into');
    const fetchTip = async (allowAnySha1: boolean): Promise<string> => {
      await using server = await open(remotes(world), { protocol: 0, allowAnySha1 });
      return (await git('-C', join(world.root, 'into'), 'fetch', '-q', `${server.url}mediawiki/core`, tip)).stderr;
    };
    expect(await fetchTip(false)).toContain('does not allow request for unadvertised object');
    expect(await fetchTip(true)).toBe('');
  });

  it('can send half a pack', async () => {
    await using world = await gitWorld({ core: { 'a.php': 'a' } });
    await using server = await open(remotes(world));
    await using half = await truncating(server);
    const cloned = await git('clone', '-q', `${half.url}mediawiki/core`, join(world.root, 'clone'));
    expect(cloned.code).not.toBe(0);
  });
});

it('misbehaves as asked', async () => {
  await using reset = await faultyRemote('git', 'reset');
  await using other = await faultyRemote('http', 'not-git');
  await using gone = await answering(404);
  await using moved = await redirecting('http://127.0.0.1:1/');
  const said = async (url: string): Promise<string> =>
    (await git('-c', 'http.followRedirects=false', 'ls-remote', `${url}x`)).stderr;
  expect(await said(reset.url)).toMatch(/reset|unexpected/);
  expect(await said(other.url)).toBe(''); // git takes it for a repo without refs
  expect(await said(gone.url)).toContain('not found');
  expect(await said(moved.url)).toContain('unable to access');
});

it('serves from a process of its own too', async () => {
  await using world = await gitWorld({ core: { 'a.php': 'a' } });
  await using server = await serveApart('git', remotes(world), { roundTripMs: 20 });
  expect((await git('ls-remote', `${server.url}mediawiki/core`)).stdout).toContain('refs/heads/master');
  expect(await server.counts()).toEqual({ connections: 1, requests: 1 });
});

/** The commits between two, on real git: how far back it reads, what it fetches, what it does with a server's limits. */
import { existsSync } from 'node:fs';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openGit } from '../../src/adapters/git/index.ts';
import { PLAIN_GIT } from '../worlds/fast-import.ts';
import { gitWorld, type GitWorld } from '../worlds/git.ts';
import { writeHistory, type WrittenCommit } from '../worlds/history.ts';
import { quiet } from './git-ports.contract.ts';

const many = (prefix: string, days: readonly number[]): WrittenCommit[] =>
  days.map((day) => ({ subject: `${prefix} ${day}`, day }));
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, at) => from + at);

interface Trains {
  readonly world: GitWorld;
  readonly before: { commit: string; ref: string };
  readonly after: { commit: string; ref: string };
}

/** master for 600 days; wmf.1 was cut at day 590, wmf.2 at day 597; each has a backport. */
async function trains(): Promise<Trains & AsyncDisposable> {
  const world = await gitWorld({ 'extensions/Echo': { 'Echo.php': '<?php' } });
  const repo = 'extensions/Echo';
  await writeHistory(world, { repo, branch: 'master' }, many('old', range(0, 590)));
  const backport: WrittenCommit = {
    subject: 'Backport',
    day: 592,
    footers: ['Bug: T7', `Change-Id: I${'a'.repeat(40)}`],
  };
  const first = await writeHistory(world, { repo, branch: 'wmf/1', from: 'refs/heads/master^0' }, [backport]);
  await writeHistory(world, { repo, branch: 'master' }, many('new', range(590, 597)));
  const late = { subject: 'Fix of the train', day: 598 };
  const second = await writeHistory(world, { repo, branch: 'wmf/2', from: 'refs/heads/master^0' }, [late]);
  return {
    world,
    before: { commit: first, ref: 'refs/heads/wmf/1' },
    after: { commit: second, ref: 'refs/heads/wmf/2' },
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  };
}

const remoteOf = (world: GitWorld): string => join(world.root, 'remotes/mediawiki/extensions/Echo.git');
const between = ({ world, before, after }: Trains) =>
  world.ports.history.between({ url: world.url('extensions/Echo'), before, after }, quiet);
const historyRepo = async (world: GitWorld): Promise<string> => {
  const root = join(world.cache, 'history');
  return join(root, (await readdir(root)).find((name) => name !== '.locks') ?? '');
};
const subjects = (side: { commits: readonly { subject: string }[] }): string[] =>
  side.commits.map((one) => one.subject);

async function expectTrains(made: Trains): Promise<void> {
  const found = await between(made);
  if (!found.ok) throw new Error(JSON.stringify(found.diagnostics));
  const { added, removed } = found.value;
  expect(subjects(added)).toEqual([
    'Fix of the train',
    ...range(590, 597)
      .toReversed()
      .map((day) => `new ${day}`),
  ]);
  expect(removed).toMatchObject({
    count: 1,
    commits: [{ subject: 'Backport', author: 'A Developer', bugs: ['T7'], changeId: `I${'a'.repeat(40)}` }],
  });
  expect(removed.commits[0]?.authoredAt).toBe(1_704_067_200 + 592 * 86_400);
}

it('gives what either has and the other has not, with footers, and fetches no more of the past than some weeks', async () => {
  await using made = await trains();
  await made.world.git(remoteOf(made.world), 'config', 'uploadpack.allowFilter', 'true');
  await made.world.git(remoteOf(made.world), 'config', 'uploadpack.allowAnySHA1InWant', 'true');
  await expectTrains(made);
  const repo = await historyRepo(made.world);
  const all = await made.world.git(repo, 'cat-file', '--batch-check', '--batch-all-objects');
  expect(all).not.toMatch(/ (tree|blob) /);
  expect(all.split('\n').length).toBeLessThan(60);
  expect(existsSync(join(made.world.cache, 'git'))).toBe(false);
});

it('needs no remote the second time', async () => {
  await using made = await trains();
  await expectTrains(made);
  await rm(join(made.world.root, 'remotes'), { recursive: true });
  await expectTrains(made);
});

it('goes back as far as it takes: two that parted 500 days ago, and two without a common past', async () => {
  await using made = await trains();
  const { world, after } = made;
  const where = { repo: 'extensions/Echo', branch: 'old', from: 'refs/heads/master~500' };
  const before = { commit: await writeHistory(world, where, many('side', [596])), ref: 'refs/heads/old' };
  const found = await between({ world, before, after });
  expect(found).toMatchObject({ ok: true, value: { added: { count: 501 }, removed: { count: 1 } } });
  const orphan = (await world.git(remoteOf(world), 'rev-list', '--max-parents=0', 'master')).trim();
  const tree = await world.git(remoteOf(world), 'rev-parse', `${orphan}^{tree}`);
  const alone = await world.git(
    remoteOf(world),
    ...'-c user.name=W -c user.email=w@e commit-tree -m alone'.split(' '),
    tree,
  );
  await world.git(remoteOf(world), 'update-ref', 'refs/heads/alone', alone);
  const apart = await between({ world, before: { commit: alone, ref: 'refs/heads/alone' }, after });
  expect(apart).toMatchObject({ ok: true, value: { added: { count: 599 }, removed: { count: 1 } } });
});

it('asks for branches where the server sends no bare commit, and for whole commits where it has no filter', async () => {
  await using made = await trains();
  const { world, before, after } = made;
  await world.git(remoteOf(world), 'config', 'uploadpack.allowFilter', 'false');
  const mirror = { from: world.url('').replace(/mediawiki\/$/, ''), to: `file://${world.root}/remotes/` };
  const oldProtocol = { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'protocol.version', GIT_CONFIG_VALUE_0: '0' };
  const environment = { ...process.env, ...PLAIN_GIT, ...oldProtocol };
  const { history } = openGit({ cache: world.cache, mirrors: [mirror], environment });
  const inside = { ...after, commit: await world.git(remoteOf(world), 'rev-parse', `${after.commit}~2`) };
  const found = await history.between({ url: world.url('extensions/Echo'), before, after: inside }, quiet);
  expect(found).toMatchObject({ ok: true, value: { added: { count: 6 }, removed: { count: 1 } } });
});

it('takes a later pair from the same history, and an earlier one', async () => {
  await using made = await trains();
  await expectTrains(made);
  const { world } = made;
  const where = { repo: 'extensions/Echo', branch: 'wmf/2' };
  const next = await writeHistory(world, where, many('next', [599, 600]));
  const later = await between({ world, before: made.after, after: { ...made.after, commit: next } });
  expect(later).toMatchObject({ ok: true, value: { added: { count: 2 }, removed: { count: 0 } } });
  const [early, earlier] = ['master~300', 'master~310'].map((name) => world.git(remoteOf(world), 'rev-parse', name));
  const ref = 'refs/heads/master';
  const past = await between({
    world,
    before: { commit: (await earlier) ?? '', ref },
    after: { commit: (await early) ?? '', ref },
  });
  expect(past).toMatchObject({ ok: true, value: { added: { count: 10 }, removed: { count: 0 } } });
});

it('says that the remote no longer has the commit, or is not there', async () => {
  await using made = await trains();
  const gone = { ...made, before: { commit: '1'.repeat(40), ref: 'refs/heads/wmf/1' } };
  expect(await between(gone)).toMatchObject({ ok: false, diagnostics: [{ code: 'git/no-such-commit' }] });
  await rm(remoteOf(made.world), { recursive: true });
  const away = { ...made, before: { commit: '2'.repeat(40), ref: 'refs/heads/wmf/1' } };
  expect(await between(away)).toMatchObject({ ok: false, diagnostics: [{ code: 'git/no-such-repo' }] });
});

it('hands git no url that would run a program', async () => {
  await using world = await gitWorld({ core: {} });
  const [before, after] = ['1', '2'].map((digit) => ({ commit: digit.repeat(40), ref: 'refs/heads/master' }));
  for (const url of ['ext::sh -c "touch /tmp/x"', '--upload-pack=x', 'ssh://-oProxyCommand=x/y']) {
    const found = await world.ports.history.between({ url, before: before!, after: after! }, quiet);
    expect(found).toMatchObject({ ok: false, diagnostics: [{ code: 'resolve/unsafe-url' }] });
  }
});

it('two at once do not meet, and a broken history is read anew', async () => {
  await using made = await trains();
  await Promise.all([expectTrains(made), expectTrains(made), expectTrains(made)]);
  const repo = await historyRepo(made.world);
  await rm(join(repo, 'objects/pack'), { recursive: true });
  await expectTrains(made);
  await rm(join(repo, 'HEAD'));
  await writeFile(join(repo, 'shallow'), 'nonsense\n');
  await expectTrains(made);
  expect(await readFile(join(repo, 'HEAD'), 'utf8')).toMatch('ref:');
});

it('reads a file as it was at a revision, from any folder of the checkout, and refuses what is none', async () => {
  await using world = await gitWorld({ core: { 'sets/a.yaml': 'one\n' } });
  await world.commit('core', { 'sets/a.yaml': 'two\n' });
  const root = await world.checkout('core');
  const at = (revision: string, path = 'a.yaml') =>
    world.ports.history.fileAt({ folder: join(root, 'sets'), revision, path });
  expect(await at('HEAD')).toEqual({ ok: true, value: 'two\n' });
  expect(await at('HEAD~1')).toEqual({ ok: true, value: 'one\n' });
  expect(await at('HEAD', 'b.yaml')).toEqual({ ok: true, value: undefined });
  for (const revision of ['nope', '--help', '-h', '']) {
    expect(await at(revision)).toMatchObject({ ok: false, diagnostics: [{ code: 'git/no-such-revision' }] });
  }
  const outside = await world.ports.history.fileAt({ folder: world.root, revision: 'HEAD', path: 'a.yaml' });
  expect(outside).toMatchObject({ ok: false, diagnostics: [{ code: 'git/not-a-repo' }] });
});

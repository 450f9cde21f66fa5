/** The world of production's 194 repos: what it says of itself, and that it is the same for everybody. */
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, utimes, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runCommand } from '../worlds/command.ts';
import { defaultCache, testContext } from '../worlds/context.ts';
import { ensureProduction, productionWorld, type ProductionWorld } from '../worlds/production/index.ts';
import { refsOf } from '../worlds/production/bare-repo.ts';

const open = () => productionWorld({ cache: defaultCache(), context: testContext() });

const git = async (world: ProductionWorld, name: string, ...args: string[]): Promise<string> => {
  const done = await runCommand(['git', `--git-dir=${world.remote(name)}`, ...args]);
  if (done.code !== 0) throw new Error(done.stderr);
  return done.stdout.trimEnd();
};

it('has the 194 of production with core and vendor, the real ones real', async () => {
  await using world = await open();
  expect(world.repos).toHaveLength(194);
  expect(world.repos.filter(({ kind }) => kind === 'skin')).toHaveLength(7);
  expect(world.repos.filter(({ real }) => real)).toHaveLength(35);
  const lost = ['core', 'vendor', ...world.repos.map(({ name }) => name)].filter(
    (name) => !existsSync(world.remote(name)),
  );
  expect(lost).toEqual([]);
  expect(await git(world, 'Cite', 'show', 'REL1_43:extension.json')).toContain('"Cite\\\\');
});

it('makes the same commits everywhere', async () => {
  await using world = await open();
  // The very ids: another one is another world, so raise PRODUCTION_VERSION.
  expect(Object.fromEntries(await refsOf(world.remote('WikiLambda')))).toMatchObject({
    'refs/heads/REL1_43': '80204488fb30e0b18425648e81de20807e5298ca',
    'refs/heads/master': 'f7f5cd7338a56528d8cdeeb687af88fe28920672',
  });
  expect(await git(world, 'CampaignEvents', 'rev-parse', 'wmf/1.43.0-wmf.2')).toBe(
    'a09ff8cc03660388b7e15af8cea24fe84f46cee5',
  );
});

it('says of each repo what the data says: hard edges required, extras skipped without, phan told and imported', async () => {
  await using world = await open();
  const repo = world.repos.find(({ name }) => name === 'WikimediaEvents');
  const manifest = JSON.parse(await git(world, 'WikimediaEvents', 'show', 'master:extension.json')) as {
    requires: { extensions: object };
  };
  expect(Object.keys(manifest.requires.extensions).sort()).toEqual([...(repo?.hard ?? [])].sort());
  const tests = await git(world, 'WikimediaEvents', 'show', 'master:tests/phpunit/integration/ExtrasTest.php');
  expect(tests.match(/markTestSkippedIfExtensionNotLoaded/g)).toHaveLength(repo?.extras.length ?? 0);
  const phan = await git(world, 'WikimediaEvents', 'show', 'master:.phan/config.php');
  expect(phan.match(/'\.\.\/\.\.\/extensions\//g)).toHaveLength(2 * (repo?.phan.length ?? 0));
  const store = await git(world, 'WikimediaEvents', 'show', 'master:src/WikimediaEventsStore.php');
  expect(store.match(/^use /gm)).toHaveLength(repo?.phan.length ?? 0);
});

it('requires nothing that production lacks', async () => {
  await using world = await open();
  const names = new Set(world.repos.map(({ name }) => name));
  expect(world.repos.flatMap(({ hard }) => hard.filter((name) => !names.has(name)))).toEqual([]);
  const soft = world.repos.flatMap(({ extras, phan }) => [...extras, ...phan].filter((name) => !names.has(name)));
  expect([...new Set(soft)].sort()).toEqual([
    ...['AdminLinks', 'FundraisingEmailUnsubscribe', 'GoogleNewsSitemap', 'UserMerge', 'WebAuthn'],
  ]);
});

it('lacks a branch where it says so, and has a submodule in a submodule', async () => {
  await using world = await open();
  expect(world.reposWithout('wmf/1.43.0-wmf.1')).toHaveLength(16);
  expect(world.reposWithout('REL1_43')).toEqual([
    ...['ArticleCreationWorkflow', 'cldr', 'SubPageList3', 'TimedMediaHandler', 'wikihiero'],
  ]);
  const refs = (await refsOf(world.remote('cldr'))).map(([name]) => name);
  expect(refs.filter((name) => name.startsWith('refs/heads/'))).toEqual(['refs/heads/master']);
  const link = /^160000 commit ([0-9a-f]{40})/.exec(
    await git(world, 'WikiLambda', 'ls-tree', 'master', 'function-schemata'),
  );
  const inner = await git(world, 'services/function-schemata', 'ls-tree', '-r', link?.[1] ?? '', 'test/vectors');
  expect(inner).toMatch(/^160000 commit/);
});

it("a test's pushes stay its own", async () => {
  await using mine = await open();
  await using other = await open();
  const before = await git(other, 'Echo', 'rev-parse', 'REL1_43');
  const pushed = await mine.commit('Echo', { 'new.txt': 'new\n' }, 'REL1_43');
  expect(await git(mine, 'Echo', 'rev-parse', 'REL1_43')).toBe(pushed);
  expect(await git(other, 'Echo', 'rev-parse', 'REL1_43')).toBe(before);
});

it('is made once by two at a time, and again where a kill left half of it', async () => {
  const cache = await mkdtemp(join(tmpdir(), 'mwpipe-made-'));
  try {
    const left = join(cache, 'production/.making-killed');
    await mkdir(left, { recursive: true });
    await utimes(left, 1, 1);
    const source = { cache: defaultCache(), context: testContext(), root: join(cache, 'production') };
    await Promise.all([ensureProduction(source), ensureProduction(source)]);
    expect((await readdir(join(cache, 'production'))).sort()).toEqual(['made', 'remotes']);
    const stop = new AbortController();
    const half = { ...source, context: testContext({ signal: stop.signal }), root: join(cache, 'stopped') };
    const making = ensureProduction(half);
    setTimeout(() => stop.abort(new Error('interrupted')), 300);
    await expect(making).rejects.toThrow();
    expect(await readdir(join(cache, 'stopped'))).toEqual([]);
  } finally {
    await rm(cache, { recursive: true, force: true });
  }
});

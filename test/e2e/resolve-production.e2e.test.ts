/** `mwpipe resolve wikimedia-production`, as a release engineer types it: 194 repos, core and vendor on a git daemon. */
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Diagnostic } from '../../src/kernel/diagnostic.ts';
import type { Lockfile, Resolved } from '../../src/resolve/index.ts';
import { defaultCache, testContext } from '../worlds/context.ts';
import { faultyRemote } from '../worlds/faulty-remote.ts';
import { gitDaemon, smartHttp } from '../worlds/git-servers.ts';
import { productionWorkspace, productionWorld, setOf, type ProductionWorld } from '../worlds/production/index.ts';

type Workspace = Awaited<ReturnType<typeof productionWorkspace>>;

const open = () => productionWorld({ cache: defaultCache(), context: testContext() });
const RESOLVE = ['resolve', 'wikimedia-production', '--train', '1.43.0-wmf.1'] as const;

const resolved = async (workspace: Workspace, ...argv: readonly string[]): Promise<Resolved> => {
  const { exit, value, diagnostics } = await workspace.result(...RESOLVE, ...argv);
  if (exit !== 0) throw new Error(`exit ${exit}: ${JSON.stringify(diagnostics)}`);
  return value as Resolved;
};

const fallbacks = ({ components }: Lockfile): string[] =>
  components.flatMap(({ name, fallback }) => (fallback === undefined ? [] : [name])).sort();

describe('all of production', () => {
  const stack = new AsyncDisposableStack();
  let world: ProductionWorld;
  let workspace: Workspace;
  let origin: string;
  beforeAll(async () => {
    world = stack.use(await open());
    const server = stack.use(await gitDaemon(world.remotes));
    origin = server.url;
    workspace = stack.use(await productionWorkspace(world, { origin }));
  });
  afterAll(() => stack.disposeAsync());

  it('locks all 196 with their submodules, every requirement met, and names what fell back', async () => {
    const { lock, changes, written } = await resolved(workspace);
    expect(written).toBe(true);
    expect(changes).toHaveLength(196);
    const names = lock.components.map(({ name }) => name);
    expect(names.toSorted()).toEqual(['core', 'vendor', ...world.repos.map(({ name }) => name)].sort());
    expect(fallbacks(lock)).toEqual([...world.reposWithout('wmf/1.43.0-wmf.1')].sort());
    expect(lock.components.find(({ name }) => name === 'cldr')).toMatchObject({
      ref: 'refs/heads/master',
      fallback: 'no wmf/1.43.0-wmf.1',
    });
    expect(lock.components.find(({ name }) => name === 'Wikibase')).toMatchObject({
      manifest: 'extension-repo.json',
      registered: 'WikibaseRepository',
      also: [{ file: 'extension-client.json', registered: 'WikibaseClient' }],
    });
    const gerrit = 'https://gerrit.wikimedia.org/r/mediawiki/services';
    // The submodule of a submodule, its relative url made whole.
    expect(lock.components.find(({ name }) => name === 'WikiLambda')?.submodules).toMatchObject([
      {
        path: 'function-schemata',
        url: `${gerrit}/function-schemata`,
        submodules: [{ path: 'test/vectors', url: `${gerrit}/function-vectors` }],
      },
    ]);
  });

  it('writes nothing the second time', async () => {
    const before = await stat(workspace.lockFile);
    expect(await resolved(workspace)).toMatchObject({ changes: [], written: false });
    expect((await stat(workspace.lockFile)).mtimeMs).toBe(before.mtimeMs);
  });

  it('shows a push as one changed component: frozen fails, writing takes it', async () => {
    const commit = await world.commit('Echo', { 'new.txt': 'new\n' }, 'wmf/1.43.0-wmf.1');
    const frozen = await workspace.result(...RESOLVE, '--frozen');
    expect(frozen).toMatchObject({ exit: 1, diagnostics: [{ code: 'resolve/lock-outdated' }] });
    const { lock, changes } = await resolved(workspace);
    expect(changes).toMatchObject([{ component: 'Echo', change: 'moved', treeChanged: true }]);
    expect(lock.components.find(({ name }) => name === 'Echo')?.commit).toBe(commit);
  });

  it('takes the next train, whose fallbacks are others', async () => {
    const { exit, value } = await workspace.result(
      'resolve',
      'wikimedia-production',
      '--train',
      '1.43.0-wmf.2',
      '--dry-run',
    );
    const { lock, changes, written } = value as Resolved;
    expect([exit, written, lock.mediawiki]).toEqual([0, false, '1.43.0-wmf.2']);
    expect(fallbacks(lock)).toEqual([...world.reposWithout('wmf/1.43.0-wmf.2')].sort());
    const other = changes.filter(({ treeChanged }) => treeChanged).map(({ component }) => component);
    expect(other).toEqual(expect.arrayContaining(['core', 'Cite', 'Poem', 'WikimediaMessages']));
  });

  it('names the missing, the broken and the hanging repo, each at its line; the other 193 are read', async () => {
    await using hanging = await faultyRemote('http', 'hang');
    await rm(world.remote('Josa'), { recursive: true });
    await world.commit('Quiz', { 'extension.json': '{\n\t"name": "Quiz",\n}\n' }, 'wmf/1.43.0-wmf.1');
    const shipped = await readFile(workspace.setFile, 'utf8');
    const set = shipped.replace('  - Score\n', '  - { name: Score, url: https://slow.example/Score }\n');
    await using broken = await productionWorkspace(world, {
      ...{ origin, set },
      mirrors: [{ from: 'https://slow.example/', to: hanging.url }],
      env: { MWPIPE_CACHE: workspace.cache, GIT_HTTP_LOW_SPEED_LIMIT: '1000', GIT_HTTP_LOW_SPEED_TIME: '20' },
    });
    const { exit, diagnostics, events } = await broken.result(...RESOLVE);
    const lines = set.split('\n');
    const place = (name: string) => ({
      file: broken.setFile,
      line: lines.findIndex((line) => line.includes(`- ${name}`) || line.includes(`name: ${name},`)) + 1,
    });
    const told = (diagnostics as Diagnostic[]).toSorted((a, b) => (a.message < b.message ? -1 : 1));
    expect(told).toEqual([
      expect.objectContaining({ code: 'json/syntax', at: expect.objectContaining({ line: 3, column: 1 }) as object }),
      expect.objectContaining({ code: 'git/timeout', at: expect.objectContaining(place('Score')) as object }),
      expect.objectContaining({
        code: 'resolve/unknown-component',
        at: expect.objectContaining(place('Josa')) as object,
      }),
    ]);
    expect(exit).toBe(2);
    expect(told[0]?.at?.file).toMatch(/^Quiz@[0-9a-f]{7}:extension\.json$/);
    expect(events.filter(({ code }) => code === 'resolve/ref-chosen')).toHaveLength(194);
    expect(await readdir(dirname(broken.lockFile))).not.toContain('wikimedia-production.lock.yaml');
  });
});

/** Twenty of them, over smart HTTP: how a run ends doesn't depend on how many there are. */
describe('a run that is ended', () => {
  const stack = new AsyncDisposableStack();
  let world: ProductionWorld;
  let origin: string;
  let whole: string;
  beforeAll(async () => {
    world = stack.use(await open());
    const server = stack.use(await smartHttp(world.remotes));
    origin = server.url;
    await using workspace = await small();
    await resolved(workspace);
    expect(await resolved(workspace, '--frozen')).toMatchObject({ changes: [], written: false });
    whole = await readFile(workspace.lockFile, 'utf8');
  });
  afterAll(() => stack.disposeAsync());
  const small = () => {
    const some = world.repos.filter(({ hard, real }) => !real && hard.length === 0).slice(0, 20);
    return productionWorkspace(world, { origin, set: setOf(some.map(({ name }) => name)) });
  };
  const filesOf = async (workspace: Workspace) =>
    (await readdir(dirname(workspace.lockFile))).filter((file) => file.startsWith('wikimedia-production'));

  it('goes on after SIGKILL in the middle, to the same lock', async () => {
    await using workspace = await small();
    const when = { code: 'resolve/component-fetched', times: 5, signal: 'SIGKILL' } as const;
    expect(await workspace.signalled(when, ...RESOLVE)).toMatchObject({ by: 'SIGKILL' });
    expect(await filesOf(workspace)).toEqual(['wikimedia-production.yaml']);
    await resolved(workspace);
    expect(await readFile(workspace.lockFile, 'utf8')).toBe(whole);
  });

  it('ends at Ctrl-C with 130 and leaves no half', async () => {
    await using workspace = await small();
    const when = { code: 'resolve/component-fetched', times: 5, signal: 'SIGINT' } as const;
    const ended = await workspace.signalled(when, ...RESOLVE);
    expect(ended).toMatchObject({
      exit: 130,
      stdout: expect.stringContaining('{"code":"result","exit":130}') as string,
    });
    expect(await filesOf(workspace)).toEqual(['wikimedia-production.yaml']);
    await resolved(workspace);
    expect(await readFile(workspace.lockFile, 'utf8')).toBe(whole);
  });

  // A sweep of src/resolve/lock/read-facts.ts ends at the first that stops, and one still under way may tell something
  // after the result: src/cli/run.ts closes the renderer, which doesn't keep it silent. Seen once in three runs.
  it.todo('tells nothing more after its result when Ctrl-C ended it', async () => {
    await using workspace = await small();
    const when = { code: 'resolve/component-fetched', times: 5, signal: 'SIGINT' } as const;
    const { stdout } = await workspace.signalled(when, ...RESOLVE);
    expect(stdout.trim().split('\n').at(-1)).toBe('{"code":"result","exit":130}');
  });

  it('two at once, cold, write the same lock', async () => {
    await using workspace = await small();
    await Promise.all([resolved(workspace), resolved(workspace)]);
    expect(await readFile(workspace.lockFile, 'utf8')).toBe(whole);
    expect((await filesOf(workspace)).sort()).toEqual(['wikimedia-production.lock.yaml', 'wikimedia-production.yaml']);
  });
});

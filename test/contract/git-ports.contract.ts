/** What every implementation of the git ports must do; `open` gives a world and the ports over it. */
import { writeFile, rm, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { systemClock } from '../../src/kernel/clock.ts';
import { ok } from '../../src/kernel/outcome.ts';
import type { RunContext } from '../../src/kernel/run-context.ts';
import type { gitWorld, GitWorld } from '../worlds/git.ts';

export const quiet: RunContext = {
  signal: new AbortController().signal,
  emit: () => undefined,
  clock: systemClock,
};

export function gitPortsContract(name: string, open: typeof gitWorld): void {
  refsContract(name, open);
  objectsContract(name, open);
  fetchContract(name, open);
  snapshotContract(name, open);
  changesContract(name, open);
}

function refsContract(name: string, open: typeof gitWorld): void {
  it(`${name}: lists branches and tags with their commits, annotated tags too`, async () => {
    await using world = await open({ core: { 'a.php': '<?php' } });
    const commit = await world.git(join(world.root, 'remotes/mediawiki/core.git'), 'rev-parse', 'master');
    await world.tag('core', '1.0');
    await world.tag('core', '1.1', true);
    const refs = await world.ports.refs.refs({ url: world.url('core') }, quiet);
    const expected = ['refs/heads/master', 'refs/tags/1.0', 'refs/tags/1.1'].map((ref) => [ref, commit]);
    expect(refs).toEqual(ok(new Map(expected as [string, string][])));
  });

  it(`${name}: says that there is no such repo`, async () => {
    await using world = await open({ core: {} });
    const refs = await world.ports.refs.refs({ url: world.url('extensions/Echoo') }, quiet);
    expect(refs).toMatchObject({ ok: false, diagnostics: [{ code: 'git/no-such-repo', exit: 'outside' }] });
  });
}

const fetchMaster = async (world: GitWorld, name: string) => {
  const refs = await world.ports.refs.refs({ url: world.url(name) }, quiet);
  const commit = refs.ok ? (refs.value.get('refs/heads/master') ?? '') : '';
  const fetched = await world.ports.objects.fetch({ url: world.url(name), commit, ref: 'refs/heads/master' }, quiet);
  return { commit, fetched, ref: { url: world.url(name), id: commit } };
};

async function collect(world: GitWorld, name: string, oids: readonly string[]): Promise<string[]> {
  const texts: string[] = [];
  for await (const { data } of world.ports.objects.blobs(world.url(name), oids)) texts.push(data.toString());
  return texts;
}

const idOf = (world: GitWorld, name: string, revision: string): Promise<string> =>
  world.git(join(world.root, `remotes/mediawiki/${name}.git`), 'rev-parse', revision);

function fetchContract(name: string, open: typeof gitWorld): void {
  it(`${name}: lists only the refs that begin as asked`, async () => {
    await using world = await open({ core: { 'a.php': 'a' } });
    const commit = await world.commit('core', { 'b.php': 'b' }, { branch: 'wmf/1.47' });
    await world.tag('core', 'wmf/1.47');
    const refs = await world.ports.refs.refs({ url: world.url('core'), prefixes: ['refs/heads/wmf/'] }, quiet);
    expect(refs).toEqual(ok(new Map([['refs/heads/wmf/1.47', commit]])));
  });

  it(`${name}: gives the commit that was asked, though its branch has moved on`, async () => {
    await using world = await open({ core: { 'a.php': 'old' } });
    const commit = await idOf(world, 'core', 'master');
    await world.commit('core', { 'a.php': 'new' });
    const wanted = { url: world.url('core'), commit, ref: 'refs/heads/master' };
    expect(await world.ports.objects.fetch(wanted, quiet)).toMatchObject({ ok: true });
    const file = await world.ports.objects.file({ url: wanted.url, id: commit }, 'a.php');
    expect(file?.toString()).toBe('old');
  });

  it(`${name}: fetches as much history as asked, later too`, async () => {
    await using world = await open({ core: { 'a.php': '1' } });
    const parent = await idOf(world, 'core', 'master');
    const commit = await world.commit('core', { 'a.php': '2' });
    const wanted = { url: world.url('core'), commit, ref: 'refs/heads/master' };
    await world.ports.objects.fetch(wanted, quiet);
    const deeper = await world.ports.objects.fetch({ ...wanted, depth: 2 }, quiet);
    expect(deeper).toEqual(ok({ tree: await idOf(world, 'core', 'master^{tree}') }));
    const before = await world.ports.objects.file({ url: wanted.url, id: parent }, 'a.php');
    expect(before?.toString()).toBe('1');
  });

  it(`${name}: a commit that was fetched without its files is fetched whole when they are wanted`, async () => {
    await using world = await open({ core: { 'a.php': 'a' } });
    const commit = await idOf(world, 'core', 'master');
    const wanted = { url: world.url('core'), commit, ref: 'refs/heads/master' };
    const tree = await idOf(world, 'core', 'master^{tree}');
    expect(await world.ports.objects.fetch({ ...wanted, filter: 'blobs' }, quiet)).toEqual(ok({ tree }));
    expect(await world.ports.objects.fetch(wanted, quiet)).toEqual(ok({ tree }));
    const file = await world.ports.objects.file({ url: wanted.url, id: commit }, 'a.php');
    expect(file?.toString()).toBe('a');
  });

  it(`${name}: refuses what git or ssh could take for something else`, async () => {
    await using world = await open({ core: { 'a.php': 'a' } });
    const { commit } = await fetchMaster(world, 'core');
    const url = 'ext::sh -c "touch /tmp/mwpipe-was-here"';
    const unsafe = { ok: false, diagnostics: [{ code: 'resolve/unsafe-url', exit: 'refused' }] };
    expect(await world.ports.refs.refs({ url }, quiet)).toMatchObject(unsafe);
    expect(await world.ports.objects.fetch({ url, commit, ref: 'refs/heads/x' }, quiet)).toMatchObject(unsafe);
    const option = { url: world.url('core'), commit, ref: '--upload-pack=touch' };
    expect(await world.ports.objects.fetch(option, quiet)).toMatchObject({
      diagnostics: [{ code: 'resolve/unsafe-ref' }],
    });
    const noId = { url: world.url('core'), commit: '--all', ref: 'refs/heads/x' };
    expect(await world.ports.objects.fetch(noId, quiet)).toMatchObject({
      diagnostics: [{ code: 'git/no-such-commit' }],
    });
  });
}

function objectsContract(name: string, open: typeof gitWorld): void {
  it(`${name}: reads a fetched tree in order of path bytes, with sizes, and its blobs in the order asked`, async () => {
    const files = {
      'b.php': 'bb',
      'a/z.php': '',
      'a.php': 'a',
      'a-b.php': 'ab',
      'ä ö.txt': 'é\n',
      big: 'x'.repeat(300_000),
    };
    await using world = await open({ core: files });
    const { ref } = await fetchMaster(world, 'core');
    const entries = await world.ports.objects.entries(ref);
    expect(entries.map(({ path, bytes, mode }) => [path, bytes, mode])).toEqual([
      ['a-b.php', 2, '100644'],
      ['a.php', 1, '100644'],
      ['a/z.php', 0, '100644'],
      ['b.php', 2, '100644'],
      ['big', 300_000, '100644'],
      ['ä ö.txt', 3, '100644'],
    ]);
    const oids = entries.map(({ oid }) => oid).toReversed();
    expect(await collect(world, 'core', oids)).toEqual(['é\n', files.big, 'bb', '', 'a', 'ab']);
  });

  it(`${name}: gives one file, and nothing for a path that is absent or a folder`, async () => {
    await using world = await open({ core: { 'includes/Defines.php': '<?php' } });
    const { ref } = await fetchMaster(world, 'core');
    expect((await world.ports.objects.file(ref, 'includes/Defines.php'))?.toString()).toBe('<?php');
    expect(await world.ports.objects.file(ref, 'includes')).toBeUndefined();
    expect(await world.ports.objects.file(ref, 'nope.php')).toBeUndefined();
  });

  it(`${name}: stops reading when the reader has enough`, async () => {
    await using world = await open({
      core: Object.fromEntries(Array.from({ length: 200 }, (_, at) => [`f${at}`, `${at}`])),
    });
    const { ref } = await fetchMaster(world, 'core');
    const oids = (await world.ports.objects.entries(ref)).map(({ oid }) => oid);
    for await (const { oid } of world.ports.objects.blobs(ref.url, oids)) {
      expect(oid).toBe(oids[0]);
      break;
    }
  });

  it(`${name}: needs no remote for a commit that it has`, async () => {
    await using world = await open({ core: { 'a.php': 'a' } });
    const first = await fetchMaster(world, 'core');
    const again = { url: world.url('core'), commit: first.commit, ref: 'refs/heads/gone' };
    expect(await world.ports.objects.fetch(again, quiet)).toEqual(first.fetched);
  });

  it(`${name}: says that the remote has no such commit`, async () => {
    await using world = await open({ core: { 'a.php': 'a' } });
    const wanted = { url: world.url('core'), commit: '1'.repeat(40), ref: 'refs/heads/gone' };
    const fetched = await world.ports.objects.fetch(wanted, quiet);
    expect(fetched).toMatchObject({ ok: false, diagnostics: [{ code: 'git/no-such-commit' }] });
  });
}

function snapshotContract(name: string, open: typeof gitWorld): void {
  it(`${name}: snapshots edited, staged, deleted and untracked files, without the ignored`, async () => {
    await using world = await open({ Cite: { 'a.php': '1', 'b.php': '2', 'c.php': '3', '.gitignore': '*.log\n' } });
    const folder = await world.checkout('Cite');
    await writeFile(join(folder, 'a.php'), 'edited');
    await writeFile(join(folder, 'staged.php'), 'staged');
    await world.git(folder, 'add', 'staged.php');
    await rm(join(folder, 'c.php'));
    await writeFile(join(folder, 'new.php'), 'untracked');
    await writeFile(join(folder, 'x.log'), 'ignored');
    const before = { status: await world.git(folder, 'status', '--short'), objects: await objectsOf(world, folder) };
    const snapshot = await world.ports.workTrees.snapshot(folder, world.url('Cite'));
    expect(snapshot).toMatchObject({ ok: true, value: { branch: 'master', remoteUrl: world.url('Cite') } });
    const id = snapshot.ok ? snapshot.value.tree : '';
    const entries = await world.ports.objects.entries({ url: world.url('Cite'), id });
    const texts = await collect(
      world,
      'Cite',
      entries.map(({ oid }) => oid),
    );
    expect(Object.fromEntries(entries.map(({ path }, at) => [path, texts[at]]))).toEqual({
      '.gitignore': '*.log\n',
      'a.php': 'edited',
      'b.php': '2',
      'new.php': 'untracked',
      'staged.php': 'staged',
    });
    expect({ status: await world.git(folder, 'status', '--short'), objects: await objectsOf(world, folder) }).toEqual(
      before,
    );
  });

  it(`${name}: the snapshot of a clean checkout is the tree of its commit`, async () => {
    await using world = await open({ Cite: { 'a.php': '1' } });
    const folder = await world.checkout('Cite');
    const snapshot = await world.ports.workTrees.snapshot(folder, world.url('Cite'));
    expect(snapshot).toMatchObject({ ok: true, value: { tree: await world.git(folder, 'rev-parse', 'HEAD^{tree}') } });
  });

  it(`${name}: snapshots commits that no remote has`, async () => {
    await using world = await open({ Cite: { 'a.php': '1', 'b.php': '2' } });
    const folder = await world.checkout('Cite');
    await writeFile(join(folder, 'a.php'), 'committed');
    await world.git(folder, 'commit', '-qam', 'mine');
    const snapshot = await world.ports.workTrees.snapshot(folder, world.url('Cite'));
    const id = snapshot.ok ? snapshot.value.tree : '';
    const file = await world.ports.objects.file({ url: world.url('Cite'), id }, 'a.php');
    expect(file?.toString()).toBe('committed');
  });

  it(`${name}: knows a checkout by its remote and by its extension.json`, async () => {
    await using world = await open({ Cite: { 'extension.json': '{"name":"Cite"}', 'src/a.php': '' } });
    const root = await world.checkout('Cite');
    const identity = await world.ports.workTrees.identify(join(root, 'src'));
    expect(identity).toEqual(ok({ root, remoteUrl: world.url('Cite'), registered: 'Cite' }));
  });

  it(`${name}: says where there is no checkout, and where there is no commit`, async () => {
    await using world = await open({ Cite: {} });
    const elsewhere = await world.ports.workTrees.snapshot(world.root, world.url('Cite'));
    expect(elsewhere).toMatchObject({ ok: false, diagnostics: [{ code: 'git/not-a-repo' }] });
    await world.git(world.root, 'init', '-q', 'empty');
    const empty = await world.ports.workTrees.snapshot(join(world.root, 'empty'), world.url('Cite'));
    expect(empty).toMatchObject({ ok: false, diagnostics: [{ code: 'git/no-commit' }] });
  });
}

async function objectsOf(world: GitWorld, folder: string): Promise<string> {
  const index = await readFile(join(folder, '.git/index'));
  return `${await world.git(folder, 'count-objects', '-v')} index ${index.toString('hex')}`;
}

function changesContract(name: string, open: typeof gitWorld): void {
  it(`${name}: tells changed lines against the upstream, commits and uncommitted edits together`, async () => {
    const long = Array.from({ length: 20 }, (_, at) => `line ${at + 1}\n`).join('');
    await using world = await open({
      Cite: { 'a.php': long, 'gone.php': 'x\n', 'old.php': long.replaceAll('line', 'row') },
    });
    const folder = await world.checkout('Cite');
    await world.commit('Cite', { 'upstream.php': 'later' });
    await world.git(folder, 'fetch', '-q');
    await writeFile(join(folder, 'a.php'), long.replace('line 3\n', 'line three\n'));
    await world.git(folder, 'commit', '-qam', 'mine');
    await writeFile(
      join(folder, 'a.php'),
      long.replace('line 3\n', 'line three\n').replace('line 10\n', 'line 10\nmore\nmore\n'),
    );
    await rm(join(folder, 'gone.php'));
    await world.git(folder, 'mv', 'old.php', 'new name.php');
    await writeFile(join(folder, 'untracked.php'), 'one\ntwo\n');
    const changes = await world.ports.workTrees.changes(folder);
    expect(changes).toEqual(
      ok({
        root: folder,
        head: await world.git(folder, 'rev-parse', 'HEAD'),
        base: { commit: await world.git(folder, 'merge-base', 'HEAD', 'origin/master'), name: 'origin/master' },
        files: [
          {
            path: 'a.php',
            status: 'M',
            hunks: [
              { oldStart: 3, oldLines: 1, newStart: 3, newLines: 1 },
              { oldStart: 10, oldLines: 0, newStart: 11, newLines: 2 },
            ],
          },
          { path: 'gone.php', status: 'D', hunks: [{ oldStart: 1, oldLines: 1, newStart: 0, newLines: 0 }] },
          { path: 'new name.php', status: 'R', oldPath: 'old.php', hunks: [] },
          { path: 'untracked.php', status: 'A', hunks: [{ oldStart: 0, oldLines: 0, newStart: 1, newLines: 2 }] },
        ],
        uncommitted: ['a.php', 'gone.php', 'new name.php', 'old.php', 'untracked.php'],
      }),
    );
  });

  it(`${name}: says that there is nothing to compare with`, async () => {
    await using world = await open({ Cite: { 'a.php': '1' } });
    const folder = await world.checkout('Cite');
    const changes = await world.ports.workTrees.changes(folder, 'origin/nope');
    expect(changes).toMatchObject({ ok: false, diagnostics: [{ code: 'git/no-base' }] });
  });
}

// needs: git
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { namedSides } from '../../src/composition/config-diff.ts';
import { configGit } from '../../src/adapters/git/config-git.ts';
import { nameCommit } from '../../src/config/overlay/name-commit.ts';
import { composeBundle } from '../../src/config/index.ts';
import { testContext } from '../worlds/context.ts';
import { PLAIN_GIT } from '../worlds/fast-import.ts';
import { valueOf } from '../worlds/overlays.ts';

async function repo() {
  const place = await mkdtemp(join(tmpdir(), 'mwpipe-config-git-'));
  const root = join(place, 'repo');
  await mkdir(root);
  const environment = { ...process.env, ...PLAIN_GIT };
  const git = (...args: readonly string[]): string =>
    execFileSync('git', ['-c', 'user.name=T', '-c', 'user.email=t@example.org', ...args], {
      cwd: root,
      env: environment,
    })
      .toString()
      .trim();
  git('init', '-q', '-b', 'main');
  const write = async (path: string, text: string): Promise<void> => {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  };
  const commit = async (path: string, text: string): Promise<string> => {
    await write(path, text);
    git('add', '-A');
    git('commit', '-q', '-m', `Change ${path}`);
    return git('rev-parse', 'HEAD');
  };
  const cache = join(place, 'cache');
  const port = configGit({ cache, environment });
  return { place, root, cache, git, write, commit, port, [Symbol.asyncDispose]: () => rm(place, { recursive: true }) };
}

const SETTINGS = 'config-overlays/demo/settings.yaml';
const ABOUT = 'description: of a test\nowner: tests\n';
const codeOf = (outcome: { ok: boolean; diagnostics?: readonly { code: string }[] }) => outcome.diagnostics?.[0]?.code;

describe('config’s port to git, on real git', () => {
  it('gives the overlays of any commit, and one folder for two commits that have the same', async () => {
    await using world = await repo();
    await world.commit('config-overlays/demo/mwpipe.overlay.yaml', ABOUT);
    const one = await world.commit(SETTINGS, 'wgSitename: { default: One }\n');
    await world.commit(SETTINGS, 'wgSitename: { default: Two }\n');
    const other = await world.commit('README.md', 'of no overlay\n');
    const at = async (commit: string) =>
      valueOf(await world.port.overlaysAt({ root: world.root, commit }, testContext()));
    const before = await at(one);
    expect(await readFile(join(before.root, SETTINGS), 'utf8')).toContain('One');
    expect(before.commit).toBe(one);
    expect((await at(other)).root).toBe((await at('HEAD~1')).root);
    const bundle = valueOf(await composeBundle(before.root, ['demo']));
    expect(bundle.settings.default.get('wgSitename')).toBe('One');
  });

  it('makes a folder again that somebody changed', async () => {
    await using world = await repo();
    const commit = await world.commit(SETTINGS, 'wgSitename: { default: One }\n');
    const { root } = valueOf(await world.port.overlaysAt({ root: world.root, commit }, testContext()));
    await writeFile(join(root, SETTINGS), 'spoilt');
    await world.port.overlaysAt({ root: world.root, commit }, testContext());
    expect(await readFile(join(root, SETTINGS), 'utf8')).toContain('One');
  });

  it('names the commit where a mistake of it is told', async () => {
    await using world = await repo();
    await world.commit('config-overlays/demo/mwpipe.overlay.yaml', ABOUT);
    const commit = await world.commit(SETTINGS, 'wgSitename: { defalt: One\n');
    const at = valueOf(await world.port.overlaysAt({ root: world.root, commit }, testContext()));
    const composed = nameCommit(await composeBundle(at.root, ['demo']), at);
    expect(composed).toMatchObject({ diagnostics: [{ at: { file: `${commit.slice(0, 12)}:${SETTINGS}` } }] });
  });

  it('says what a push is made of: commit, branch, what is changed beside it, whether it is merged', async () => {
    await using world = await repo();
    const first = await world.commit(SETTINGS, 'wgSitename: { default: One }\n');
    const ask = async (branch?: string) =>
      valueOf(
        await world.port.sourceOf({ root: world.root, ...(branch === undefined ? {} : { branch }) }, testContext()),
      );
    expect(await ask('main')).toEqual({ commit: first, branch: 'main', clean: true, changed: [], merged: true });
    await world.write(SETTINGS, 'wgSitename: { default: Two }\n');
    await world.write('config-overlays/demo/new.php', '<?php\n');
    await world.write('elsewhere.txt', 'of no overlay');
    expect(await ask()).toMatchObject({ clean: false, changed: ['config-overlays/demo/new.php', SETTINGS] });
    world.git('checkout', '-q', '--detach');
    const second = await world.commit(SETTINGS, 'wgSitename: { default: Three }\n');
    const detached = await ask('main');
    expect(detached).toMatchObject({ commit: second, clean: true, merged: false });
    expect(detached).not.toHaveProperty('branch');
    const between = { root: world.root, from: first, to: second };
    const commits = valueOf(await world.port.commitsBetween(between, testContext()));
    expect(commits).toEqual([{ commit: second, subject: `Change ${SETTINGS}` }]);
  });

  it('works in a linked work tree, and in a folder below the top', async () => {
    await using world = await repo();
    const commit = await world.commit(`deep/${SETTINGS}`, 'wgSitename: { default: Deep }\n');
    world.git('worktree', 'add', '-q', join(world.place, 'linked'));
    const root = join(world.place, 'linked/deep');
    const at = valueOf(await world.port.overlaysAt({ root, commit: 'HEAD' }, testContext()));
    expect(at.commit).toBe(commit);
    expect(await readFile(join(at.root, SETTINGS), 'utf8')).toContain('Deep');
  });

  it('says plainly what there is not: git, a repo, a commit, a branch, overlays, the files of a submodule', async () => {
    await using world = await repo();
    const { root, port, cache } = world;
    expect(codeOf(await port.sourceOf({ root }, testContext()))).toBe('git/no-commit');
    await world.commit('README.md', 'nothing\n');
    expect(codeOf(await port.overlaysAt({ root, commit: 'HEAD' }, testContext()))).toBe('config/not-in-commit');
    expect(codeOf(await port.overlaysAt({ root, commit: '--all' }, testContext()))).toBe('git/no-such-commit');
    expect(codeOf(await port.sourceOf({ root, branch: 'origin/none' }, testContext()))).toBe('git/no-such-commit');
    expect(codeOf(await port.sourceOf({ root: world.place }, testContext()))).toBe('git/not-a-repo');
    const without = configGit({ cache, environment: { PATH: '/nowhere' } });
    expect(codeOf(await without.sourceOf({ root }, testContext()))).toBe('git/missing');
    world.git('update-index', '--add', '--cacheinfo', `160000,${world.git('rev-parse', 'HEAD')},config-overlays/sub`);
    world.git('commit', '-q', '-m', 'A submodule');
    expect(codeOf(await port.overlaysAt({ root, commit: 'HEAD' }, testContext()))).toBe('config/submodule');
  });

  it('tells a shallow clone how to get the rest', async () => {
    await using world = await repo();
    const first = await world.commit(SETTINGS, 'wgSitename: { default: One }\n');
    await world.commit(SETTINGS, 'wgSitename: { default: Two }\n');
    const root = join(world.place, 'shallow');
    world.git('clone', '-q', '--depth=1', `file://${world.root}`, root);
    const outcome = await world.port.overlaysAt({ root, commit: first }, testContext());
    expect(outcome).toMatchObject({
      diagnostics: [{ code: 'git/no-such-commit', hint: expect.stringContaining('--unshallow') as string }],
    });
  });

  it('keeps a link of a commit a link: who reads the overlay judges it', async () => {
    await using world = await repo();
    await world.write(SETTINGS, 'wgSitename: { default: One }\n');
    await symlink('/etc/passwd', join(world.root, 'config-overlays/demo/out.php'));
    const commit = await world.commit('config-overlays/demo/mwpipe.overlay.yaml', ABOUT);
    const at = valueOf(await world.port.overlaysAt({ root: world.root, commit }, testContext()));
    expect(codeOf(await composeBundle(at.root, ['demo']))).toBe('config/leaves-overlay');
  });

  it('is what a diff compares: head, a branch, digits of a commit, before and after; no such name is told', async () => {
    await using world = await repo();
    await world.commit('config-overlays/demo/mwpipe.overlay.yaml', ABOUT);
    const one = await world.commit(SETTINGS, 'wgSitename: { default: One }\n');
    const two = await world.commit(SETTINGS, 'wgSitename: { default: Two }\n');
    await world.write(SETTINGS, 'wgSitename: { default: Three }\n');
    const parts = { root: world.root, cache: world.cache, overlays: [{ name: 'demo' }], ports: undefined };
    const sides = (before: string, after: string) =>
      namedSides({ before, after, image: 'some' }, parts, { ...testContext(), emit: () => undefined });
    const named = async (before: string, after: string) => {
      const { images, after: now } = valueOf(await sides(before, after));
      return [images[0]?.before, now].map((side) => [side?.label, side?.bundle?.settings.default.get('wgSitename')]);
    };
    const [first, second] = [one.slice(0, 12), two.slice(0, 12)];
    expect(await named('head~1', 'head')).toEqual([
      [`${first} (head~1)`, 'One'],
      [`${second} (head)`, 'Two'],
    ]);
    expect(await named(one.slice(0, 8), 'main')).toEqual([
      [first, 'One'],
      [`${second} (main)`, 'Two'],
    ]);
    expect((await named('main', 'work'))[1]).toEqual(['the work tree', 'Three']);
    expect(codeOf(await sides('nosuch', 'work'))).toBe('config/no-such-side');
    const broken = await world.commit(SETTINGS, 'wgSitename: { defalt: One\n');
    const told = { diagnostics: [{ at: { file: `${broken.slice(0, 12)}:${SETTINGS}` } }] };
    expect(await sides('head~1', 'head')).toMatchObject(told);
  });
});

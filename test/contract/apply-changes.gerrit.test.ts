/** Changes put on top with real git: merges, conflicts, what a component has already, and the same lock made whole elsewhere. */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { resolveChanges, resolvePatched, restorePatched, type Lockfile } from '../../src/resolve/index.ts';
import { parseLockfile, formatLockfile } from '../../src/resolve/lock/lockfile.ts';
import type { GitPorts } from '../../src/adapters/git/index.ts';
import { testContext } from '../worlds/context.ts';
import { reviewedSet } from '../worlds/reviewed-set.ts';
import { applyChanges } from '../../src/resolve/patches/apply-changes.ts';
import { quiet } from './git-ports.contract.ts';

const lines = (changed: Readonly<Record<number, string>>): string =>
  Array.from({ length: 12 }, (_, at) => `${changed[at + 1] ?? `line ${at + 1}`}\n`).join('');

it('shows the files of a conflict, and goes on with the other components', async () => {
  await using set = await reviewedSet();
  const first = await set.change('extensions/Echo', { files: { 'a.php': lines({ 3: 'mine' }), 'b.php': undefined } });
  await set.commit('extensions/Echo', { 'a.php': lines({ 3: 'theirs' }), 'b.php': lines({ 1: 'edited' }) });
  const core = await set.change('core', { files: { 'a.php': lines({ 1: 'mine' }) } });
  const tip = await set.commit('core', { 'a.php': lines({ 1: 'theirs' }) });
  const { outcome, wrong } = await set.patched(first, core);
  const echo = await set.ports.refs.refs({ url: set.url('extensions/Echo') }, quiet);
  const at = echo.ok ? (echo.value.get('refs/heads/master')?.slice(0, 7) ?? '') : '';
  expect(wrong).toEqual([
    `resolve/patch-conflict change 1001/1 (asked for) conflicts with Echo at master@${at}: "a.php" (contents), "b.php" (modify/delete)`,
    `resolve/patch-conflict change 1002/1 (asked for) conflicts with core at master@${tip.slice(0, 7)}: "a.php" (contents)`,
  ]);
  expect(outcome).toMatchObject({
    diagnostics: [
      {
        hint: expect.stringContaining(
          'git fetch https://git.world.example/r/mediawiki/extensions/Echo refs/changes/01/1001/1',
        ) as string,
      },
      {},
    ],
  });
});

it('says which changes were there already when another one conflicts with them', async () => {
  await using set = await reviewedSet();
  await set.change('extensions/Echo', { files: { 'a.php': lines({ 3: 'one' }) } });
  await set.change('extensions/Echo', { files: { 'a.php': lines({ 3: 'two' }) } });
  expect((await set.patched('1001', '1002')).wrong[0]).toMatch(
    /^resolve\/patch-conflict change 1002\/1 .* with 1001\/1: "a.php"/,
  );
});

it('tells what a component contains already, and leaves it as it was', async () => {
  await using set = await reviewedSet();
  const change = await set.change('extensions/Echo', { files: { 'a.php': lines({ 3: 'three' }) } });
  await set.commit('extensions/Echo', { 'a.php': lines({ 3: 'three' }) });
  const patched = await set.patched(change);
  expect(patched.notes).toEqual(['contained 1001/1 in Echo, with the same result']);
  expect(patched.component('Echo').patch).toBeUndefined();
});

it('takes a merge as what it does to its first parent, and refuses a commit without one', async () => {
  await using set = await reviewedSet();
  const gitDir = join(set.root, 'remotes/mediawiki/extensions/Echo.git');
  const side = await set.commit('extensions/Echo', { 'side.txt': 's' }, { branch: 'side' });
  const change = await set.change('extensions/Echo');
  const person = ['-c', 'user.name=w', '-c', 'user.email=w@w'];
  const [parent = ''] = change.parents;
  const merge = await set.git(
    gitDir,
    ...person,
    'commit-tree',
    '-p',
    parent,
    '-p',
    side,
    '-m',
    'merge',
    `${side}^{tree}`,
  );
  const root = await set.git(gitDir, ...person, 'commit-tree', '-m', 'root', `${side}^{tree}`);
  const url = set.url('extensions/Echo');
  const tip = await set.git(gitDir, 'rev-parse', 'master');
  const component = {
    ...({ name: 'Echo', kind: 'extension', path: 'extensions/Echo', url, ref: 'refs/heads/master' } as const),
    ...{ commit: tip, tree: await set.git(gitDir, 'rev-parse', 'master^{tree}') },
  };
  const taken = async (commit: string) => {
    await set.git(gitDir, 'update-ref', change.ref, commit);
    const asked = { change: 1, patchset: 1, id: 'I1', ref: change.ref, commit, because: 'asked for' };
    return applyChanges({ component, changes: [asked] }, set.ports, quiet);
  };
  expect(await taken(merge)).toMatchObject({
    ok: true,
    value: { tree: await set.git(gitDir, 'rev-parse', `${side}^{tree}`) },
  });
  expect(await taken(root)).toMatchObject({ ok: false, diagnostics: [{ code: 'resolve/root-change' }] });
});

it('reads what the patched extension.json says, and what it requires', async () => {
  await using set = await reviewedSet();
  const newer = await set.change('extensions/Echo', {
    files: { 'extension.json': '{ "name": "Echo", "version": "2.0" }' },
  });
  expect((await set.patched(newer)).component('Echo').version).toBe('2.0');
  const needy = await set.change('extensions/Echo', {
    files: { 'extension.json': '{ "name": "Echo", "requires": { "extensions": { "Cite": "*" } } }' },
  });
  const patched = await set.patched(needy);
  expect(patched.wrong).toEqual([
    'resolve/missing-dependency Echo requires the extension "Cite", which the set "demo" doesn\'t have',
  ]);
  expect(patched.outcome).toMatchObject({ diagnostics: [{ at: { line: 1, column: 57 } }] });
});

it('finds what a patch takes away from others', async () => {
  await using set = await reviewedSet();
  const renamed = await set.change('extensions/Echo', { files: { 'extension.json': '{ "name": "Notifications" }' } });
  expect((await set.patched(renamed)).wrong).toEqual([
    'resolve/missing-dependency Thanks requires the extension "Echo", which the set "demo" doesn\'t have',
  ]);
});

const treeOf = async (ports: GitPorts, lock: Lockfile, path: string) => {
  const echo = lock.components.find(({ name }) => name === 'Echo')!;
  return (await ports.objects.file({ url: echo.url, id: echo.patch?.tree ?? '' }, path))?.toString();
};

it('makes the same lock whole on another machine, without a question to the review server', async () => {
  await using set = await reviewedSet();
  const below = await set.change('extensions/Echo', { files: { 'a.php': lines({ 3: 'three' }) } });
  const above = await set.change('extensions/Echo', { files: { 'x.txt': 'x' }, parent: below });
  await set.commit('extensions/Echo', { 'a.php': lines({ 9: 'nine' }) });
  const { outcome } = await set.patched(above);
  const written = parseLockfile('demo.lock.yaml', outcome.ok ? formatLockfile(outcome.value) : '');
  if (!written.ok) throw new Error(JSON.stringify(written.diagnostics));
  const elsewhere = set.elsewhere();
  const before = set.requests.length;
  expect(await restorePatched(written.value, elsewhere, quiet)).toEqual(outcome);
  expect(set.requests.slice(before).filter((request) => request.includes('/changes/'))).toEqual([]);
  expect(await treeOf(elsewhere, written.value, 'a.php')).toBe(lines({ 3: 'three', 9: 'nine' }));
});

it('says where the changes give another tree than the lock has, and which git that was', async () => {
  await using set = await reviewedSet();
  const { outcome } = await set.patched(await set.change('extensions/Echo'));
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.diagnostics));
  const components = outcome.value.components.map((one) =>
    one.patch === undefined ? one : { ...one, patch: { ...one.patch, tree: '1'.repeat(40) } },
  );
  const restored = await restorePatched({ ...outcome.value, components }, set.ports, quiet);
  expect(restored).toMatchObject({
    ok: false,
    diagnostics: [
      {
        code: 'resolve/patch-differs',
        message: expect.stringMatching(
          /^Echo with 1001\/1 on top is tree \w{12} here \(git \d+\.\d+\S*\), the lock says 111111111111$/,
        ) as string,
        hint: expect.stringContaining('mwpipe resolve demo --patch 1001/1') as string,
      },
    ],
  });
});

it('says that a recorded change is gone from its server', async () => {
  await using set = await reviewedSet();
  const change = await set.change('extensions/Echo');
  const { outcome } = await set.patched(change);
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.diagnostics));
  const gitDir = join(set.root, 'remotes/mediawiki/extensions/Echo.git');
  await set.git(gitDir, 'update-ref', '-d', change.ref);
  await set.git(gitDir, 'prune', '--expire=now');
  const restored = await restorePatched(outcome.value, set.elsewhere(), quiet);
  expect(restored).toMatchObject({
    ok: false,
    diagnostics: [
      { code: 'git/no-such-commit', message: expect.stringContaining(`has no ${change.ref} at`) as string },
    ],
  });
});

it('refuses a component with changes and a work tree on top', async () => {
  await using set = await reviewedSet();
  const { outcome } = await set.patched(await set.change('extensions/Echo'));
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.diagnostics));
  const folder = await set.checkout('extensions/Echo');
  const twice = await resolvePatched({ lock: outcome.value, patches: [{ folder }] }, set.ports, quiet);
  expect(twice).toMatchObject({
    ok: false,
    diagnostics: [{ code: 'resolve/patched-twice', message: 'Echo is patched by a work tree and by change 1001/1' }],
  });
});

it('tells that a change moves a submodule, whose commit the lock has apart', async () => {
  await using set = await reviewedSet();
  const { outcome } = await set.patched();
  const change = await set.change('extensions/Echo');
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.diagnostics));
  const submodule = { path: 'lib/x', url: 'https://x', commit: '1'.repeat(40), tree: '2'.repeat(40) };
  const components = outcome.value.components.map((one) =>
    one.name === 'Echo' ? { ...one, submodules: [submodule] } : one,
  );
  const context = testContext();
  const request = { lock: { ...outcome.value, components }, asked: [{ number: change.number }] };
  const patched = await resolveChanges(request, { ...set.ports, reviews: set.reviews }, context);
  expect(patched).toMatchObject({ ok: true });
  expect(context.events).toContainEqual(expect.objectContaining({ note: 'submodule-moved', change: 1001 }));
  expect(patched.ok && patched.value.components.find(({ name }) => name === 'Echo')?.submodules).toEqual([submodule]);
});

/** Security patches on sets, branches and submodules of real git: what is in the private lock, and what a check finds. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Lockfile } from '../../src/resolve/index.ts';
import { formatLockfile, parseLockfile } from '../../src/resolve/lock/lockfile.ts';
import { applySecurity, type SecurityPatches } from '../../src/resolve/security/apply-security.ts';
import { checkSecurity, type CheckRequest } from '../../src/resolve/security/check-security.ts';
import { gitWorld, type GitWorld } from '../worlds/git.ts';
import { patchOf, writePatchTree } from '../worlds/security.ts';
import { quiet } from './git-ports.contract.ts';

const LINES = Array.from({ length: 20 }, (_, at) => `line ${at}\n`).join('');

const edit = (path: string, from: string, to: string) => (folder: string) =>
  writeFile(join(folder, path), LINES.replace(from, to));

/** core, Cite and VisualEditor with lib/ve in it, on master; `wmf/1.43.0-wmf.9` is where master was first. */
async function worldWithSubmodule(): Promise<GitWorld & { readonly lock: Lockfile; readonly patches: string }> {
  const world = await gitWorld({
    core: { 'a.php': LINES },
    'extensions/Cite': { 'a.php': LINES },
    'extensions/VisualEditor': { 'a.php': LINES },
    'VisualEditor/VisualEditor': { 'a.js': LINES },
  });
  const inner = await tip(world, 'VisualEditor/VisualEditor');
  const folder = await world.checkout('extensions/VisualEditor');
  await world.git(folder, 'update-index', '--add', '--cacheinfo', `160000,${inner.commit},lib/ve`);
  await world.git(folder, 'commit', '-q', '-m', 'lib/ve');
  await world.git(folder, 'push', '-q', 'origin', 'master', 'master:wmf/1.43.0-wmf.9');
  for (const name of ['core', 'extensions/Cite']) await world.commit(name, { b: '' }, { branch: 'wmf/1.43.0-wmf.9' });
  const lib = { path: 'lib/ve', url: world.url('VisualEditor/VisualEditor'), ...inner };
  const components: Lockfile['components'] = [
    { name: 'core', kind: 'core', path: '', ...(await locked(world, 'core')) },
    { name: 'Cite', kind: 'extension', path: 'extensions/Cite', ...(await locked(world, 'extensions/Cite')) },
    {
      ...{ name: 'VisualEditor', kind: 'extension', path: 'extensions/VisualEditor' },
      ...(await locked(world, 'extensions/VisualEditor')),
      submodules: [lib],
    },
  ];
  const lock: Lockfile = { schema: 'mwpipe.lock/2', set: 'demo', mediawiki: '1.43.0-wmf.9', components };
  await mkdir(join(world.root, 'extension-sets'));
  await write(world, lock);
  await write(world, { ...lock, set: 'small', components: components.slice(0, 1) });
  return Object.assign(world, { lock, patches: join(world.root, 'patches') });
}

async function write(world: GitWorld, lock: Lockfile): Promise<void> {
  await writeFile(join(world.root, `extension-sets/${lock.set}.yaml`), '');
  await writeFile(join(world.root, `extension-sets/${lock.set}.lock.yaml`), formatLockfile(lock));
}

async function tip(world: GitWorld, name: string): Promise<{ readonly commit: string; readonly tree: string }> {
  const remote = join(world.root, `remotes/mediawiki/${name}.git`);
  const [commit = '', tree = ''] = (await world.git(remote, 'rev-parse', 'master', 'master^{tree}')).split('\n');
  return { commit, tree };
}

const locked = async (world: GitWorld, name: string) => ({
  ...{ url: world.url(name), ref: 'refs/heads/master' },
  ...(await tip(world, name)),
});

type World = Awaited<ReturnType<typeof worldWithSubmodule>>;

const apply = ({ lock, patches, ports }: World, request: Partial<SecurityPatches> = {}) =>
  applySecurity({ lock, patches: { folder: patches, ...request } }, ports, quiet);

async function check({ root, patches, ports }: World, request: Partial<CheckRequest> = {}): Promise<string[]> {
  const checked = await checkSecurity(
    { root, sets: [], branches: [], patches: { folder: patches }, ...request },
    ports,
    quiet,
  );
  if (!checked.ok) return checked.diagnostics.map(({ code }) => code);
  const { columns, rows } = checked.value;
  const head = columns.map(({ set, branch, version, without }) =>
    [set, branch, version, ...without].filter(Boolean).join(' '),
  );
  return [
    head.join(' | '),
    ...rows.map(({ component = '-', submodule = '', number, cells }) =>
      [`${component} ${submodule} ${number}`, ...cells.map((cell) => cell?.status ?? '')].join(' | '),
    ),
  ];
}

it('puts patches on components and on repos inside them, and locks what anyone with the tree can make again', async () => {
  await using world = await worldWithSubmodule();
  const core = await patchOf(world, 'core', edit('a.php', 'line 3\n', 'fixed\n'));
  const merged = await patchOf(world, 'extensions/Cite', edit('a.php', 'line 3\n', 'line 3\n'.repeat(2)));
  await writePatchTree(world.patches, {
    '1.43.0-wmf.9/core/01-T1.patch': core,
    '1.43.0-wmf.9/extensions/VisualEditor/lib/ve/01-T2.patch': await patchOf(
      world,
      'VisualEditor/VisualEditor',
      edit('a.js', 'line 3\n', 'fixed\n'),
    ),
    '1.43.0-wmf.9/extensions/Cite/01-T3.patch': merged,
    '1.43.0-wmf.9/extensions/Cite/02-T3.patch': merged,
  });
  const secured = await apply(world);
  if (!secured.ok) throw new Error(secured.diagnostics[0].message);
  expect(secured.value).toMatchObject({ version: '1.43.0-wmf.9', because: 'it has the version of the set' });
  const lock = secured.value.lock.reveal();
  expect(lock).toMatchObject({ visibility: 'private', security: '1.43.0-wmf.9' });
  const [inCore, inCite, inEditor] = lock.components;
  expect(inCore?.patch?.security).toHaveLength(1);
  expect(inCite?.patch?.security).toMatchObject([{}, { already: true }]);
  expect(inEditor?.patch).toBeUndefined();
  expect(inEditor?.submodules?.[0]?.patch).toMatchObject({ because: '1 security patch', security: [{}] });
  const text = formatLockfile(lock);
  expect(parseLockfile('demo.private.lock.yaml', text)).toMatchObject({ ok: true, value: lock });
  const again = await apply(world);
  expect(again.ok && formatLockfile(again.value.lock.reveal())).toBe(text);
});

it('makes no lock where one fails, and tells every one that did', async () => {
  await using world = await worldWithSubmodule();
  const core = await patchOf(world, 'core', edit('a.php', 'line 3\n', 'fixed\n'));
  await writePatchTree(world.patches, {
    '1.43.0-wmf.9/core/01-T1.patch': core.replace(/^[-]line 3$/m, '-line three'),
    '1.43.0-wmf.9/core/02-T1.patch': core,
    '1.43.0-wmf.9/extensions/VisualEditor/lib/none/01-T1.patch': core,
    '1.43.0-wmf.9/vendor/01-T1.patch': core,
  });
  const secured = await apply(world);
  expect(secured.ok || secured.diagnostics.map(({ message, exit }) => `${message}: ${exit ?? ''}`)).toEqual([
    'security patch 1 of core failed (conflict): failed',
    'security patch 1 of VisualEditor ? failed (its component has no such submodule): failed',
  ]);
});

it('tries every patch on every set that has a lock, each with the folder that it needs', async () => {
  await using world = await worldWithSubmodule();
  const core = await patchOf(world, 'core', edit('a.php', 'line 3\n', 'fixed\n'));
  const cite = await patchOf(world, 'extensions/Cite', edit('a.php', 'line 3\n', 'fixed\n'));
  await write(world, {
    ...world.lock,
    set: 'next',
    mediawiki: '1.44.0-alpha',
    components: world.lock.components.slice(0, 2),
  });
  await writeFile(join(world.root, 'extension-sets/unresolved.yaml'), '');
  await writePatchTree(world.patches, {
    '1.43.0-wmf.9/core/01-T1.patch': core,
    '1.43.0-wmf.9/core/02-T2.patch': core.replace('-line 3', '-line three').replace('+fixed', '+other'),
    '1.43.0-wmf.9/extensions/Cite/01-T1.patch': cite,
    'next/core/02-T2.patch.dropped': '',
  });
  expect(await check(world)).toEqual([
    'demo 1.43.0-wmf.9 | next next | small 1.43.0-wmf.9',
    'core  1 | applied | applied | applied',
    'core  2 | failed |  | failed',
    'Cite  1 | applied | applied | skipped',
  ]);
  expect(await check(world, { sets: ['unresolved'] })).toEqual(['lock/missing']);
});

it('tries the tips of branches, in repos inside repos too', async () => {
  await using world = await worldWithSubmodule();
  const ve = await patchOf(world, 'VisualEditor/VisualEditor', edit('a.js', 'line 3\n', 'fixed\n'));
  const core = await patchOf(world, 'core', edit('a.php', 'line 3\n', 'fixed\n'));
  const cite = await patchOf(world, 'extensions/Cite', edit('a.php', 'line 3\n', 'fixed\n'));
  await world.commit('core', { 'a.php': LINES.replace('line 3\n', 'fixed\n') });
  await world.commit('extensions/Cite', { 'a.php': LINES }, { branch: 'master' });
  await world.git(join(world.root, 'remotes/mediawiki/extensions/Cite.git'), 'branch', '-D', 'wmf/1.43.0-wmf.9');
  await writePatchTree(world.patches, {
    '1.43.0-wmf.9/core/01-T1.patch': core,
    '1.43.0-wmf.9/extensions/Cite/01-T1.patch': cite,
    '1.43.0-wmf.9/extensions/VisualEditor/lib/ve/01-T1.patch': ve,
  });
  expect(await check(world, { sets: ['demo'], branches: ['master', 'wmf/1.43.0-wmf.9'] })).toEqual([
    'demo master 1.43.0-wmf.9 | demo wmf/1.43.0-wmf.9 1.43.0-wmf.9 Cite',
    'core  1 | already applied | applied',
    'Cite  1 | applied | skipped',
    'VisualEditor lib/ve 1 | applied | applied',
  ]);
});

it('puts them on top of what is on top already', async () => {
  await using world = await worldWithSubmodule();
  const remote = join(world.root, 'remotes/mediawiki/core.git');
  await world.commit('core', { 'b.php': 'under review' }, { branch: 'review' });
  const tree = await world.git(remote, 'rev-parse', 'review^{tree}');
  const [core, ...others] = world.lock.components;
  const components = [{ ...core!, patch: { tree, because: 'change 1' } }, ...others];
  await writePatchTree(world.patches, {
    '1.43.0-wmf.9/core/01-T1.patch': await patchOf(world, 'core', edit('a.php', 'line 3\n', 'fixed\n')),
  });
  const secured = await apply({ ...world, lock: { ...world.lock, components } });
  const patch = secured.ok ? secured.value.lock.reveal().components[0]?.patch : undefined;
  expect(patch).toMatchObject({ because: 'change 1, 1 security patch', security: [{}] });
  const kept = join(world.cache, 'private/git', encodeURIComponent(world.url('core')));
  expect(await world.git(kept, 'ls-tree', '--name-only', patch?.tree ?? '')).toBe('a.php\nb.php');
});

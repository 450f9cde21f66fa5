/** Resolving on real git: what a user sees of a set, its mistakes, its lock and work trees on top. */
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { RunContext } from '../../src/kernel/run-context.ts';
import {
  resolvePatched,
  resolveSet,
  type Lockfile,
  type ResolveEvent,
  type ResolveRequest,
} from '../../src/resolve/index.ts';
import { gitWorld, type GitWorld, type WorldFiles } from '../worlds/git.ts';
import { quiet } from './git-ports.contract.ts';

const manifest = (name: string, requires: object = {}): WorldFiles => ({
  'extension.json': JSON.stringify({ name, requires: { MediaWiki: '>= 1.43', ...requires } }, undefined, 2),
});
const core = (version: string): WorldFiles => ({
  'includes/Defines.php': `<?php\ndefine( 'MW_VERSION', '${version}' );\n`,
});
const COMPONENTS = 'components:\n  - core\n  - Echo\n  - Thanks\n';
const SET = `version: 1
variables: { train: 1.43.0-wmf.1 }
branches: ["wmf/{train}", master]
sources:
  core: https://git.world.example/r/mediawiki/core
  extension: https://git.world.example/r/mediawiki/extensions/{name}
`;

async function smallWorld(set: string = SET + COMPONENTS): Promise<GitWorld> {
  const world = await gitWorld({
    core: core('1.44.0-alpha'),
    'extensions/Echo': manifest('Echo'),
    'extensions/Thanks': manifest('Thanks', { extensions: { Echo: '*' } }),
  });
  for (const train of ['1.43.0-wmf.1', '1.43.0-wmf.2'])
    await world.commit('core', core(train), { branch: `wmf/${train}` });
  await world.commit('extensions/Echo', { 'Echo.php': '2' }, { branch: 'wmf/1.43.0-wmf.1' });
  await mkdir(join(world.root, 'extension-sets'));
  await writeFile(join(world.root, 'extension-sets/demo.yaml'), set);
  return world;
}

const resolve = (world: GitWorld, request: Partial<ResolveRequest> = {}, context: RunContext<ResolveEvent> = quiet) =>
  resolveSet({ root: world.root, set: 'demo', ...request }, world.ports, context);

async function lockOf(world: GitWorld): Promise<Lockfile> {
  const resolved = await resolve(world);
  if (!resolved.ok) throw new Error(JSON.stringify(resolved.diagnostics));
  return resolved.value.lock;
}

/** `file:line:column message | hint`, file without its folder. */
async function mistakes(world: GitWorld, request: Partial<ResolveRequest> = {}): Promise<string[]> {
  const resolved = await resolve(world, request);
  if (resolved.ok) return [];
  return resolved.diagnostics.map(({ message, hint, at }) => {
    const place =
      at === undefined
        ? ''
        : `${at.file.replace(/.*\/extension-sets\//, '').replace(/@[0-9a-f]{7}/, '@COMMIT')}:${at.line}:${at.column} `;
    return `${place}${message} | ${hint ?? ''}`;
  });
}

it('locks each component at the first branch that it has, and names fallbacks', async () => {
  await using world = await smallWorld();
  const lock = await lockOf(world);
  expect(lock.mediawiki).toBe('1.43.0-wmf.1');
  expect(lock.components.map(({ name, ref, fallback }) => [name, ref, fallback])).toEqual([
    ['core', 'refs/heads/wmf/1.43.0-wmf.1', undefined],
    ['Echo', 'refs/heads/wmf/1.43.0-wmf.1', undefined],
    ['Thanks', 'refs/heads/master', 'no wmf/1.43.0-wmf.1'],
  ]);
});

it('writes the lock once, and the same bytes again', async () => {
  await using world = await smallWorld();
  expect(await resolve(world)).toMatchObject({ ok: true, value: { written: true } });
  const file = join(world.root, 'extension-sets/demo.lock.yaml');
  const first = await readFile(file, 'utf8');
  expect(await resolve(world, { mode: 'frozen' })).toMatchObject({ ok: true, value: { written: false, changes: [] } });
  await rm(file);
  await resolve(world);
  expect(await readFile(file, 'utf8')).toBe(first);
});

it('a dry run shows the changes and writes nothing', async () => {
  await using world = await smallWorld();
  expect(await resolve(world, { mode: 'dry-run' })).toMatchObject({
    ok: true,
    value: { written: false, changes: [{}, {}, {}] },
  });
  expect(await readdir(join(world.root, 'extension-sets'))).toEqual(['demo.yaml']);
});

it('frozen fails, as a check does, where somebody pushed since', async () => {
  await using world = await smallWorld();
  await resolve(world);
  await world.commit('extensions/Thanks', { 'new.php': '' });
  const frozen = await resolve(world, { mode: 'frozen' });
  expect(frozen).toMatchObject({
    ok: false,
    diagnostics: [
      {
        code: 'resolve/lock-outdated',
        exit: 'failed',
        message: expect.stringMatching(/Thanks master@\w{7} → master@\w{7}$/) as string,
      },
    ],
  });
});

it('takes another train, and refuses one that core does not have', async () => {
  await using world = await smallWorld();
  const next = await resolve(world, { variables: { train: '1.43.0-wmf.2' } });
  expect(next).toMatchObject({ ok: true, value: { lock: { mediawiki: '1.43.0-wmf.2' } } });
  expect(await mistakes(world, { variables: { train: '1.43.0-wmf.3' } })).toEqual([
    'demo.yaml:8:5 core has no wmf/1.43.0-wmf.3 | did you mean wmf/1.43.0-wmf.1?',
  ]);
});

it('names a misspelt component where it was typed, with the one that was meant', async () => {
  await using world = await smallWorld(`${SET}components:\n  - core\n  - Echoo\n`);
  await writeFile(join(world.root, 'extension-sets/other.yaml'), SET + COMPONENTS);
  expect(await mistakes(world)).toEqual([
    `demo.yaml:9:5 unknown component "Echoo": no git repo at ${world.url('extensions/Echoo')} | did you mean Echo?`,
  ]);
  expect(await readdir(join(world.root, 'extension-sets'))).toEqual(['demo.yaml', 'other.yaml']);
});

it('shows an unmet requirement in the extension.json of its commit', async () => {
  await using world = await smallWorld(`${SET}components:\n  - core\n  - Thanks\n`);
  expect(await mistakes(world)).toEqual([
    'Thanks@COMMIT:extension.json:6:15 Thanks requires the extension "Echo", which the set "demo" doesn\'t have | add the line "  - Echo" under components: in extension-sets/demo.yaml',
  ]);
});

it('shows where an extension.json is broken, beside every other mistake', async () => {
  await using world = await smallWorld(`${SET}components:\n  - core\n  - Echo\n  - Thnaks\n`);
  await world.commit(
    'extensions/Echo',
    { 'extension.json': '{\n  "name": "Echo",\n}\n' },
    { branch: 'wmf/1.43.0-wmf.1' },
  );
  expect(await mistakes(world)).toEqual([
    'Echo@COMMIT:extension.json:3:1 expected a name in double quotes, found "}" | remove the comma before it: JSON has no trailing commas',
    `demo.yaml:10:5 unknown component "Thnaks": no git repo at ${world.url('extensions/Thnaks')} | check the name, and "mirrors" in mwpipe.yaml`,
  ]);
});

it('writes over a lock with conflict markers, but not over one of a newer mwpipe', async () => {
  await using world = await smallWorld();
  const file = join(world.root, 'extension-sets/demo.lock.yaml');
  await writeFile(file, '<<<<<<< HEAD\nschema: mwpipe.lock/1\n=======\n');
  expect(await resolve(world)).toMatchObject({ ok: true, value: { written: true } });
  await writeFile(file, 'schema: mwpipe.lock/9\n');
  expect(await resolve(world)).toMatchObject({ ok: false, diagnostics: [{ code: 'lock/newer-schema' }] });
});

it('puts an uncommitted checkout on top, found by its remote, in memory only', async () => {
  await using world = await smallWorld();
  const lock = await lockOf(world);
  const folder = await world.checkout('extensions/Echo', 'wmf/1.43.0-wmf.1');
  await writeFile(join(folder, 'Echo.php'), 'edited');
  const patched = await resolvePatched({ lock, patches: [{ folder }] }, world.ports, quiet);
  const echo = patched.ok ? patched.value.components.find(({ name }) => name === 'Echo') : undefined;
  expect(echo).toMatchObject({
    commit: lock.components[1]?.commit,
    tree: lock.components[1]?.tree,
    patch: { from: folder },
  });
  const id = echo?.patch?.tree ?? '';
  expect((await world.ports.objects.file({ url: world.url('extensions/Echo'), id }, 'Echo.php'))?.toString()).toBe(
    'edited',
  );
});

it("checks what a work tree's extension.json requires, and shows mistakes in the file itself", async () => {
  await using world = await smallWorld();
  const lock = await lockOf(world);
  const folder = await world.checkout('extensions/Echo');
  const patch = () => resolvePatched({ lock, patches: [{ name: 'Echo', folder }] }, world.ports, quiet);
  await writeFile(
    join(folder, 'extension.json'),
    '{\n  "name": "Echo",\n  "requires": { "extensions": { "Cite": "*" } }\n}',
  );
  const at = { file: join(folder, 'extension.json'), line: 3, column: 41 };
  expect(await patch()).toMatchObject({ ok: false, diagnostics: [{ code: 'resolve/missing-dependency', at }] });
  await writeFile(join(folder, 'extension.json'), '{');
  expect(await patch()).toMatchObject({
    ok: false,
    diagnostics: [{ code: 'json/syntax', at: { file: at.file, line: 1 } }],
  });
});

it('says that a checkout belongs to no component, or that two belong to one', async () => {
  await using world = await smallWorld();
  const lock = await lockOf(world);
  await world.commit('extensions/Cite', manifest('Cite'));
  const cite = await world.checkout('extensions/Cite');
  const stranger = await resolvePatched({ lock, patches: [{ folder: cite }] }, world.ports, quiet);
  expect(stranger).toMatchObject({ ok: false, diagnostics: [{ code: 'resolve/unknown-component' }] });
  const patches = [
    { folder: await world.checkout('extensions/Echo') },
    { folder: await world.checkout('extensions/Echo') },
  ];
  const twice = await resolvePatched({ lock, patches }, world.ports, quiet);
  expect(twice).toMatchObject({ ok: false, diagnostics: [{ code: 'resolve/patched-twice' }] });
});

it('stops when it is told to, and leaves no lock', async () => {
  await using world = await smallWorld();
  const stop = new AbortController();
  const emit = (event: ResolveEvent): void => {
    if (event.code === 'resolve/set-read') stop.abort(new Error('interrupted'));
  };
  await expect(resolve(world, {}, { ...quiet, signal: stop.signal, emit })).rejects.toThrow('interrupted');
  expect(await readdir(join(world.root, 'extension-sets'))).toEqual(['demo.yaml']);
});

it('says once that there is no world yet', async () => {
  await using world = await smallWorld();
  await rm(join(world.root, 'remotes'), { recursive: true });
  const mirror = JSON.stringify(`${join(world.root, 'remotes')}/`);
  expect(await mistakes(world)).toEqual([
    `the mirror ${mirror} is not there | npm run demo makes the world of this checkout; other mirrors are named in mwpipe.yaml`,
  ]);
});

it('locks the repos inside a component, and those inside them', async () => {
  await using world = await smallWorld();
  await world.commit('lib/rebaser', { 'r.js': '' });
  const rebaser = await world.git(join(world.root, 'remotes/mediawiki/lib/rebaser.git'), 'rev-parse', 'master');
  const declared = (path: string, url: string): string => `[submodule "${path}"]\n\tpath = ${path}\n\turl = ${url}\n`;
  const ve = await world.commit('lib/ve', {
    '.gitmodules': declared('rebaser', world.url('lib/rebaser')),
    rebaser: { submodule: rebaser },
  });
  const gitmodules = declared('lib/ve', '../../lib/ve') + declared('gone', '../nowhere');
  const files = { '.gitmodules': gitmodules, 'lib/ve': { submodule: ve } };
  await world.commit('extensions/Echo', files, { branch: 'wmf/1.43.0-wmf.1' });
  const lock = await lockOf(world);
  expect(lock.components.find(({ name }) => name === 'Echo')?.submodules).toMatchObject([
    {
      path: 'lib/ve',
      url: world.url('lib/ve'),
      commit: ve,
      submodules: [{ path: 'rebaser', url: world.url('lib/rebaser'), commit: rebaser }],
    },
  ]);
});

it("leaves core's submodules to the set, and refuses what could reach outside", async () => {
  await using world = await smallWorld();
  const declared = (path: string, url: string): string => `[submodule "x"]\n\tpath = ${path}\n\turl = ${url}\n`;
  const link = { submodule: '1'.repeat(40) };
  const core = { '.gitmodules': declared('extensions/Flow', 'https://e/Flow'), 'extensions/Flow': link };
  await world.commit('core', core, { branch: 'wmf/1.43.0-wmf.1' });
  expect(await mistakes(world)).toEqual([]);
  const hostile = { '.gitmodules': declared('lib', 'ext::sh -c touch% /tmp/x'), lib: link };
  await world.commit('extensions/Thanks', hostile);
  expect(await mistakes(world)).toEqual([
    'Thanks@COMMIT:.gitmodules:1:1 "ext::sh -c touch% /tmp/x" is no url to fetch from: it holds a space | write https://host/path, http, ssh, git or file://, or user@host:path',
  ]);
});

it('locks every file of a repo that registers something', async () => {
  const listed = 'components:\n  - core\n  - { name: Echo, manifests: [a.json, b/extension.json] }\n  - Thanks\n';
  await using world = await smallWorld(SET + listed);
  const files = { 'a.json': '{"name":"EchoClient"}', 'b/extension.json': '{"name":"Echo","version":"2.0"}' };
  await world.commit('extensions/Echo', files, { branch: 'wmf/1.43.0-wmf.1' });
  expect((await lockOf(world)).components.find(({ name }) => name === 'Echo')).toMatchObject({
    registered: 'EchoClient',
    manifest: 'a.json',
    also: [{ file: 'b/extension.json', registered: 'Echo', version: '2.0' }],
  });
});

it('moves only what it is told to', async () => {
  await using world = await smallWorld();
  await resolve(world);
  await world.commit('extensions/Thanks', { 'new.php': '' });
  await world.commit('core', { 'new.php': '' }, { branch: 'wmf/1.43.0-wmf.1' });
  const updated = await resolve(world, { update: ['Thanks'] });
  expect(updated).toMatchObject({ ok: true, value: { written: true, changes: [{ component: 'Thanks' }] } });
  expect(await resolve(world, { update: [] })).toMatchObject({ ok: true, value: { written: false } });
  expect(await resolve(world)).toMatchObject({ ok: true, value: { changes: [{ component: 'core' }] } });
});

it('names the one repo that fails, and still reads the others', async () => {
  await using world = await smallWorld();
  await rm(join(world.root, 'remotes/mediawiki/extensions/Echo.git'), { recursive: true });
  await world.commit('extensions/Thanks', { 'extension.json': '{' });
  const told = await mistakes(world);
  expect(told).toHaveLength(2);
  expect(told[0]).toContain('unknown component "Echo"');
  expect(told[1]).toContain('Thanks@COMMIT:extension.json');
});

/** Embargoed patches on real git: what becomes of each kind of patch and mail, and where its objects land. */
import { chmod, mkdir, readdir, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Secret } from '../../src/kernel/secret.ts';
import type { AppliedPatch } from '../../src/resolve/ports.ts';
import { gitWorld, type GitWorld } from '../worlds/git.ts';
import { patchOf } from '../worlds/security.ts';
import { quiet } from './git-ports.contract.ts';

const lines = (...numbers: readonly (number | string)[]): string => numbers.map((one) => `line ${one}\n`).join('');
const TWENTY = lines(...Array.from({ length: 20 }, (_, at) => at + 1));
const FIXED = TWENTY.replace('line 10\n', 'line 10, fixed\n');

/** Fetches the tip of core, and puts mails on top. */
async function apply(
  world: GitWorld,
  mails: readonly (string | Buffer)[],
  options: { keep?: boolean; branch?: string } = {},
) {
  const { keep = false, branch = 'master' } = options;
  const url = world.url('core');
  const commit = await world.git(join(world.root, 'remotes/mediawiki/core.git'), 'rev-parse', branch);
  const fetched = await world.ports.objects.fetch({ url, commit, ref: `refs/heads/${branch}` }, quiet);
  if (!fetched.ok) throw new Error(fetched.diagnostics[0].message);
  const id = fetched.value.tree;
  const secrets = mails.map((mail) => new Secret(Buffer.from(mail as string)));
  const applied = await world.ports.mails.apply({ url, id, mails: secrets, keep }, quiet);
  if (!applied.ok) throw new Error(applied.diagnostics[0].message);
  return { base: id, ...applied.value };
}

const said = ({ patches }: { patches: readonly AppliedPatch[] }): string[] =>
  patches.map(({ status, problem, moved }) => [status, problem, moved].filter((one) => one !== undefined).join(' '));

const privateGit = (world: GitWorld): string => join(world.cache, 'private/git', encodeURIComponent(world.url('core')));

function fileOf(world: GitWorld, tree: string, path: string): Promise<string> {
  return world.git(privateGit(world), 'cat-file', 'blob', `${tree}:${path}`);
}

const fix = (world: GitWorld, text = FIXED) =>
  patchOf(world, 'core', (folder) => writeFile(join(folder, 'a.php'), text));

it('applies in order, and keeps the objects where nobody else reads', async () => {
  await using world = await gitWorld({ core: { 'a.php': TWENTY } });
  const first = await fix(world);
  await world.commit('core', { 'a.php': FIXED }, { branch: 'fixed' });
  const second = await patchOf(world, { repo: 'core', branch: 'fixed' }, (folder) =>
    writeFile(join(folder, 'a.php'), FIXED.replace('10, fixed', '10, fixed twice')),
  );
  const applied = await apply(world, [first, second], { keep: true });
  expect(said(applied)).toEqual(['applied', 'applied']);
  expect((await stat(join(world.cache, 'private'))).mode & 0o777).toBe(0o700);
  const mirror = join(world.cache, 'git', encodeURIComponent(world.url('core')));
  await expect(world.git(mirror, 'cat-file', '-e', applied.tree)).rejects.toThrow();
  await expect(
    world.git(join(world.root, 'remotes/mediawiki/core.git'), 'cat-file', '-e', applied.tree),
  ).rejects.toThrow();
  const kept = await world.git(privateGit(world), 'cat-file', '-t', applied.tree);
  expect(kept).toBe('tree');
  expect(await readdir(join(world.cache, 'private/scratch'))).toEqual([]);
});

it('keeps nothing of a dry run', async () => {
  await using world = await gitWorld({ core: { 'a.php': TWENTY } });
  const applied = await apply(world, [await fix(world)]);
  expect(said(applied)).toEqual(['applied']);
  expect(applied.tree).not.toBe(applied.base);
  expect(await readdir(join(world.cache, 'private'))).toEqual(['scratch']);
});

it('finds the place on other lines, and by the common ancestor where the context changed too', async () => {
  await using world = await gitWorld({ core: { 'a.php': TWENTY } });
  const patch = await fix(world);
  await world.commit('core', { 'a.php': `new\nnew\n${TWENTY}` });
  expect(said(await apply(world, [patch]))).toEqual(['applied']);
  await world.commit('core', { 'a.php': TWENTY.replace('line 8\n', 'line 8, changed\n') });
  expect(said(await apply(world, [patch]))).toEqual(['applied']);
});

it('says that a fix is there already: whole, among others, and without a common ancestor', async () => {
  await using world = await gitWorld({ core: { 'a.php': TWENTY } });
  const patch = await fix(world);
  const rootless = patch.replace(/^index .*$/m, 'index 1111111..2222222 100644');
  await world.commit('core', { 'a.php': FIXED });
  const applied = await apply(world, [patch, rootless]);
  expect(said(applied)).toEqual(['already applied', 'already applied']);
  expect(applied.tree).toBe(applied.base);
  await world.commit('core', { 'a.php': `new\n${FIXED}` });
  expect(said(await apply(world, [patch, rootless]))).toEqual(['already applied', 'already applied true']);
});

it('takes a fix of the same words elsewhere for none where it knows the common ancestor', async () => {
  const twin = (name: string, body: string): string =>
    `function ${name}() {\n\t// 1\n\t// 2\n\t// 3\n${body}\t// 4\n\t// 5\n\t// 6\n}\n`;
  const both = (a: string, b: string): string => twin('a', a) + twin('b', b);
  await using world = await gitWorld({ core: { 'a.php': both('\tcheck();\n', '\tgo();\n') } });
  const patch = await patchOf(world, 'core', (folder) =>
    writeFile(join(folder, 'a.php'), both('\tcheck();\n', '\tcheck();\n')),
  );
  await world.commit('core', { 'a.php': both('\tcheck();\n', '\tgoElsewhere();\n') });
  expect(said(await apply(world, [patch]))).toEqual(['failed conflict']);
});

it('skips what follows a conflict, and leaves the tree as far as it came', async () => {
  await using world = await gitWorld({ core: { 'a.php': TWENTY, 'b.php': TWENTY } });
  const good = await patchOf(world, 'core', (folder) => writeFile(join(folder, 'b.php'), FIXED));
  const bad = await fix(world);
  await world.commit('core', { 'a.php': TWENTY.replace('line 10\n', 'line ten\n') });
  const applied = await apply(world, [good, bad, good]);
  expect(said(applied)).toEqual(['applied', 'failed conflict', 'skipped']);
  expect(applied.patches[1]?.details.reveal()).toMatchObject({ subject: 'A fix', files: ['a.php'] });
  expect(applied.patches[1]?.details.reveal().said).toContain('a.php');
});

it('takes binary files, new, renamed and removed ones, and changed modes', async () => {
  await using world = await gitWorld({ core: { 'a.php': TWENTY, 'b.php': TWENTY, 'c.php': 'c' } });
  const patch = await patchOf(world, 'core', async (folder) => {
    await rename(join(folder, 'a.php'), join(folder, 'renamed.php'));
    await writeFile(join(folder, 'renamed.php'), FIXED);
    await writeFile(join(folder, 'new.bin'), Buffer.from([0, 1, 2, 3, 255]));
    await chmod(join(folder, 'b.php'), 0o755);
    await rm(join(folder, 'c.php'));
  });
  const applied = await apply(world, [patch, patch], { keep: true });
  expect(said(applied)).toEqual(['applied', 'already applied']);
  await fileOf(world, applied.tree, 'new.bin');
  expect(await world.git(privateGit(world), 'ls-tree', '--format=%(objectmode) %(path)', applied.tree)).toBe(
    ['100755 b.php', '100644 new.bin', '100644 renamed.php'].join('\n'),
  );
});

it.each([
  ['with carriage returns from a mail program', (mail: string) => mail.replaceAll('\n', '\r\n')],
  ['as quoted-printable', (mail: string) => encoded(mail, 'quoted-printable', (body) => body.replaceAll('=', '=3D'))],
  ['as base64', (mail: string) => encoded(mail, 'base64', (body) => Buffer.from(body).toString('base64'))],
  [
    'as base64 with carriage returns in it',
    (mail: string) => encoded(mail, 'base64', (body) => Buffer.from(body.replaceAll('\n', '\r\n')).toString('base64')),
  ],
  ['as a bare diff', (mail: string) => mail.slice(mail.indexOf('diff --git'))],
])('reads a mail %s', async (_how, change) => {
  await using world = await gitWorld({ core: { 'a.php': TWENTY } });
  expect(said(await apply(world, [change(await fix(world))]))).toEqual(['applied']);
});

function encoded(mail: string, encoding: string, encode: (body: string) => string): string {
  const end = mail.indexOf('\n\n');
  return `${mail.slice(0, end)}\nMIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: ${encoding}\n\n${encode(mail.slice(end + 2))}\n`;
}

it('keeps the carriage returns of a file that has them, and an author of another alphabet', async () => {
  const text = TWENTY.replaceAll('\n', '\r\n');
  await using world = await gitWorld({ core: { 'a.php': text } });
  const patch = await patchOf(
    world,
    { repo: 'core', author: 'Ærøskøbing Пример <a@b.example>', subject: 'Größe prüfen' },
    (folder) => writeFile(join(folder, 'a.php'), text.replace('line 10', 'line 10, fixed')),
  );
  const applied = await apply(world, [patch], { keep: true });
  expect(said(applied)).toEqual(['applied']);
  expect(applied.patches[0]?.details.reveal()).toMatchObject({
    author: 'Ærøskøbing Пример <a@b.example>',
    subject: 'Größe prüfen',
  });
  expect(await fileOf(world, applied.tree, 'a.php')).toContain('line 10, fixed\r\n');
});

const newFile = (path: string, mode = '100644', text = 'x'): string =>
  `diff --git a/${path} b/${path}\nnew file mode ${mode}\n--- /dev/null\n+++ b/${path}\n@@ -0,0 +1 @@\n+${text}\n\\ No newline at end of file\n`;

it.each([
  ['a path above it', newFile('../x'), 'leaves the component'],
  ["git's own folder", newFile('.git/hooks/x'), 'leaves the component'],
  ["git's own folder in other letters", newFile('sub/.GIT/config'), 'leaves the component'],
  [
    'a rename from above it',
    'diff --git a/../x b/y\nsimilarity index 100%\nrename from ../x\nrename to y\n',
    'leaves the component',
  ],
  ['a link that leads out', newFile('l', '120000', '../x'), 'makes a link that leaves'],
  ['an absolute link', newFile('l', '120000', '/etc/passwd'), 'makes a link that leaves'],
  ['a link through a link', newFile('l', '120000', 'a/b/../../../x'), 'makes a link that leaves'],
  ['a file beyond a link that it makes', newFile('l', '120000', 'sub') + newFile('l/x'), 'leaves the component'],
  ['a submodule', newFile('m', '160000', `Subproject commit ${'1'.repeat(40)}`), 'changes a submodule'],
  [
    'a gigabyte to unpack',
    `diff --git a/x b/x\nnew file mode 100644\nGIT binary patch\nliteral 1000000000\n`,
    'too large',
  ],
  ['no patch', 'Dear all,\n\nplease find it attached.\n', 'no patch in it'],
  [
    'garbage',
    Buffer.from(Array.from({ length: 3000 }, (_, at) => 1 + ((at * 7919) % 255))).toString('latin1'),
    'no patch in it',
  ],
  ['an option for git', newFile('--exec=x').replaceAll('--exec', '-o'), undefined],
])('refuses %s', async (_what, patch, problem) => {
  await using world = await gitWorld({ core: { 'a.php': TWENTY } });
  const applied = await apply(world, [patch]);
  expect(said(applied)).toEqual([problem === undefined ? 'applied' : `failed ${problem}`]);
});

it('asks no remote for what a patch names, and runs none of its settings', async () => {
  await using world = await gitWorld({ core: { 'a.php': TWENTY } });
  const patch = (await fix(world)).replace(/^index .*$/m, `index ${'1'.repeat(40)}..${'2'.repeat(40)} 100644`);
  expect(said(await apply(world, [patch]))).toEqual(['applied']);
  const mirror = join(world.cache, 'git', encodeURIComponent(world.url('core')));
  expect(await readdir(join(mirror, 'objects'))).toEqual(['info', 'pack']);
});

it('removes what a killed run left, and leaves what a living one works on', async () => {
  await using world = await gitWorld({ core: { 'a.php': TWENTY } });
  const patch = await fix(world);
  await apply(world, [patch]);
  const scratch = join(world.cache, 'private/scratch');
  for (const pid of [999_999_999, process.pid]) {
    await mkdir(join(scratch, `${encodeURIComponent(hostname())}~${pid}~test`));
  }
  await apply(world, [patch]);
  expect(await readdir(scratch)).toEqual([`${encodeURIComponent(hostname())}~${process.pid}~test`]);
});

it('refuses a private folder that is a link', async () => {
  await using world = await gitWorld({ core: { 'a.php': TWENTY } });
  await symlink('/tmp', join(world.cache, 'private'));
  await expect(apply(world, [await fix(world)])).rejects.toMatchObject({ code: 'security/no-private-folder' });
});

it('says that the files are not here, where the store is damaged', async () => {
  await using world = await gitWorld({ core: { 'a.php': TWENTY } });
  const patch = await fix(world);
  const remote = join(world.root, 'remotes/mediawiki/core.git');
  const oid = await world.git(remote, 'rev-parse', 'master:a.php');
  await rm(join(remote, 'objects', oid.slice(0, 2), oid.slice(2)));
  expect(said(await apply(world, [patch]))).toEqual(['failed its files are not here']);
});

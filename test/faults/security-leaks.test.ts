/** Invariant 7: whatever happens to an embargoed patch, nothing of it is in what a run prints, writes or leaves. */
import { chmod, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { hasCanary, LINES, privateWorkspace, type PrivateWorkspace } from '../worlds/private-workspace.ts';

const CORE = '1.43.0-wmf.2/core/01-T987654.patch';
const CITE = '1.43.0-wmf.2/extensions/Cite/01-T987654.patch';

type Ran = Awaited<ReturnType<PrivateWorkspace['run']>>;

async function expectNoLeak(workspace: PrivateWorkspace, ran: Ran): Promise<void> {
  expect(hasCanary(ran.stdout + ran.stderr) ? ran.stdout + ran.stderr : '').toBe('');
  expect(await workspace.leaks()).toEqual([]);
}

/** What each way of asking prints, after the same check. */
async function everyWay(workspace: PrivateWorkspace, argv: readonly string[], exit: number): Promise<Ran> {
  const shown = await workspace.run(argv);
  await expectNoLeak(workspace, shown);
  expect(shown).toMatchObject({ exit });
  for (const more of [['--json'], ['--reveal'], ['--json', '--reveal=force']]) {
    const ran = await workspace.run([...argv, ...more]);
    await expectNoLeak(workspace, ran);
    expect(ran.exit).toBe(exit);
  }
  return shown;
}

/** core's fits, Cite's doesn't any more. */
async function withConflict(workspace: PrivateWorkspace): Promise<void> {
  const cite = await workspace.patch('extensions/Cite', 'line 3\n', 'canary 3\n');
  await workspace.write({
    [CORE]: await workspace.patch('core', 'line 3\n', 'canary 3\n'),
    // Of an ancestor that nobody has: git then says which file it is, in its traces too.
    [CITE]: cite.replace(/^index .{7,}\.\.\w+ /gm, 'index 1111111..2222222 '),
  });
  const files = { 'src/canary.php': LINES.replace('line 3\n', 'line three\n'), 'canary-9.php': 'another' };
  await workspace.world.commit('extensions/Cite', files);
  await workspace.run(['resolve', 'demo']);
}

it('shows component, number and status of patches that apply', async () => {
  await using workspace = await privateWorkspace();
  await workspace.write({
    [CORE]: await workspace.patch('core', 'line 3\n', 'canary 3\n'),
    '1.43.0-wmf.2/extensions/CanaryBird/01-T987654.patch': 'canary',
  });
  const { stdout } = await everyWay(workspace, ['security', 'check'], 0);
  expect(stdout).toContain('core 1');
  expect(stdout).toMatch(/\(other\) 1 +skipped \(its component is not in the set\)/);
  expect(stdout).toContain('demo: patches of 1.43.0-wmf.2 (it has the version of the set)');
});

it('shows them to their owner who insists', async () => {
  await using workspace = await privateWorkspace();
  await withConflict(workspace);
  const { stdout, exit } = await workspace.run(['security', 'check', '--reveal=force']);
  expect(exit).toBe(1);
  expect(stdout).toContain(CITE);
  expect(stdout).toContain('SECURITY: canary of T987654, by Canary Bird <canary@world.example>');
  expect(stdout).toContain('src/canary.php');
  expect(await workspace.leaks()).toEqual([]);
});

it('says of a conflict whose it is, and writes no lock', async () => {
  await using workspace = await privateWorkspace();
  await withConflict(workspace);
  const checked = await everyWay(workspace, ['security', 'check'], 1);
  expect(checked.stdout).toMatch(/Cite 1 +failed \(conflict\)/);
  const resolved = await everyWay(workspace, ['resolve', 'demo', '--security'], 1);
  expect(resolved.stderr).toContain('security patch 1 of Cite failed (conflict)  [security/patch-failed]');
  expect(await readdir(join(workspace.world.root, 'workspace/extension-sets'))).toEqual([
    'demo.lock.yaml',
    'demo.yaml',
  ]);
});

it('writes a private lock for its owner alone, and the public one as ever', async () => {
  await using workspace = await privateWorkspace();
  await workspace.write({ [CORE]: await workspace.patch('core', 'line 3\n', 'canary 3\n') });
  const folder = join(workspace.world.root, 'workspace/extension-sets');
  const open = await readFile(join(folder, 'demo.lock.yaml'), 'utf8');
  const { stdout } = await everyWay(workspace, ['resolve', 'demo', '--security'], 0);
  expect(stdout).toContain('Private lock  extension-sets/demo.private.lock.yaml: written, for you alone');
  expect(await readFile(join(folder, 'demo.lock.yaml'), 'utf8')).toBe(open);
  const file = join(folder, 'demo.private.lock.yaml');
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const text = await readFile(file, 'utf8');
  expect(text).toMatch(/visibility: private\nsecurity: 1\.43\.0-wmf\.2\n/);
  expect(text).toMatch(/because: 1 security patch\n +security:\n +- digest: sha256:[0-9a-f]{64}\n/);
  const tree = /patch:\n +tree: "?(\w{40})/.exec(text)?.[1] ?? '';
  const { stdout: json } = await workspace.run(['resolve', 'demo', '--security', '--json']);
  expect(json).not.toContain(tree);
  expect((await workspace.run(['resolve', 'demo', '--security', '--frozen'])).exit).toBe(0);
});

it('refuses to write a private lock over a file that git tracks, and warns where git add would take it', async () => {
  await using workspace = await privateWorkspace();
  await workspace.write({ [CORE]: await workspace.patch('core', 'line 3\n', 'canary 3\n') });
  const root = join(workspace.world.root, 'workspace');
  await workspace.world.git(root, 'init', '-q');
  const { stderr } = await workspace.run(['resolve', 'demo', '--security']);
  expect(stderr).toContain('add *.private.lock.yaml* to .gitignore');
  await workspace.world.git(root, 'add', '-f', '.');
  await writeFile(join(root, 'extension-sets/demo.private.lock.yaml'), 'what was there');
  const { exit } = await everyWay(workspace, ['resolve', 'demo', '--security'], 4);
  expect(exit).toBe(4);
  expect(await readFile(join(root, 'extension-sets/demo.private.lock.yaml'), 'utf8')).toBe('what was there');
});

it('names no file of a tree that is wrong, nor one that it cannot read', async () => {
  await using workspace = await privateWorkspace();
  await workspace.write({
    '1.43.0-wmf.2/core/canary.patch': 'x',
    '1.43.0-wmf.2/canary/01-T987654.patch': 'x',
    '1.43.0-wmf.2/core/02-T987654.patch': '',
    '1.43.0-wmf.2/core/03-T987654.patch.dropped': '',
    'canary-folder/core/01-T987654.patch': 'x',
  });
  await symlink('/etc/canary', join(workspace.patches, '1.43.0-wmf.2/core/04-T987654.patch'));
  const { stderr } = await everyWay(workspace, ['security', 'check'], 2);
  for (const code of ['wrong-name', 'wrong-folder', 'wrong-size', 'misplaced-marker', 'not-a-file']) {
    expect(stderr).toContain(`[security/${code}]`);
  }
});

it('names nothing of what is no patch, leaves its component, or hides in a mail', async () => {
  await using workspace = await privateWorkspace();
  const outside =
    'diff --git a/../canary b/../canary\nnew file mode 100644\n--- /dev/null\n+++ b/../canary\n@@ -0,0 +1 @@\n+canary\n';
  await workspace.write({
    [CORE]: outside,
    [CITE]: 'Subject: canary\n\nno patch of T987654\n',
    '1.43.0-wmf.2/core/02-T987654.patch': Buffer.from('canary\0canary'),
  });
  await everyWay(workspace, ['security', 'check'], 2);
  await workspace.write({ '1.43.0-wmf.2/core/02-T987654.patch': 'Subject: =?UTF-8?Q?canary?=\n\ncanary' });
  const { stdout } = await everyWay(workspace, ['security', 'check'], 1);
  expect(stdout).toMatch(/core 1 +failed \(leaves the component\)/);
  expect(stdout).toMatch(/core 2 +skipped \(one before it failed\)/);
  expect(stdout).toMatch(/Cite 1 +failed \(no patch in it\)/);
});

it('warns of a patch tree that everybody can read', async () => {
  await using workspace = await privateWorkspace();
  await workspace.write({ [CORE]: await workspace.patch('core', 'line 3\n', 'canary 3\n') });
  await chmod(workspace.patches, 0o755);
  const { stderr } = await everyWay(workspace, ['security', 'check'], 0);
  expect(stderr).toContain('can be read by everybody on this machine: chmod o-rwx');
});

it('killed in the middle, leaves what it had for its owner alone, until the next run', async () => {
  await using workspace = await privateWorkspace();
  await workspace.write({ [CORE]: await workspace.patch('core', 'line 3\n', 'canary 3\n') });
  const marker = join(workspace.world.root, 'tmp/reached');
  const git = await findGit();
  await writeFile(
    join(workspace.bin, 'git'),
    `#!/bin/sh\ncase "$*" in *--3way*) "${git}" "$@"; : > "${marker}"; sleep 3; exit 1;; esac\nexec "${git}" "$@"\n`,
    { mode: 0o755 },
  );
  for (const command of [
    ['security', 'check'],
    ['resolve', 'demo', '--security'],
  ]) {
    await killedAt(workspace, command, marker);
    const scratch = join(workspace.world.cache, 'private/scratch');
    expect(await readdir(scratch)).toHaveLength(1);
    expect(await workspace.leaks()).toEqual([]);
  }
  await writeFile(join(workspace.bin, 'git'), `#!/bin/sh\nexec "${git}" "$@"\n`);
  await everyWay(workspace, ['security', 'check'], 0);
  expect(await readdir(join(workspace.world.cache, 'private/scratch'))).toEqual([]);
});

async function killedAt(workspace: PrivateWorkspace, argv: readonly string[], marker: string): Promise<void> {
  await rm(marker, { force: true });
  let kill: (signal: NodeJS.Signals) => void = () => undefined;
  const running = workspace.run(argv, { started: (killer) => (kill = killer) });
  while (!(await stat(marker).catch(() => undefined))) await delay(20);
  kill('SIGKILL');
  const ran = await running;
  await expectNoLeak(workspace, ran);
}

async function findGit(): Promise<string> {
  for (const folder of (process.env['PATH'] ?? '').split(':')) {
    if (await stat(join(folder, 'git')).catch(() => undefined)) return join(folder, 'git');
  }
  throw new Error('no git');
}

it('interrupted, leaves nothing', async () => {
  await using workspace = await privateWorkspace();
  await workspace.write({ [CORE]: await workspace.patch('core', 'line 3\n', 'canary 3\n') });
  const marker = join(workspace.world.root, 'tmp/reached');
  const git = await findGit();
  await writeFile(
    join(workspace.bin, 'git'),
    `#!/bin/sh\ncase "$*" in *--3way*) : > "${marker}"; exec sleep 30;; esac\nexec "${git}" "$@"\n`,
    { mode: 0o755 },
  );
  let kill: (signal: NodeJS.Signals) => void = () => undefined;
  const running = workspace.run(['security', 'check'], { started: (killer) => (kill = killer) });
  while (!(await stat(marker).catch(() => undefined))) await delay(20);
  kill('SIGINT');
  const ran = await running;
  expect(ran.exit).toBe(130);
  await expectNoLeak(workspace, ran);
  expect(await readdir(join(workspace.world.cache, 'private/scratch'))).toEqual([]);
});

it('on a bug of ours, says where and not what', async () => {
  await using workspace = await privateWorkspace();
  await workspace.write({ [CORE]: await workspace.patch('core', 'line 3\n', 'canary 3\n') });
  // Where the scratch folder should be is a file: nothing in the code expects that.
  await mkdir(join(workspace.world.cache, 'private'), { mode: 0o700 });
  await writeFile(join(workspace.world.cache, 'private/scratch'), '');
  const { stderr } = await everyWay(workspace, ['security', 'check'], 70);
  expect(stderr).toMatch(/at src\/adapters\/git\/private-store\.ts:\d+:\d+/);
});

it('on a bug of ours that quotes a patch, gives its place alone', async () => {
  await using workspace = await privateWorkspace();
  await workspace.write({ [CORE]: await workspace.patch('core', 'line 3\n', 'canary 3\n') });
  for (const flags of [[], ['--json'], ['--reveal']]) {
    const program = join(import.meta.dirname, 'child-security-bug.ts');
    const ran = await workspace.runProgram([program, workspace.root, workspace.patches, ...flags]);
    await expectNoLeak(workspace, ran);
    expect(ran.exit).toBe(70);
    expect(ran.stdout + ran.stderr).toMatch(/TypeError.*src\/resolve\/security\/try-patches\.ts:\d+:\d+/s);
  }
});

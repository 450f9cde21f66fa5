/** `mwpipe lock diff` and `mwpipe outdated` as a person runs them, on real git: what they print, and how they end. */
import { spawnSync } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { resolveSet } from '../../src/resolve/index.ts';
import { gitWorld, type GitWorld } from '../worlds/git.ts';
import { writeHistory } from '../worlds/history.ts';
import { quiet } from './git-ports.contract.ts';

const cli = join(import.meta.dirname, '../../src/cli/mwpipe.ts');
const WORKSPACE = `version: 1
mirrors:
  - { from: "https://git.world.example/r/", to: "file://{cache}/../remotes/" }
targets:
  docker: { kind: docker, set: demo, overlays: [demo] }
`;
const setOf = (train: string, components: readonly string[]): string => `version: 1
variables: { train: "${train}" }
branches: ["wmf/{train}", master]
sources:
  core: https://git.world.example/r/mediawiki/core
  extension: https://git.world.example/r/mediawiki/extensions/{name}
components:
${components.map((line) => `  - ${line}\n`).join('')}`;
const core = (version: string) => ({ 'includes/Defines.php': `<?php\ndefine( 'MW_VERSION', '${version}' );\n` });
const extension = (name: string) => ({ 'extension.json': `{ "name": "${name}" }` });
const footers = (digit: string, ...bugs: readonly string[]): string[] => [
  ...bugs.map((bug) => `Bug: ${bug}`),
  `Change-Id: I${digit.repeat(40)}`,
];

/** Echo has a backport in wmf/1, and in wmf/2 what it is of, a bot's commits, and more; Math is new on master. */
async function trains(): Promise<GitWorld> {
  const world = await gitWorld({
    ...{ core: core('1.43.0'), 'extensions/Echo': extension('Echo'), 'extensions/Cite': extension('Cite') },
    'extensions/Math': extension('Math'),
  });
  for (const train of ['1', '2']) {
    await world.commit('core', core(`1.43.0-wmf.${train}`), { branch: `wmf/${train}` });
    await world.commit('extensions/Cite', {}, { branch: 'wmf/1' });
  }
  await world.git(join(world.root, 'remotes/mediawiki/extensions/Cite.git'), 'branch', 'wmf/2', 'wmf/1');
  const repo = 'extensions/Echo';
  const backport = { subject: 'Fix a fatal', day: 300, footers: footers('a', 'T1') };
  await writeHistory(world, { repo, branch: 'wmf/1', from: 'refs/heads/master^0' }, [
    backport,
    { subject: 'Only for wmf/1 <script>', day: 301, footers: footers('b') },
  ]);
  const bot = { subject: 'Localisation updates from https://translatewiki.net.', author: 'Translation updater bot' };
  await writeHistory(world, { repo, branch: 'wmf/2', from: 'refs/heads/master^0' }, [
    backport,
    { ...bot, day: 302 },
    { subject: '\u001B[31mMake *all* things [better](x)', day: 303, footers: footers('c', 'T2', 'T3') },
    { ...bot, day: 304 },
    ...[1, 2, 3].map((step) => ({ subject: `Step ${step}`, day: 304 + step })),
  ]);
  await mkdir(join(world.root, 'extension-sets'));
  await writeFile(join(world.root, 'mwpipe.yaml'), WORKSPACE);
  await commitSet(world, setOf('1', ['core', 'Cite', 'Echo']), 'wmf.1');
  await commitSet(world, setOf('2', ['core', 'Cite', 'Echo', 'Math']), 'wmf.2');
  return world;
}

/** The set and its lock, in the history of the workspace, with a tag. */
async function commitSet(world: GitWorld, set: string, tag: string): Promise<void> {
  await writeFile(join(world.root, 'extension-sets/demo.yaml'), set);
  const resolved = await resolveSet({ root: world.root, set: 'demo' }, world.ports, quiet);
  if (!resolved.ok) throw new Error(JSON.stringify(resolved.diagnostics));
  await world.git(world.root, 'init', '-q');
  await world.git(world.root, 'add', 'mwpipe.yaml', 'extension-sets');
  await world.git(world.root, '-c', 'user.name=A', '-c', 'user.email=a@e', 'commit', '-q', '-m', tag);
  await world.git(world.root, 'tag', tag);
}

function mwpipe(world: GitWorld, ...argv: readonly string[]) {
  const env = { ...process.env, MWPIPE_CACHE: world.cache, NODE_COMPILE_CACHE: join(tmpdir(), 'mwpipe-compile-cache') };
  const done = spawnSync(process.execPath, [cli, ...argv], { encoding: 'utf8', cwd: world.root, env });
  const text = (done.stdout + done.stderr).replaceAll(/\b(?=[a-f]*\d)[0-9a-f]{7}\b/g, 'COMMIT');
  return { status: done.status, text, stdout: done.stdout };
}

it("tells a train's changelog: each component, its commits with their tasks, the bot's as a number", async () => {
  await using world = await trains();
  const { status, text } = mwpipe(world, 'lock', 'diff', 'wmf.1', 'wmf.2', '--commits', '4');
  expect(text).toBe(`wmf.1:demo → wmf.2:demo: MediaWiki 1.43.0-wmf.1 → 1.43.0-wmf.2
2 moved, 1 added, 1 on another branch with the same files

core  wmf/1@COMMIT → wmf/2@COMMIT, 1 commit
  COMMIT  change, World
  no longer in it:
    COMMIT  change, World
  version: 1.43.0-wmf.1 → 1.43.0-wmf.2

Echo  wmf/1@COMMIT → wmf/2@COMMIT, 7 commits
  COMMIT  Step 3, A Developer
  COMMIT  Step 2, A Developer
  COMMIT  Step 1, A Developer
  COMMIT  Make *all* things [better](x) (T2, T3), A Developer
  and 1 more
  localisation updates ×2
  no longer in it:
    COMMIT  Only for wmf/1 <script>, A Developer

Math  new: master@COMMIT

same files (wmf/1 → wmf/2): Cite
`);
  expect(status).toBe(0);
});

it('as Markdown nothing that an author wrote becomes markup, as JSON all is data', async () => {
  await using world = await trains();
  const { text } = mwpipe(world, 'lock', 'diff', 'HEAD~1', '--format', 'markdown');
  expect(text).toContain('# HEAD\\~1:demo → demo: MediaWiki 1.43.0-wmf.1 → 1.43.0-wmf.2\n');
  expect(text).toContain('## Echo\n\nwmf/1@COMMIT → wmf/2@COMMIT, 7 commits\n\n- Step 3, A Developer (`COMMIT`)\n');
  expect(text).toContain('- Make \\*all\\* things \\[better\\](x) (T2, T3), A Developer');
  expect(text).toContain('- Fix a fatal (T1), A Developer; was backported (`COMMIT`)');
  expect(text).toContain('- Only for wmf/1 \\<script\\>, A Developer');
  const json = JSON.parse(mwpipe(world, 'lock', 'diff', 'wmf.1', 'demo', '--format', 'json').stdout) as {
    components: { component: string; commits?: { added: { count: number } } }[];
  };
  expect(json.components.find(({ component }) => component === 'Echo')?.commits?.added.count).toBe(7);
});

it('needs no remote without commits, and names the one that fails beside all others', async () => {
  await using world = await trains();
  await rm(join(world.root, 'remotes/mediawiki/extensions/Echo.git'), { recursive: true });
  const failing = mwpipe(world, 'lock', 'diff', 'wmf.1', 'wmf.2');
  expect(failing.status).toBe(3);
  expect(failing.text).toMatch(/core .*1 commit\n/);
  expect(failing.text).toMatch(/Echo .*\n {2}commits unknown: .*mediawiki\/extensions\/Echo/);
  await rm(join(world.root, 'remotes'), { recursive: true });
  const { status, text } = mwpipe(world, 'lock', 'diff', 'wmf.1', 'wmf.2', '--no-commits');
  expect([status, text]).toEqual([0, expect.stringMatching(/Echo {2}wmf\/1@COMMIT → wmf\/2@COMMIT\n/)]);
});

it('takes a set alone for what is not committed yet, and files; says what it cannot find', async () => {
  await using world = await trains();
  expect(mwpipe(world, 'lock', 'diff', 'demo').text).toMatch('HEAD:demo → demo: MediaWiki 1.43.0-wmf.2\n4 unchanged\n');
  const before = await world.git(world.root, 'show', 'wmf.1:extension-sets/demo.lock.yaml');
  await writeFile(join(world.root, 'old.lock.yaml'), `${before}\n`);
  expect(mwpipe(world, 'lock', 'diff', 'old.lock.yaml', '--no-commits').text).toMatch('2 moved, 1 added');
  for (const [word, code, hint] of [
    ['demmo', 'lock/no-such-side', 'did you mean demo?'],
    ['wmf.1:demmo', 'lock/not-in-revision', 'did you mean wmf.1:demo?'],
    ['none.lock.yaml', 'lock/missing', 'name a lock'],
    ['--upload-pack=x', 'unknown option', ''],
  ] as const) {
    const { status, text } = mwpipe(world, 'lock', 'diff', word);
    expect([status, text]).toEqual([2, expect.stringContaining(code)]);
    expect(text).toContain(hint);
  }
});

it('shows what moved since a lock, and fails only where that was asked for', async () => {
  await using world = await trains();
  expect(mwpipe(world, 'outdated', 'demo').text).toBe('demo: nothing outdated, 4 current\n');
  await world.commit('extensions/Echo', { 'new.php': '' }, { branch: 'wmf/2' });
  await world.commit('extensions/Math', {}, { branch: 'wmf/2' });
  const lock = await readFile(join(world.root, 'extension-sets/demo.lock.yaml'), 'utf8');
  const { status, text } = mwpipe(world, 'outdated');
  expect(text).toBe(`demo: 2 of 4 outdated, 2 current
  Echo  behind     COMMIT  → COMMIT  wmf/2 moved on
  Math  other ref  COMMIT  → COMMIT  wmf/2 is there now: master was a fallback
Next  mwpipe resolve demo
`);
  expect(status).toBe(0);
  expect(mwpipe(world, 'outdated', '--exit-code').status).toBe(1);
  expect(await readFile(join(world.root, 'extension-sets/demo.lock.yaml'), 'utf8')).toBe(lock);
});

it('shows pins as such, what set and lock list apart, and the remote that fails beside all others', async () => {
  await using world = await trains();
  const pinned = ['core', `{ name: Cite, tag: "1.0" }`, 'Echo', 'Math'];
  await world.tag('extensions/Cite', '1.0');
  await writeFile(join(world.root, 'extension-sets/demo.yaml'), setOf('2', pinned));
  await resolveSet({ root: world.root, set: 'demo' }, world.ports, quiet);
  await world.tag('extensions/Cite', '1.1');
  await writeFile(join(world.root, 'extension-sets/demo.yaml'), setOf('2', [...pinned.slice(0, 3), 'Nuke']));
  await rm(join(world.root, 'remotes/mediawiki/extensions/Echo.git'), { recursive: true });
  const { status, text } = mwpipe(world, 'outdated', 'demo');
  expect(text).toMatch(/^demo: 2 of 5 outdated, 1 current, 1 pinned, 1 unknown\n/);
  expect(text).toMatch(/Cite +pinned +COMMIT +pinned to the tag 1.0; there is 1.1\n/);
  expect(text).toMatch(/Echo +unknown +COMMIT +.*extensions\/Echo\n/);
  expect(text).toMatch(/Math +not listed +COMMIT +its set no longer lists it\n/);
  expect(text).toMatch(/Nuke +not locked +the set lists it, its lock does not\n/);
  expect(status).toBe(3);
});

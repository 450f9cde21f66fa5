/** What steps made as a commit, with real git: on top of the locked commit, pushed to a real remote. */
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { submitOutputs, type SubmitRequest, type Submitted } from '../../src/build/index.ts';
import type { Submissions } from '../../src/build/steps-ports.ts';
import type { LockedComponent } from '../../src/resolve/index.ts';
import { runCommand } from '../worlds/command.ts';
import { testContext } from '../worlds/context.ts';
import { gitWorld, type GitWorld } from '../worlds/git.ts';
import { mistakesOf, valueOf } from '../worlds/overlays.ts';
import { build, dist, stepsMachine, type StepsMachine } from '../worlds/steps-machine.ts';

let world: GitWorld;
let machine: StepsMachine;
let component: LockedComponent;
let remote: string;

const poem = { Poem: { 'src/poem.js': 'roses', 'dist/old.js': 'old', 'dist/poem.js': 'stale' } };
const [name, email] = ['A Builder', 'builder@world.example'];
const identity = {
  ...{ GIT_AUTHOR_NAME: name, GIT_AUTHOR_EMAIL: email },
  ...{ GIT_COMMITTER_NAME: name, GIT_COMMITTER_EMAIL: email },
};

beforeEach(async () => {
  world = await gitWorld(poem, { environment: identity });
  machine = await stepsMachine();
  machine.use({ build: (box) => (box.files.delete('/srv/mediawiki/extensions/Poem/dist/old.js') ? build(box) : 1) });
  machine.ports = { ...machine.ports, objects: world.ports.objects };
  remote = join(world.root, 'remotes/mediawiki/Poem.git');
  const [commit = '', tree = ''] = (await git('rev-parse', 'master', 'master^{tree}')).split('\n');
  const place = { name: 'Poem', kind: 'extension', path: 'extensions/Poem', url: world.url('Poem') } as const;
  component = { ...place, ref: 'refs/heads/master', commit, tree, build: dist() };
});
afterEach(async () => {
  await world[Symbol.asyncDispose]();
  await machine[Symbol.asyncDispose]();
});

async function git(...args: readonly string[]): Promise<string> {
  return (await runCommand(['git', '-C', remote, ...args])).stdout.trimEnd();
}

async function submit(
  to: SubmitRequest['to'],
  more: { dryRun?: boolean; patch?: LockedComponent['patch']; submissions?: Submissions } = {},
) {
  const lock = { schema: 'mwpipe.lock/2', set: 'test', mediawiki: '1', components: [component] } as const;
  const plan = valueOf(await machine.plan(lock));
  const done = valueOf(await machine.run(lock));
  const locked = more.patch === undefined ? component : { ...component, patch: more.patch };
  const request = { component: locked, plan, done, to, url: `file://${remote}`, dryRun: more.dryRun ?? false };
  return submitOutputs(
    request,
    { ...machine.ports, submissions: more.submissions ?? world.ports.submissions },
    testContext(),
  );
}

it('pushes one commit to a branch: new files, changed ones, and without those that are not made any more', async () => {
  const submitted: Submitted = valueOf(await submit({ branch: 'built' }));
  expect(submitted.files).toEqual([
    { path: 'dist/old.js', added: 0, removed: 1 },
    { path: 'dist/poem.js', added: 1, removed: 1 },
  ]);
  expect(await git('rev-parse', 'built', 'built^')).toBe(`${submitted.commit}\n${component.commit}`);
  expect(await git('show', 'built:dist/poem.js')).toBe('min(roses)');
  expect(await git('log', '-1', '--format=%B', 'built')).toMatch(
    /^Build dist\n\nMade from [0-9a-f]{40} by its build steps/,
  );
  expect(await git('ls-tree', '-r', '--name-only', 'built')).toBe('dist/poem.js\nsrc/poem.js');
});

it('pushes for review with a Change-Id, the same for the same content', async () => {
  const first = valueOf(await submit({ reviewFor: 'master' }));
  expect(first.pushed?.ref).toBe('refs/for/master');
  const changeId = async (commit: string) =>
    /^Change-Id: I[0-9a-f]{40}$/m.exec(await git('log', '-1', '--format=%B', commit))?.[0];
  expect(await changeId('refs/for/master')).toBeDefined();
  await git('update-ref', '-d', 'refs/for/master');
  const again = valueOf(await submit({ reviewFor: 'master' }));
  expect(await changeId(again.commit)).toBe(await changeId(first.commit));
});

it('makes the commit and pushes nothing in a dry run', async () => {
  const submitted = valueOf(await submit({ branch: 'built' }, { dryRun: true }));
  expect(submitted).not.toHaveProperty('pushed');
  expect(await git('branch', '--list', 'built')).toBe('');
});

it('never forces: a branch that went another way stays, and what git said is told', async () => {
  await world.commit('Poem', { 'other.txt': 'x' });
  const outcome = await submit({ branch: 'master' });
  expect(outcome).toMatchObject({
    diagnostics: [
      { code: 'git/push-refused', message: expect.stringContaining('rejected') as unknown, exit: 'outside' },
    ],
  });
});

it('refuses what is patched or embargoed, and names that are no refs', async () => {
  const patch = { tree: component.tree, because: 'change 1' };
  expect(mistakesOf(await submit({ branch: 'b' }, { patch }))).toEqual(['build/submit-patched']);
  const security = [{ digest: `sha256:${'0'.repeat(64)}` }];
  expect(mistakesOf(await submit({ branch: 'b' }, { patch: { ...patch, security } }))).toEqual([
    'build/submit-embargoed',
  ]);
  expect(mistakesOf(await submit({ branch: 'a..b' }))).toEqual(['resolve/unsafe-ref']);
});

it('says that there is nothing to submit', async () => {
  machine.use({ build: (box) => box.write('dist/poem.js', 'stale') });
  machine.ports = { ...machine.ports, objects: world.ports.objects };
  expect(mistakesOf(await submit({ branch: 'built' }))).toEqual(['build/submit-nothing']);
});

it('makes no commit of nobody', async () => {
  const empty = Object.fromEntries(Object.keys(identity).map((variable) => [variable, '']));
  await using other = await gitWorld(poem, { environment: empty });
  expect(mistakesOf(await submit({ branch: 'built' }, { submissions: other.ports.submissions }))).toEqual([
    'git/no-identity',
  ]);
});

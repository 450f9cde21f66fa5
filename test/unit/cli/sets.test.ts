import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { setsWorld, type SetsWorld } from '../../worlds/sets.ts';

const cli = join(import.meta.dirname, '..', '..', '..', 'src', 'cli', 'mwpipe.ts');
const BASE = `version: 1
description: the base
source: wikimedia
variables: { train: 1.43.0-wmf.1 }
branches: ['wmf/{train}', master]
components: [core, Echo, Thanks]
`;
const LOCK = (name: string, other: string): string =>
  `  - name: ${name}\n    kind: ${name === 'core' ? 'core' : 'extension'}\n    path: "${name === 'core' ? '' : `extensions/${name}`}"\n` +
  `    url: https://e/${name}\n    commit: ${'c'.repeat(40)}\n    tree: ${'d'.repeat(40)}\n    registered: ${name}\n${other}`;

async function workspace(): Promise<SetsWorld> {
  const world = await setsWorld({
    base: BASE,
    mine: 'version: 1\nextends: [base]\ncomponents:\n  - { name: Cite, tag: "1.0", because: a reason }\n',
  });
  await world.write('mwpipe.yaml', 'version: 1\ntargets: { docker: { kind: docker, set: mine, overlays: [x] } }\n');
  await world.write('extension-list', '$IP/extensions/Echo/extension.json\n$IP/extensions/Poem/extension.json\n');
  const locked = [
    LOCK('core', '    ref: refs/heads/wmf/1.43.0-wmf.1\n'),
    LOCK('Echo', '    ref: refs/heads/master\n    fallback: no wmf/1.43.0-wmf.1\n'),
    LOCK('Thanks', '    ref: refs/heads/master\n    requires:\n      extensions:\n        Echo: ">= 1.0"\n'),
  ];
  await world.write(
    'extension-sets/mine.lock.yaml',
    `schema: mwpipe.lock/2\nset: mine\nmediawiki: 1.43.0-wmf.1\ncomponents:\n${locked.join('')}`,
  );
  return world;
}

function mwpipe(cwd: string, ...argv: readonly string[]) {
  const env = { ...process.env, NODE_COMPILE_CACHE: join(tmpdir(), 'mwpipe-compile-cache') };
  return spawnSync(process.execPath, [cli, ...argv], { encoding: 'utf8', cwd, env });
}

it('lists sets, and shows one with where each component is from', async () => {
  await using world = await workspace();
  expect(mwpipe(world.root, 'sets', 'list').stdout).toBe(
    'base  3                        the base\nmine  4  locked  extends base\n',
  );
  const shown = mwpipe(world.root, 'sets', 'show', 'mine').stdout;
  expect(shown).toContain('mine: 4 components, extends base\nBranch   wmf/{train} → master\n');
  expect(shown).toMatch(/Cite +extension +extensions\/Cite +tag 1\.0 +mine +https:\/\/gerrit.wikimedia.org/);
});

it('imports a list once', async () => {
  await using world = await workspace();
  const imported = mwpipe(world.root, 'sets', 'import', 'extension-list', '--as', 'listed');
  expect(imported.stdout).toContain('Set   extension-sets/listed.yaml: 3 components from an extension list, with core');
  expect(readFileSync(join(world.root, 'extension-sets/listed.yaml'), 'utf8')).toContain(
    '  - core\n  - Echo\n  - Poem\n',
  );
  expect(mwpipe(world.root, 'sets', 'import', 'extension-list', '--as', 'listed').status).toBe(4);
});

it('compares sets and lists, as a table, as Markdown and as JSON', async () => {
  await using world = await workspace();
  expect(mwpipe(world.root, 'sets', 'diff', 'base', 'extension-list').stdout).toBe(
    '1 in all of them, 3 not\n          base (3)  extension-list (2)\n  core    yes       -\n  Poem    -         yes\n  Thanks  yes       -\n',
  );
  const markdown = mwpipe(world.root, 'sets', 'diff', 'base', 'mine', '--format', 'markdown').stdout;
  expect(markdown).toContain('| Component | base | mine |\n| --- | --- | --- |\n| Cite |  | yes |\n');
  const json = mwpipe(world.root, 'sets', 'diff', 'base', 'mine', '--format', 'json').stdout;
  expect(JSON.parse(json)).toMatchObject({ common: ['core', 'Echo', 'Thanks'] });
});

it('says why a component is there and at its commit, in text and as JSON', async () => {
  await using world = await workspace();
  expect(mwpipe(world.root, 'why', 'Echo').stdout).toBe(
    `Echo (extension) in mine, at extensions/Echo
Set     mine extends base   extension-sets/mine.yaml:2
        base lists it   extension-sets/base.yaml:6
Needed  Thanks → Echo (>= 1.0)
Commit  ccccccc of master
        number 2 of the policy, master, for it has no wmf/1.43.0-wmf.1   extension-sets/base.yaml:5
`,
  );
  expect(mwpipe(world.root, 'why', 'Cite').stdout).toContain(
    'Set     mine lists it   extension-sets/mine.yaml:4: a reason\n',
  );
  const told = JSON.parse(mwpipe(world.root, 'why', 'Echo', '--set', 'mine', '--json').stdout) as object;
  expect(told).toMatchObject({
    code: 'result',
    exit: 0,
    value: { name: 'Echo', commit: { ref: 'refs/heads/master' } },
  });
  const wrong = mwpipe(world.root, 'why', 'Ehco');
  expect(wrong.status).toBe(2);
  expect(wrong.stderr).toContain('did you mean Echo?');
});

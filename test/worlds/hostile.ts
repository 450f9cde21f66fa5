/** A small world whose set, repos, lock or cache somebody made to hurt: what resolving says of it, and what it left. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MwpipeError, messageOf } from '../../src/kernel/error.ts';
import { resolveSet, type ResolveRequest } from '../../src/resolve/index.ts';
import { testContext } from './context.ts';
import { PLAIN_GIT } from './fast-import.ts';
import { gitWorld, type GitWorld, type GitWorldOptions } from './git.ts';

export interface HostileWorld extends AsyncDisposable {
  readonly world: GitWorld;
  readonly lockFile: string;
  /** What a command in a url or a name would make, were it run. */
  readonly canary: string;
  writeSet(lines: SetLines): Promise<void>;
  /** `code exit-class` of everything that was told; `locked` where it went well; `bug` where mwpipe broke. */
  resolve(request?: Partial<ResolveRequest>): Promise<Told>;
  /** Makes master of a repo a tree of these raw entries: names that no git command would write. */
  rawTree(name: string, entries: readonly RawEntry[]): Promise<string>;
  remote(name: string): string;
}

interface SetLines {
  readonly components?: readonly string[];
  readonly branches?: string;
  readonly variables?: string;
}

export interface Told {
  readonly says: readonly string[];
  readonly text: string;
  /** Whether the set's folder has a lock or a part of one, and the canary is there. */
  readonly left: readonly string[];
}

export interface RawEntry {
  readonly mode: '100644' | '120000' | '40000' | '160000';
  readonly name: string;
  readonly oid: string;
}

export async function hostileWorld(options: GitWorldOptions = {}): Promise<HostileWorld> {
  const core = { 'includes/Defines.php': "<?php\ndefine( 'MW_VERSION', '1.43.0' );\n" };
  const world = await gitWorld({ core, 'extensions/Echo': { 'extension.json': '{ "name": "Echo" }' } }, options);
  const sets = join(world.root, 'extension-sets');
  await mkdir(sets);
  const canary = join(world.root, 'canary');
  const remote = (name: string): string => join(world.root, 'remotes/mediawiki', `${name}.git`);
  const writeSet = (lines: SetLines): Promise<void> => writeFile(join(sets, 'demo.yaml'), setText(lines));
  await writeSet({});
  return {
    ...{ world, canary, writeSet, remote, lockFile: join(sets, 'demo.lock.yaml') },
    resolve: async (request = {}) => ({
      ...(await tell(world, request)),
      left: [
        ...(await readdir(sets)).filter((file) => file !== 'demo.yaml'),
        ...(existsSync(canary) ? ['canary'] : []),
      ],
    }),
    rawTree: (name, entries) => writeRawTree({ world, gitDir: remote(name) }, entries),
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  };
}

function setText({ components = ['Echo'], branches = '[master]', variables = '{}' }: SetLines): string {
  return `version: 1
variables: ${variables}
branches: ${branches}
sources:
  core: https://git.world.example/r/mediawiki/core
  extension: https://git.world.example/r/mediawiki/extensions/{name}
components:
  - core
${components.map((line) => `  - ${line}\n`).join('')}`;
}

const CLASS = { user: 'input', outside: 'outside', policy: 'refused' } as const;

async function tell(world: GitWorld, request: Partial<ResolveRequest>): Promise<Omit<Told, 'left'>> {
  const ports = world.open(); // what an earlier run knew is forgotten
  try {
    const done = await resolveSet({ root: world.root, set: 'demo', ...request }, ports, testContext());
    if (done.ok) return { says: ['locked'], text: '' };
    const says = done.diagnostics.map(({ code, exit = 'input' }) => `${code} ${exit}`);
    return {
      says,
      text: done.diagnostics.map(({ message, at }) => `${at?.file ?? ''}:${at?.line ?? ''} ${message}`).join('\n'),
    };
  } catch (thrown) {
    if (!(thrown instanceof MwpipeError) || thrown.source === 'bug') return { says: ['bug'], text: messageOf(thrown) };
    return { says: [`${thrown.code} ${CLASS[thrown.source]}`], text: thrown.message };
  } finally {
    await ports.close();
  }
}

interface RawPlace {
  readonly world: GitWorld;
  readonly gitDir: string;
}

async function writeRawTree({ world, gitDir }: RawPlace, entries: readonly RawEntry[]): Promise<string> {
  const data = Buffer.concat(
    entries.map(({ mode, name, oid }) => Buffer.concat([Buffer.from(`${mode} ${name}\0`), Buffer.from(oid, 'hex')])),
  );
  const tree = await writeObject(gitDir, 'tree', data);
  const person = 'World <world@world.example> 1728259200 +0000';
  const text = `tree ${tree}\nauthor ${person}\ncommitter ${person}\n\nhostile\n`;
  const commit = await writeObject(gitDir, 'commit', Buffer.from(text));
  await world.git(gitDir, 'update-ref', 'refs/heads/master', commit);
  return commit;
}

export async function writeObject(gitDir: string, type: 'blob' | 'tree' | 'commit', data: Uint8Array): Promise<string> {
  const args = [`--git-dir=${gitDir}`, 'hash-object', '-t', type, '-w', '--stdin', '--literally'];
  const child = spawn('git', args, { env: { ...process.env, ...PLAIN_GIT }, stdio: ['pipe', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
  child.stdin.end(data);
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`git hash-object ended with ${String(code)}`);
  return said.trim();
}

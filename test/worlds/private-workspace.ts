/** A workspace with a private patch tree full of canary, and a search for them in everything that a run leaves. */
import { spawn } from 'node:child_process';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { delimiter, join, relative } from 'node:path';
import { gunzipSync, inflateSync } from 'node:zlib';
import { PLAIN_GIT } from './fast-import.ts';
import { gitWorld, type GitWorld } from './git.ts';
import { patchOf, writePatchTree } from './security.ts';

const mwpipe = join(import.meta.dirname, '../../src/cli/mwpipe.ts');

/** In subjects, authors, task numbers, diffs, file names and names of components. */
const CANARY = /canary|987654/i;

interface Ran {
  readonly exit: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface PrivateWorkspace extends AsyncDisposable {
  readonly world: GitWorld;
  /** The workspace's folder. */
  readonly root: string;
  /** Where the patch tree is. */
  readonly patches: string;
  /** A folder of programs that come first. */
  readonly bin: string;
  run(argv: readonly string[], options?: RunOptions): Promise<Ran>;
  /** Another program, in the same surroundings. */
  runProgram(argv: readonly string[]): Promise<Ran>;
  /** Writes into the patch tree. */
  write(files: Readonly<Record<string, string | Buffer>>): Promise<unknown>;
  /** A patch that touches the canary's file, with canary all over. */
  patch(repo: string, from: string, to: string): Promise<string>;
  /** Files outside the private folder with a canary in name or content, and private ones that others can read. */
  leaks(): Promise<string[]>;
}

interface RunOptions {
  /** Called with each process that is started. */
  readonly started?: (kill: (signal: NodeJS.Signals) => void) => void;
}

const SET = `version: 1
branches: [master]
sources:
  core: https://git.world.example/r/mediawiki/core
  extension: https://git.world.example/r/mediawiki/extensions/{name}
components: [core, Cite]
`;
const WORKSPACE = `version: 1
mirrors: [{ from: https://git.world.example/r/, to: 'file://{cache}/../remotes/' }]
security: { patches: ../patches }
targets: {}
`;
const DEFINES = "<?php\ndefine( 'MW_VERSION', '1.43.0-wmf.2' );\n";
export const LINES = Array.from({ length: 30 }, (_, at) => `line ${at}\n`).join('');

/** core and Cite, resolved; each has a file that patches change. */
export async function privateWorkspace(): Promise<PrivateWorkspace> {
  const world = await gitWorld({
    core: { 'includes/Defines.php': DEFINES, 'src/canary.php': LINES },
    'extensions/Cite': { 'extension.json': '{"name": "Cite"}', 'src/canary.php': LINES },
  });
  const [root, patches, bin] = ['workspace', 'patches', 'bin'].map((name) => join(world.root, name)) as [
    string,
    string,
    string,
  ];
  for (const folder of ['workspace/extension-sets', 'tmp', 'home', 'bin'])
    await mkdir(join(world.root, folder), { recursive: true });
  await writeFile(join(root, 'mwpipe.yaml'), WORKSPACE);
  await writeFile(join(root, 'extension-sets/demo.yaml'), SET);
  await writePatchTree(patches, {});
  const env = {
    ...{ ...process.env, ...PLAIN_GIT, HOME: join(world.root, 'home'), TMPDIR: join(world.root, 'tmp') },
    ...{ MWPIPE_CACHE: world.cache, PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}` },
    ...{
      MWPIPE_DEBUG_FILE: join(world.root, 'tmp/debug.jsonl'),
      MWPIPE_RESULT_FILE: join(world.root, 'tmp/result.json'),
    },
    ...{ GIT_TRACE: join(world.root, 'tmp/trace'), GIT_TRACE2_EVENT: join(world.root, 'tmp/trace2') },
    NODE_COMPILE_CACHE: '/tmp/mwpipe-compile-cache',
  };
  const runProgram = (argv: readonly string[], options: RunOptions = {}) =>
    runNode(argv, { cwd: root, env, ...options });
  const run: PrivateWorkspace['run'] = (argv, options) => runProgram([mwpipe, ...argv], options);
  const resolved = await run(['resolve', 'demo']);
  if (resolved.exit !== 0) throw new Error(resolved.stderr);
  return {
    ...{ world, root, patches, bin, run, runProgram },
    write: (files) => writePatchTree(patches, files),
    patch: (repo, from, to) => canaryPatch(world, { repo, from, to }),
    leaks: () => findLeaks(world.root),
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  };
}

function canaryPatch(
  world: GitWorld,
  { repo, from, to }: { readonly repo: string; readonly from: string; readonly to: string },
): Promise<string> {
  const text = { repo, subject: 'SECURITY: canary of T987654', author: 'Canary Bird <canary@world.example>' };
  return patchOf(world, text, async (folder) => {
    const file = join(folder, 'src/canary.php');
    await writeFile(file, (await readFile(file, 'utf8')).replace(from, to));
    await writeFile(join(folder, `canary-${to.length}.php`), 'canary\n');
  });
}

function runNode(
  argv: readonly string[],
  { started, ...where }: RunOptions & { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): Promise<Ran> {
  const child = spawn(process.execPath, argv, where);
  started?.((signal) => void child.kill(signal));
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return new Promise((resolve, reject) => {
    child.on('error', reject).on('close', (exit) => resolve({ exit, stdout, stderr }));
  });
}

export function hasCanary(text: string): boolean {
  return CANARY.test(text);
}

/** What belongs to the developers who wrote the patch, and the patch tree itself, are left out. */
const OWN = /^(?:checkout-|patches$|remotes$)/;

async function findLeaks(root: string): Promise<string[]> {
  const leaks: string[] = [];
  const look = async (folder: string): Promise<void> => {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      const name = relative(root, path);
      if (OWN.test(name)) continue;
      if (/^cache\/private$|\.private\.lock\.yaml/.test(name)) {
        if (((await stat(path)).mode & 0o077) !== 0) leaks.push(`${name} can be read by others`);
        continue;
      }
      if (CANARY.test(name)) leaks.push(`${name} is named after it`);
      if (entry.isDirectory()) await look(path);
      else if (CANARY.test(plain(await readFile(path)))) leaks.push(`${name} has it`);
    }
  };
  await look(root);
  return leaks;
}

/** A loose object of git is compressed, and so is a layer. */
function plain(data: Buffer): string {
  for (const unpack of [inflateSync, gunzipSync]) {
    try {
      return unpack(data).toString('latin1');
    } catch {
      continue;
    }
  }
  return data.toString('latin1');
}

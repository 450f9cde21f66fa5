/** A workspace of its own for `wikimedia-production`: mwpipe.yaml that maps Gerrit to the world, the set, a cache, the command. */
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { runCommand, type CommandResult } from '../command.ts';
import { PLAIN_GIT } from '../fast-import.ts';

interface ProductionWorkspace extends AsyncDisposable {
  readonly root: string;
  readonly cache: string;
  readonly setFile: string;
  readonly lockFile: string;
  /** Runs `./mwpipe` in it, to its end. */
  mwpipe(...argv: readonly string[]): Promise<CommandResult>;
  /** The same with `--json`: the last line, and the events before it. */
  result(...argv: readonly string[]): Promise<JsonResult>;
  /** Runs it until an event with this code was told so many times, then sends the signal. @returns how it ended */
  signalled(
    when: { readonly code: string; readonly times: number; readonly signal: NodeJS.Signals },
    ...argv: readonly string[]
  ): Promise<{ readonly exit: number | null; readonly by: NodeJS.Signals | null; readonly stdout: string }>;
}

interface JsonResult {
  readonly exit: number;
  readonly value?: unknown;
  readonly diagnostics?: readonly unknown[];
  readonly events: readonly { readonly code: string }[];
}

interface WorkspaceOptions {
  /** What stands for `https://gerrit.wikimedia.org/r/`: a server of the world. @default the world's folder, as file:// */
  readonly origin?: string;
  /** Text of the set. @default that of this checkout */
  readonly set?: string;
  /** More places that stand for others. */
  readonly mirrors?: readonly { readonly from: string; readonly to: string }[];
  readonly env?: Readonly<Record<string, string>>;
}

const repository = join(import.meta.dirname, '../../..');
const SET = 'wikimedia-production';

export async function productionWorkspace(
  world: { readonly remotes: string },
  { origin = `${pathToFileURL(world.remotes).href}/`, set, mirrors = [], env }: WorkspaceOptions = {},
): Promise<ProductionWorkspace> {
  const root = await mkdtemp(join(tmpdir(), 'mwpipe-workspace-'));
  const cache = join(root, 'cache');
  await mkdir(cache);
  const places = [{ from: 'https://gerrit.wikimedia.org/r/', to: origin }, ...mirrors];
  const lines = places.map(({ from, to }) => `  - { from: '${from}', to: '${to}' }\n`).join('');
  await writeFile(join(root, 'mwpipe.yaml'), `version: 1\nmirrors:\n${lines}targets: {}\n`);
  const sets = join(root, 'extension-sets');
  await copySets(sets);
  const setFile = join(sets, `${SET}.yaml`);
  if (set !== undefined) await writeFile(setFile, set);
  const environment = { ...process.env, ...PLAIN_GIT, MWPIPE_CACHE: cache, ...env };
  const program = join(repository, 'mwpipe');
  const mwpipe = (...argv: readonly string[]) => runCommand([program, ...argv], { cwd: root, env: environment });
  return {
    ...{ root, cache, setFile, mwpipe, lockFile: join(sets, `${SET}.lock.yaml`) },
    result: async (...argv) => jsonOf(await mwpipe(...argv, '--json')),
    signalled: (when, ...argv) =>
      signalled(
        spawn(program, [...argv, '--json'], { cwd: root, env: environment, stdio: ['ignore', 'pipe', 'ignore'] }),
        when,
      ),
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  };
}

/** This checkout's sets, without their locks. */
async function copySets(into: string): Promise<void> {
  await cp(join(repository, 'extension-sets'), into, { recursive: true });
  const files = await readdir(into);
  await Promise.all(files.filter((file) => file.endsWith('.lock.yaml')).map((file) => rm(join(into, file))));
}

/** A set of some of them, with the sources and the policy of the whole. */
export function setOf(names: readonly string[]): string {
  const gerrit = 'https://gerrit.wikimedia.org/r/mediawiki';
  return `version: 1
variables: { train: 1.43.0-wmf.1 }
branches: ['wmf/{train}', master]
sources:
  core: ${gerrit}/core
  vendor: ${gerrit}/vendor
  extension: ${gerrit}/extensions/{name}
  skin: ${gerrit}/skins/{name}
components:
  - core
  - vendor
${names.map((name) => `  - ${name}\n`).join('')}`;
}

async function signalled(
  child: ChildProcessByStdio<null, Readable, null>,
  { code, times, signal }: { readonly code: string; readonly times: number; readonly signal: NodeJS.Signals },
): Promise<{ exit: number | null; by: NodeJS.Signals | null; stdout: string }> {
  let stdout = '';
  const state = { sent: false };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    if (state.sent || stdout.split(`{"code":"${code}"`).length <= times) return;
    state.sent = true;
    child.kill(signal);
  });
  const [exit, by] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  if (!state.sent) throw new Error(`it ended before ${code}: ${stdout.slice(-800)}`);
  return { exit, by, stdout };
}

function jsonOf({ stdout, stderr, code }: CommandResult): JsonResult {
  const lines = stdout.trim().split('\n');
  try {
    const events = lines.slice(0, -1).map((line) => JSON.parse(line) as { code: string });
    return { ...(JSON.parse(lines.at(-1) ?? '') as Omit<JsonResult, 'events'>), events };
  } catch {
    throw new Error(`no JSON at the end (exit ${String(code)}): ${stdout.slice(-500)}${stderr.slice(-500)}`);
  }
}

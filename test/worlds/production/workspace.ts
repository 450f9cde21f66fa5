/** A workspace of its own for `wikimedia-production`: mwpipe.yaml that maps Gerrit to the world, the set, a cache, the command. */
import { spawn, type ChildProcess } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runCommand, type CommandResult } from '../command.ts';
import { PLAIN_GIT } from '../fast-import.ts';
import type { ProductionRepo } from './repos.ts';

interface ProductionWorkspace extends AsyncDisposable {
  readonly root: string;
  readonly cache: string;
  readonly setFile: string;
  readonly lockFile: string;
  /** Runs `./mwpipe` in it, to its end. */
  mwpipe(...argv: readonly string[]): Promise<CommandResult>;
  /** The same with `--json`: the last line, and the events before it. */
  result(...argv: readonly string[]): Promise<JsonResult>;
  /** Starts it, for a test that ends it in the middle. */
  start(...argv: readonly string[]): ChildProcess;
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
  /** Text of the set. @default that of this checkout, else one that lists the world's repos */
  readonly set?: string;
}

const repository = join(import.meta.dirname, '../../..');
const SET = 'wikimedia-production';

export async function productionWorkspace(
  world: { readonly remotes: string; readonly repos: readonly ProductionRepo[] },
  { origin = `${pathToFileURL(world.remotes).href}/`, set }: WorkspaceOptions = {},
): Promise<ProductionWorkspace> {
  const root = await mkdtemp(join(tmpdir(), 'mwpipe-workspace-'));
  const cache = join(root, 'cache');
  await mkdir(cache);
  const mirror = `mirrors:\n  - { from: 'https://gerrit.wikimedia.org/r/', to: '${origin}' }\n`;
  await writeFile(join(root, 'mwpipe.yaml'), `version: 1\n${mirror}targets: {}\n`);
  const sets = join(root, 'extension-sets');
  const shipped = await copySets(sets);
  const setFile = join(sets, `${SET}.yaml`);
  if (set !== undefined || !shipped.includes(`${SET}.yaml`)) await writeFile(setFile, set ?? setOf(world.repos));
  const environment = { ...process.env, ...PLAIN_GIT, MWPIPE_CACHE: cache };
  const program = join(repository, 'mwpipe');
  const mwpipe = (...argv: readonly string[]) => runCommand([program, ...argv], { cwd: root, env: environment });
  return {
    ...{ root, cache, setFile, mwpipe, lockFile: join(sets, `${SET}.lock.yaml`) },
    result: async (...argv) => jsonOf(await mwpipe(...argv, '--json')),
    start: (...argv) =>
      spawn(program, argv, { cwd: root, env: environment, stdio: ['ignore', 'pipe', 'pipe'], detached: true }),
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  };
}

/** This checkout's sets, without their locks. */
async function copySets(into: string): Promise<readonly string[]> {
  await cp(join(repository, 'extension-sets'), into, { recursive: true });
  const files = await readdir(into);
  await Promise.all(files.filter((file) => file.endsWith('.lock.yaml')).map((file) => rm(join(into, file))));
  return files;
}

/** The set as its file would say it, for a test that writes one of its own. */
function setOf(repos: readonly Pick<ProductionRepo, 'name'>[]): string {
  const gerrit = 'https://gerrit.wikimedia.org/r/mediawiki';
  return `version: 1
description: what Wikimedia's wikis run
variables: { train: 1.43.0-wmf.1, release: '1_43' }
branches: ['wmf/{train}', 'REL{release}', master]
sources:
  core: ${gerrit}/core
  vendor: ${gerrit}/vendor
  extension: ${gerrit}/extensions/{name}
  skin: ${gerrit}/skins/{name}
components:
  - core
  - vendor
${repos.map(({ name }) => `  - ${name}\n`).join('')}`;
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

/** The workspace that is resolved, the server that it is resolved from, and the programs that the other sides run. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openGit, type GitPorts } from '../../src/adapters/git/index.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import type { RunContext } from '../../src/kernel/run-context.ts';
import { resolveSet, type Resolved } from '../../src/resolve/index.ts';
import { serveApart, type ApartServer } from '../../test/worlds/apart-server.ts';
import { countedGit, type CountedGit } from '../../test/worlds/counted-git.ts';
import { PLAIN_GIT } from '../../test/worlds/fast-import.ts';
import { makeRepos, type MadeRepo } from './make-repos.ts';

export const context: RunContext = { signal: new AbortController().signal, emit: () => undefined, clock: systemClock };

const HOST = 'https://git.bench.example/r/';

export interface BenchWorld {
  readonly folder: string;
  readonly repos: readonly MadeRepo[];
  readonly server: ApartServer;
  readonly counted: CountedGit;
  /** As canonical urls name it. */
  url(repo: MadeRepo): string;
  /** As the other side's git is told it. */
  remote(repo: MadeRepo): string;
  open(cache: string, environment?: NodeJS.ProcessEnv): GitPorts;
  resolve(git: GitPorts): Promise<Resolved>;
}

export async function makeWorld(folder: string, options: { count: number; roundTripMs: number }): Promise<BenchWorld> {
  const repos = await makeRepos(join(folder, 'remotes'), options.count, context.signal);
  await writeWorkspace(join(folder, 'workspace'), repos);
  const server = await serveApart('git', join(folder, 'remotes'), { roundTripMs: options.roundTripMs });
  const rule = { from: HOST, to: server.url };
  return {
    folder,
    repos,
    server,
    counted: await countedGit(folder),
    url: ({ path }) => `${HOST}${path}`,
    remote: ({ path }) => `${server.url}${path}.git`,
    open: (cache, environment = process.env) =>
      openGit({ cache, mirrors: [rule], environment: { ...environment, ...PLAIN_GIT } }),
    resolve: async (git) => {
      const resolved = await resolveSet({ root: join(folder, 'workspace'), set: 'bench' }, git, context);
      if (!resolved.ok) throw new Error(JSON.stringify(resolved.diagnostics.slice(0, 3)));
      return resolved.value;
    },
  };
}

async function writeWorkspace(root: string, repos: readonly MadeRepo[]): Promise<void> {
  const set = [
    'version: 1',
    'branches: [master]',
    `sources: { core: ${HOST}core, extension: "${HOST}extensions/{name}" }`,
    'components:',
    ...repos.map(({ name }) => `  - ${name}`),
  ];
  await mkdir(join(root, 'extension-sets'), { recursive: true });
  await writeFile(join(root, 'extension-sets/bench.yaml'), `${set.join('\n')}\n`);
}

/** `xargs -P N` over lines: each line is the last arguments of `command`. */
export async function xargs(parallel: number, command: readonly string[], lines: readonly string[]): Promise<void> {
  const perLine = String(lines[0]?.split(' ').length ?? 1);
  const child = spawn('xargs', ['-P', String(parallel), '-n', perLine, ...command], {
    env: { ...process.env, ...PLAIN_GIT },
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  child.stdin.end(`${lines.join('\n')}\n`);
  const [code] = (await once(child, 'close')) as [number];
  if (code !== 0) throw new Error(`xargs ${command.join(' ')} ended with ${code}`);
}

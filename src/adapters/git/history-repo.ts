/**
 * Commits without their files, in a bare repo of their own beside the mirrors: it is cut off in the past, and a mirror,
 * whose commits are whole, must not be. Nothing else is kept in it, so a broken one is made again.
 */
import { createHash } from 'node:crypto';
import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { HeldLock } from '../../kernel/file-lock.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import { guardDisk } from '../../kernel/write-atomically.ts';
import type { GitProcesses } from './git-process.ts';
import { removeLeftovers } from './leftovers.ts';
import { runNetwork } from './network-git.ts';
import type { Remotes } from './remotes.ts';

export interface HistoryRepo {
  readonly folder: string;
  /** The file by which processes take turns at fetching into it. */
  readonly lock: string;
  readonly git: GitProcesses;
}

/** Below `root`, one a canonical url. */
export async function openHistoryRepo(root: string, url: string, git: GitProcesses): Promise<HistoryRepo> {
  const name = encodeURIComponent(url);
  const short = name.length <= 200 ? name : `${name.slice(0, 100)}~${createHash('sha256').update(url).digest('hex')}`;
  const folder = join(root, short);
  await guardDisk(folder, () => mkdir(root, { recursive: true }));
  await git.run({ args: ['init', '-q', '--bare', '-b', 'none', '--template=', folder] }); // harmless where it is one
  return { folder, lock: join(root, '.locks', short), git };
}

/** How much of the past: the commits alone, what is younger than a moment (in seconds since 1970), everything. */
export type Depth = 'tips' | 'all' | { readonly since: number };

export interface HistoryFetch {
  readonly source: string;
  /** Commits or refs. */
  readonly wanted: readonly string[];
  readonly depth: Depth;
  readonly remotes: Remotes;
  readonly held: HeldLock;
  readonly context: RunContext<never>;
}

/** Without trees, a commit is some hundred bytes; a server that can't filter sends them all the same. */
const WITHOUT_FILES = ['-c', 'remote.origin.promisor=true', '-c', 'remote.origin.partialclonefilter=tree:0'] as const;
const FETCH = ['--progress', '--no-tags', '--no-write-fetch-head', '--no-auto-maintenance', '--no-recurse-submodules'];

/** @returns what git complained about; empty where it had nothing to */
export async function fetchHistory({ folder, git }: HistoryRepo, fetch: HistoryFetch): Promise<string> {
  await removeLeftovers(folder);
  const network = await fetch.remotes.network(fetch.context);
  const slow = `http.lowSpeedTime=${Math.ceil(network.silenceMs / 1000)}`;
  const settings = [
    '-c',
    `remote.origin.url=${fetch.source}`,
    ...WITHOUT_FILES,
    '-c',
    'http.lowSpeedLimit=1000',
    '-c',
    slow,
  ];
  const refs = fetch.wanted.map((one) => `+${one}:refs/mwpipe/${one.replace(/^refs\//, 'from/')}`);
  const depth = await depthOptions(folder, fetch.depth);
  const done = await runNetwork(git, {
    ...network,
    args: ['-C', folder, ...settings, 'fetch', ...FETCH, '--filter=tree:0', ...depth, '--', 'origin', ...refs],
    onStart: (pid) => fetch.held.startedProgram(pid),
  });
  return done.code === 0 ? '' : done.stderr === '' ? 'fatal: git fetch failed' : done.stderr;
}

async function depthOptions(folder: string, depth: Depth): Promise<string[]> {
  if (depth === 'tips') return ['--depth=1'];
  if (depth !== 'all') return [`--shallow-since=${new Date(depth.since * 1000).toISOString()}`];
  return (await isShallow(folder)) ? ['--unshallow'] : [];
}

async function isShallow(folder: string): Promise<boolean> {
  return (await stat(join(folder, 'shallow')).catch(() => undefined)) !== undefined;
}

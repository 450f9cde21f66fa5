/**
 * Commits without their files, in a bare repo of their own beside the mirrors: it is cut off in the past, and a mirror,
 * whose commits are whole, must not be. Nothing else is kept in it, so a broken one is made again.
 */
import { createHash } from 'node:crypto';
import { mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../kernel/run-context.ts';
import type { GitProcesses } from './git-process.ts';

export interface HistoryRepo {
  readonly folder: string;
  readonly git: GitProcesses;
}

/** Below `root`, one a canonical url. */
export async function openHistoryRepo(root: string, url: string, git: GitProcesses): Promise<HistoryRepo> {
  const name = encodeURIComponent(url);
  const short = name.length <= 200 ? name : `${name.slice(0, 100)}~${createHash('sha256').update(url).digest('hex')}`;
  const folder = join(root, short);
  await mkdir(root, { recursive: true });
  await git.run({ args: ['init', '-q', '--bare', '-b', 'none', '--template=', folder] }); // harmless where it is one
  return { folder, git };
}

/** How much of the past: the commits alone, what is younger than a moment (in seconds since 1970), everything. */
export type Depth = 'tips' | 'all' | { readonly since: number };

export interface HistoryFetch {
  readonly source: string;
  /** Commits or refs. */
  readonly wanted: readonly string[];
  readonly depth: Depth;
  readonly signal: AbortSignal;
  readonly clock: Clock;
}

/** A minute at less than 1 kB/s is a remote that hangs. */
const GIVE_UP = ['-c', 'http.lowSpeedLimit=1000', '-c', 'http.lowSpeedTime=60'] as const;
/** Without trees, a commit is some hundred bytes; a server that can't filter sends them all the same. */
const WITHOUT_FILES = ['-c', 'remote.origin.promisor=true', '-c', 'remote.origin.partialclonefilter=tree:0'] as const;
const QUIETLY = ['--quiet', '--no-tags', '--no-write-fetch-head', '--no-auto-maintenance', '--filter=tree:0'] as const;

/** @returns what git complained about; empty where it had nothing to */
export async function fetchHistory({ folder, git }: HistoryRepo, fetch: HistoryFetch): Promise<string> {
  const refs = fetch.wanted.map((one) => `+${one}:refs/mwpipe/${one.replace(/^refs\//, 'from/')}`);
  const depth = await depthOptions(folder, fetch.depth);
  const settings = ['-c', `remote.origin.url=${fetch.source}`, ...WITHOUT_FILES, ...GIVE_UP];
  const args = ['-C', folder, ...settings, 'fetch', ...QUIETLY, ...depth, 'origin', ...refs];
  for (let tries = 0; ; tries += 1) {
    const done = await git.run({ args, signal: fetch.signal });
    fetch.signal.throwIfAborted();
    if (done.code === 0) return '';
    if (tries === TRIES || !/\.lock'?: File exists/.test(done.stderr)) return done.stderr;
    await removeStaleLock(folder, fetch.clock);
    await fetch.clock.sleep(WAIT_MS, fetch.signal);
  }
}

/** Two processes may read one repo's history at once: the second waits for the first. */
const TRIES = 20;
const WAIT_MS = 500;
const STALE_MS = 10 * 60_000;

/** A killed git leaves its lock behind. */
async function removeStaleLock(folder: string, clock: Clock): Promise<void> {
  const lock = join(folder, 'shallow.lock');
  const made = (await stat(lock).catch(() => undefined))?.mtimeMs;
  if (made !== undefined && clock.now() - made > STALE_MS) await rm(lock, { force: true });
}

async function depthOptions(folder: string, depth: Depth): Promise<string[]> {
  if (depth === 'tips') return ['--depth=1'];
  if (depth !== 'all') return [`--shallow-since=${new Date(depth.since * 1000).toISOString()}`];
  return (await isShallow(folder)) ? ['--unshallow'] : [];
}

async function isShallow(folder: string): Promise<boolean> {
  return (await stat(join(folder, 'shallow')).catch(() => undefined)) !== undefined;
}

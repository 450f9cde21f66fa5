/** The whole flow: a first resolve beside shallow clones, one where nothing changed, one where a single repo did. */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { changeRepo } from './make-repos.ts';
import { playRounds } from './rounds.ts';
import { xargs, type BenchWorld } from './world.ts';

/** Remotes that the flow talks to at once; the clones get as many. */
const AT_ONCE = 8;

export interface FlowFigures {
  readonly firstMs: number;
  readonly clonesMs: number;
  readonly unchangedMs: number;
  readonly unchangedProcesses: readonly string[];
  readonly changedMs: number;
  readonly changedProcesses: readonly string[];
  /** Requests of the changed run beyond those of the unchanged one. */
  readonly changedRequests: number;
}

/** @returns also the cache of the last first resolve */
export async function playFlow(
  world: BenchWorld,
  { rounds, cache }: { readonly rounds: number; readonly cache: string },
  say: (text: string) => void,
): Promise<FlowFigures> {
  const clones = join(world.folder, 'clones');
  const empty = async (folder: string): Promise<void> => {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
  };
  const clone = ['git', 'clone', '-q', '--bare', '--depth', '1'];
  const lines = world.repos.map((repo) => `${world.remote(repo)} ${join(clones, repo.name)}`);
  const medians = await playRounds(
    rounds,
    [
      { name: 'first resolve', prepare: () => empty(cache), play: () => resolveOnce(world, cache) },
      {
        name: `xargs -P ${AT_ONCE} git clone --depth 1`,
        prepare: () => empty(clones),
        play: () => xargs(AT_ONCE, clone, lines),
      },
    ],
    say,
  );
  const again = await playRounds(rounds, [{ name: 'unchanged resolve', play: () => resolveOnce(world, cache) }], say);
  const unchanged = await watched(world, cache);
  await changeRepo(world.repos[7]);
  const changed = await watched(world, cache);
  return {
    firstMs: medians['first resolve'] ?? 0,
    clonesMs: medians[`xargs -P ${AT_ONCE} git clone --depth 1`] ?? 0,
    unchangedMs: again['unchanged resolve'] ?? 0,
    unchangedProcesses: unchanged.processes,
    changedMs: changed.ms,
    changedProcesses: changed.processes,
    changedRequests: changed.requests - unchanged.requests,
  };
}

async function resolveOnce(world: BenchWorld, cache: string, environment = process.env): Promise<void> {
  const git = world.open(cache, environment);
  await world.resolve(git);
  await git.close();
}

interface Watched {
  readonly ms: number;
  readonly processes: readonly string[];
  readonly requests: number;
}

/** Once more, with git's starts and the server's requests counted: not among what is timed. */
async function watched(world: BenchWorld, cache: string): Promise<Watched> {
  const before = await world.server.counts();
  await world.counted.taken();
  const start = performance.now();
  await resolveOnce(world, cache, world.counted.environment);
  const ms = Math.round(performance.now() - start);
  const after = await world.server.counts();
  return { ms, processes: await world.counted.taken(), requests: after.requests - before.requests };
}

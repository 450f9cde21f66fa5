/**
 * Resolving 200 repos over a real git server at 20 ms: what is unchanged, a first time, one that changed, and reading
 * all trees and blobs. Each side beside what a shell would do (`xargs -P N git ...`), in the same run, taking turns;
 * medians of wall time.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { askRefs } from './resolve/ask-refs.ts';
import { playFlow } from './resolve/play-flow.ts';
import { readObjects } from './resolve/read-objects.ts';
import { ratio } from './resolve/rounds.ts';
import { makeWorld, type BenchWorld } from './resolve/world.ts';

const { values } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, repos: { type: 'string', default: '200' } },
});
const ROUNDS = values.quick ? 3 : 7;
const FLOW_ROUNDS = values.quick ? 1 : 3;
const COUNT = Number(values.repos);
const ROUND_TRIP_MS = 20;

const folder = await mkdtemp(join(tmpdir(), 'mwpipe-bench-'));
let world: BenchWorld | undefined;
try {
  const start = performance.now();
  world = await makeWorld(folder, { count: COUNT, roundTripMs: ROUND_TRIP_MS });
  say(`${COUNT} repos in ${folder}, made in ${((performance.now() - start) / 1000).toFixed(1)} s`);
  await measure(world);
} finally {
  await world?.server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
}

async function measure(made: BenchWorld): Promise<void> {
  const cache = join(folder, 'cache');
  say(
    `refs of ${COUNT} repos, nothing fetched (bound by round trips where few are asked at once, then by the CPU of both ends)`,
  );
  const refs = await askRefs(made, ROUNDS, say);
  say('the whole flow (first: bound by the server making packs, and a git process a fetch; unchanged: by the refs)');
  const flow = await playFlow(made, { rounds: FLOW_ROUNDS, cache }, say);
  say(`  unchanged: ${processesText(flow.unchangedProcesses)}`);
  say(`  one changed: ${processesText(flow.changedProcesses)}; ${flow.changedRequests} more requests`);
  say('reading every tree and blob (bound by git inflating objects, then by Node taking them in)');
  const read = await readObjects(made, { cache, rounds: ROUNDS }, say);
  const ratios = {
    unchanged_vs_xargs: ratio(refs.oursMs, refs.bestMs),
    first_vs_clone: ratio(flow.firstMs, flow.clonesMs),
    read_vs_spawn_pair: ratio(read.pairMs, read.oursMs),
    read_vs_spawn_pairs_at_once: ratio(read.pairsAtOnceMs, read.oursMs),
    read_vs_one_cat_file: ratio(read.oursMs, read.oneMs),
  };
  const figures = {
    ...ratios,
    repos: COUNT,
    round_trip_ms: ROUND_TRIP_MS,
    best_xargs: refs.best,
    refs_ms: refs.oursMs,
    best_xargs_ms: refs.bestMs,
    git_processes_unchanged: flow.unchangedProcesses.length,
    fetches_unchanged: fetches(flow.unchangedProcesses),
    unchanged_resolve_ms: flow.unchangedMs,
    first_resolve_ms: flow.firstMs,
    clones_ms: flow.clonesMs,
    changed_resolve_ms: flow.changedMs,
    git_processes_changed: flow.changedProcesses.length,
    fetches_changed: fetches(flow.changedProcesses),
    requests_changed: flow.changedRequests,
    blobs_read: read.blobs,
    read_ms: read.oursMs,
    spawn_pair_ms: read.pairMs,
    spawn_pairs_at_once_ms: read.pairsAtOnceMs,
    one_cat_file_ms: read.oneMs,
  };
  process.stdout.write(`${JSON.stringify({ bench: 'resolve', ratios, figures })}\n`);
}

function fetches(processes: readonly string[]): number {
  return processes.filter((line) => / fetch /.test(` ${line} `)).length;
}

/** `3 git processes: 1 cat-file, 2 fetch`. */
function processesText(processes: readonly string[]): string {
  const names = processes.map((line) => line.replace(/^(-C \S+ |-c \S+ |--git-dir\S* )*/, '').split(' ')[0] ?? '');
  const counts = [...new Set(names)].map((name) => `${names.filter((one) => one === name).length} ${name}`);
  return `${processes.length} git processes${counts.length === 0 ? '' : `: ${counts.join(', ')}`}`;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

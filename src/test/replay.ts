/** `mwpipe test --replay`: a run again, from what it left; all of it or some shards. */
import { isAbsolute, join } from 'node:path';
import { quote } from '../kernel/diagnostic.ts';
import { nearest } from '../kernel/nearest.ts';
import { fail, ok, type Outcome } from '../kernel/outcome.ts';
import type { LockTexts } from './ports.ts';
import { readRun, type KeptRun } from './runs/kept-run.ts';

interface ReplayRequest {
  /** A run of this machine by its name, or a folder that was copied from another. */
  readonly run: string;
  /** Names of shards. @default all */
  readonly shards: readonly string[];
  readonly cache: string;
  /** Of relative folders. */
  readonly folder: string;
}

/** @returns fails with `test/no-such-run`, `test/no-such-shard`, `test/broken-run` */
export async function planReplay(
  { run, shards, cache, folder }: ReplayRequest,
  locks: LockTexts,
): Promise<Outcome<KeptRun>> {
  const isPath = run.includes('/') || run.startsWith('.');
  const kept = await readRun(isPath ? (isAbsolute(run) ? run : join(folder, run)) : join(cache, 'runs', run), locks);
  if (!kept.ok || shards.length === 0) return kept;
  const names = kept.value.shards.map(({ name }) => name);
  const unknown = shards.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    const near = nearest(unknown, names);
    return fail({
      code: 'test/no-such-shard',
      message: `the run has no shard ${quote(unknown)}`,
      hint: near === undefined ? `it has ${names.map(quote).join(', ')}` : `did you mean ${quote(near)}?`,
    });
  }
  return ok({ ...kept.value, shards: kept.value.shards.filter(({ name }) => shards.includes(name)) });
}

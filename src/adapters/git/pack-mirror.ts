/**
 * One pack instead of many, without commits that are let go. Trees of work trees have no ref: with `drop` empty all
 * stays; else what has no ref goes when it is old enough that no run can be reading it.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { MwpipeError } from '../../kernel/error.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import type { GitProcesses } from './git-process.ts';

export interface Packing {
  readonly mirror: string;
  readonly drop: readonly string[];
  readonly unusedSince: number;
}

const AN_HOUR_MS = 3_600_000;

/** Only for who holds the mirror's lock. */
export async function packMirror(packing: Packing, git: GitProcesses, context: RunContext<never>): Promise<void> {
  const { mirror, drop } = packing;
  const run = (args: readonly string[], input = '') =>
    runOrThrow(mirror, git.run({ args: ['-C', mirror, ...args], input, signal: context.signal, env: NO_FETCH }));
  if (drop.length === 0) {
    await run(['repack', '-a', '-d', '-k', '-l', '-q']);
    return;
  }
  const refs = drop.flatMap((commit) => KEPT_AS.map((as) => `delete ${as}/${commit}\n`));
  await run(['update-ref', '--stdin'], refs.join(''));
  await Promise.all(drop.flatMap((commit) => NOTES.map((folder) => rm(join(mirror, folder, commit), { force: true }))));
  const before = new Date(Math.min(packing.unusedSince, context.clock.now() - AN_HOUR_MS)).toISOString();
  await run(['repack', '-A', '-d', '-l', '-q', `--unpack-unreachable=${before}`]);
  await run(['prune', `--expire=${before}`]);
}

const NO_FETCH = { GIT_NO_LAZY_FETCH: '1' } as const;
const KEPT_AS = ['refs/mwpipe', 'refs/mwpipe-trees'] as const;
const NOTES = ['mwpipe', 'mwpipe-trees'] as const;

async function runOrThrow(mirror: string, running: ReturnType<GitProcesses['run']>): Promise<void> {
  const { code, stderr } = await running;
  if (code === 0) return;
  throw new MwpipeError({
    code: 'git/not-packed',
    message: `${mirror} can't be packed: ${stderr.trim()}`,
    hint: 'is it damaged? mwpipe cache verify; is there space left? df -h',
    source: 'outside',
  });
}

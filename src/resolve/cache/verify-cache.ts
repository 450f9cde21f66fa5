/** `mwpipe cache verify`: is every kept commit whole, and is every blob what its name says? */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { checkBlobs } from '../../kernel/check-blobs.ts';
import { ok, type Outcome } from '../../kernel/outcome.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import type { CacheEvent } from '../events.ts';
import type { MirrorStore } from './mirror-store.ts';

export interface VerifyRequest {
  readonly cache: string;
  /** Removes what is damaged: it is fetched, or made, anew when it is wanted. */
  readonly repair: boolean;
}

interface Damage {
  readonly kind: 'mirror' | 'blob';
  /** Url, or digest. */
  readonly name: string;
  readonly problems: readonly string[];
  readonly removed: boolean;
}

export interface Verified {
  readonly mirrors: number;
  readonly commits: number;
  readonly blobs: number;
  readonly damaged: readonly Damage[];
}

export async function verifyCache(
  request: VerifyRequest,
  mirrors: MirrorStore,
  context: RunContext<CacheEvent>,
): Promise<Outcome<Verified>> {
  const found = await verifyMirrors(request, mirrors, context);
  const blobs = await verifyBlobs(request, context);
  return ok({ ...found, blobs: blobs.count, damaged: [...found.damaged, ...blobs.damaged] });
}

async function verifyMirrors(
  { repair }: VerifyRequest,
  store: MirrorStore,
  context: RunContext<CacheEvent>,
): Promise<Omit<Verified, 'blobs'>> {
  const mirrors = await store.list();
  const damaged: Damage[] = [];
  for (const [at, { name, url }] of mirrors.entries()) {
    context.signal.throwIfAborted();
    context.emit({ code: 'resolve/cache-checked', what: url, done: at, of: mirrors.length });
    const problems = await store.check(name, context);
    if (problems.length === 0) continue;
    const removed = repair && (await store.remove(name, Number.POSITIVE_INFINITY, context));
    damaged.push({ kind: 'mirror', name: url, problems, removed });
    context.emit({ code: 'resolve/cache-damaged', what: url, problem: problems[0] ?? '', removed });
  }
  return { mirrors: mirrors.length, commits: mirrors.reduce((sum, { commits }) => sum + commits.length, 0), damaged };
}

async function verifyBlobs(
  { cache, repair }: VerifyRequest,
  context: RunContext<CacheEvent>,
): Promise<{ readonly count: number; readonly damaged: readonly Damage[] }> {
  const damaged: Damage[] = [];
  let count = 0;
  for await (const { digest, path, problem } of checkBlobs(join(cache, 'blobs'))) {
    context.signal.throwIfAborted();
    count += 1;
    if (problem === undefined) continue;
    if (repair) await rm(path, { force: true });
    damaged.push({ kind: 'blob', name: digest, problems: [problem], removed: repair });
    context.emit({ code: 'resolve/cache-damaged', what: digest, problem, removed: repair });
  }
  return { count, damaged };
}

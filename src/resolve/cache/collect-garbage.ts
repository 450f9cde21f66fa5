/** `mwpipe cache gc`: reads what is there, plans what can go, and lets it go. Other runs may work on the cache meanwhile. */
import { rm } from 'node:fs/promises';
import { ok, type Outcome } from '../../kernel/outcome.ts';
import { findLeftovers } from '../../kernel/leftovers.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import type { CacheEvent } from '../events.ts';
import type { MirrorStore } from './mirror-store.ts';
import { planGc, type GcAction, type GcPlan } from './plan-gc.ts';
import { readLocked } from './read-locked.ts';

export interface GcRequest {
  /** Folder of the workspace. */
  readonly root: string;
  readonly cache: string;
  readonly olderThanMs: number;
  readonly dryRun: boolean;
}

export interface Collected {
  readonly plan: GcPlan;
  /** Freed; where it was a dry run, what would be at most. */
  readonly bytes: number;
  /** Actions of the plan that weren't done: somebody used it meanwhile. */
  readonly spared: number;
}

export async function collectGarbage(
  request: GcRequest,
  mirrors: MirrorStore,
  context: RunContext<CacheEvent>,
): Promise<Outcome<Collected>> {
  const locked = await readLocked(request.root);
  if (!locked.ok) return locked;
  const plan = planGc({
    mirrors: await mirrors.list(),
    leftovers: [...(await mirrors.leftovers()), ...(await findLeftovers(request.cache, ['git', 'private']))],
    locked: locked.value,
    now: context.clock.now(),
    olderThanMs: request.olderThanMs,
  });
  if (request.dryRun)
    return ok({ plan, bytes: plan.actions.reduce((sum, action) => sum + mostOf(action), 0), spared: 0 });
  let [bytes, spared] = [0, 0];
  for (const action of plan.actions) {
    context.signal.throwIfAborted();
    const freed = await apply(action, { plan, mirrors }, context);
    if (freed === undefined) spared += 1;
    else bytes += freed;
  }
  return ok({ plan, bytes, spared });
}

/** What only a repack can tell counts as nothing. */
function mostOf(action: GcAction): number {
  return action.kind === 'remove-mirror' || action.kind === 'remove-leftover' ? action.bytes : 0;
}

/** @returns bytes freed; undefined where it was used meanwhile */
async function apply(
  action: GcAction,
  { plan, mirrors }: { readonly plan: GcPlan; readonly mirrors: MirrorStore },
  context: RunContext<CacheEvent>,
): Promise<number | undefined> {
  const { unusedSince } = plan;
  const freed = await bytesFreed(action, { mirrors, unusedSince }, context);
  if (freed !== undefined)
    context.emit({ code: 'resolve/cache-tidied', what: nameOf(action), kind: action.kind, bytes: freed });
  return freed;
}

async function bytesFreed(
  action: GcAction,
  { mirrors, unusedSince }: { readonly mirrors: MirrorStore; readonly unusedSince: number },
  context: RunContext<CacheEvent>,
): Promise<number | undefined> {
  const quiet: RunContext<never> = context;
  switch (action.kind) {
    case 'remove-leftover':
      await rm(action.path, { recursive: true, force: true });
      return action.bytes;
    case 'remove-mirror':
      return (await mirrors.remove(action.name, unusedSince, quiet)) ? action.bytes : undefined;
    case 'drop-commits':
    case 'repack': {
      const drop = action.kind === 'drop-commits' ? action.commits : [];
      const after = await mirrors.tidy({ name: action.name, drop, unusedSince }, quiet);
      return Math.max(0, action.bytes - after);
    }
  }
}

function nameOf(action: GcAction): string {
  return action.kind === 'remove-leftover' ? action.path : action.url;
}

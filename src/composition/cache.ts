/** Tending the cache, with the mirrors of real git. */
import type { Outcome } from '../kernel/outcome.ts';
import type { RunContext } from '../kernel/run-context.ts';
import type { Workspace } from '../kernel/workspace.ts';
import {
  collectGarbage,
  listCache,
  verifyCache,
  type CacheEvent,
  type CacheListing,
  type Collected,
  type Verified,
} from '../resolve/index.ts';
import { withGit } from './git.ts';

type Context = RunContext<CacheEvent>;

export function cacheOf({ cache, ...workspace }: Workspace): Promise<Outcome<CacheListing>> {
  return withGit({ cache, ...workspace }, ({ mirrors }) => listCache(cache, mirrors));
}

export function collectIn(
  workspace: Workspace,
  options: { readonly olderThanMs: number; readonly dryRun: boolean },
  context: Context,
): Promise<Outcome<Collected>> {
  const { root, cache } = workspace;
  return withGit(workspace, ({ mirrors }) => collectGarbage({ root, cache, ...options }, mirrors, context));
}

export function verifyIn(
  workspace: Workspace,
  options: { readonly repair: boolean },
  context: Context,
): Promise<Outcome<Verified>> {
  const { cache } = workspace;
  return withGit(workspace, ({ mirrors }) => verifyCache({ cache, ...options }, mirrors, context));
}

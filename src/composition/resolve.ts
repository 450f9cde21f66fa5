/** resolve, with real git. */
import type { RunContext } from '../kernel/run-context.ts';
import { all, ok, type Outcome } from '../kernel/outcome.ts';
import type { Workspace } from '../kernel/workspace.ts';
import {
  changesOf,
  parseAskedChange,
  resolveChanges,
  resolvePatched,
  resolveSet,
  type ExtensionSet,
  type Lockfile,
  type PatchSource,
  type Resolved,
  type ResolveEvent,
  type ResolveRequest,
} from '../resolve/index.ts';
import { withGit } from './git.ts';
import { reviewsOf } from './reviews.ts';

export interface ResolveOptions extends Omit<ResolveRequest, 'root' | 'onTop'> {
  /** Work trees on top: shown, never written into the lock. */
  readonly patches: readonly PatchSource[];
  /** Changes under review on top, `1099123/3`: written into the lock. */
  readonly changes?: readonly string[];
}

export async function resolveIn(
  workspace: Workspace,
  { patches, changes = [], ...request }: ResolveOptions,
  context: RunContext<ResolveEvent>,
): Promise<Outcome<Resolved>> {
  const asked = all(changes.map(parseAskedChange));
  if (!asked.ok) return asked;
  return withGit(workspace, async (git) => {
    const onTop = async (lock: Lockfile, set: ExtensionSet): Promise<Outcome<Lockfile>> => {
      const wanted = changesOf(set, asked.value);
      if (wanted.asked.length === 0) return ok(lock);
      return resolveChanges({ lock, ...wanted }, { ...git, reviews: await reviewsOf(workspace) }, context);
    };
    const resolved = await resolveSet({ ...request, root: workspace.root, onTop }, git, context);
    if (!resolved.ok || patches.length === 0) return resolved;
    const patched = await resolvePatched({ lock: resolved.value.lock, patches }, git, context);
    return patched.ok ? ok({ ...resolved.value, lock: patched.value }) : patched;
  });
}

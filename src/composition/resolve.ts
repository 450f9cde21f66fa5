/** resolve, with real git. */
import type { RunContext } from '../kernel/run-context.ts';
import { all, ok, type Outcome } from '../kernel/outcome.ts';
import type { Workspace } from '../kernel/workspace.ts';
import {
  parseAskedChange,
  resolveChanges,
  resolvePatched,
  resolveSet,
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
    const onTop = async (lock: Lockfile): Promise<Outcome<Lockfile>> => {
      const ports = { ...git, reviews: await reviewsOf(workspace) };
      return resolveChanges({ lock, asked: asked.value }, ports, context);
    };
    const wanted = { ...request, root: workspace.root, ...(changes.length === 0 ? {} : { onTop }) };
    const resolved = await resolveSet(wanted, git, context);
    if (!resolved.ok || patches.length === 0) return resolved;
    const patched = await resolvePatched({ lock: resolved.value.lock, patches }, git, context);
    return patched.ok ? ok({ ...resolved.value, lock: patched.value }) : patched;
  });
}

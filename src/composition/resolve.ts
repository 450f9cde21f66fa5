/** resolve, with real git. */
import type { RunContext } from '../kernel/run-context.ts';
import { ok, type Outcome } from '../kernel/outcome.ts';
import type { Workspace } from '../kernel/workspace.ts';
import {
  resolvePatched,
  resolveSet,
  type PatchSource,
  type Resolved,
  type ResolveEvent,
  type ResolveRequest,
} from '../resolve/index.ts';
import { withGit } from './git.ts';

export interface ResolveOptions extends Omit<ResolveRequest, 'root'> {
  /** Work trees on top: shown, never written into the lock. */
  readonly patches: readonly PatchSource[];
}

export async function resolveIn(
  workspace: Workspace,
  { patches, ...request }: ResolveOptions,
  context: RunContext<ResolveEvent>,
): Promise<Outcome<Resolved>> {
  return withGit(workspace, async (git) => {
    const resolved = await resolveSet({ ...request, root: workspace.root }, git, context);
    if (!resolved.ok || patches.length === 0) return resolved;
    const patched = await resolvePatched({ lock: resolved.value.lock, patches }, git, context);
    return patched.ok ? ok({ ...resolved.value, lock: patched.value }) : patched;
  });
}

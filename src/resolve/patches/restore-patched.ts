/** A lock that somebody else made with changes on top, made whole here: the same changes again, and the same trees or a word. */
import pLimit from 'p-limit';
import type { Diagnostic } from '../../kernel/diagnostic.ts';
import { all, fail, ok, type Outcome } from '../../kernel/outcome.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import type { ResolveEvent } from '../events.ts';
import type { LockedComponent, Lockfile } from '../lock/lockfile.ts';
import { applyChanges, type ApplyPorts } from './apply-changes.ts';

/** Components worked on at once. */
const AT_ONCE = 4;

/**
 * Asks no review server: the lock names refs and commits.
 * @returns the same lock; fails with `resolve/patch-differs` where a tree isn't the recorded one, and as `applyChanges` does
 */
export async function restorePatched(
  lock: Lockfile,
  ports: ApplyPorts,
  context: RunContext<ResolveEvent>,
): Promise<Outcome<Lockfile>> {
  const limit = pLimit(AT_ONCE);
  const restoring = lock.components.map((component) =>
    limit(() => restore({ component, set: lock.set }, ports, context)),
  );
  const restored = all(await Promise.all(restoring));
  return restored.ok ? ok(lock) : restored;
}

async function restore(
  { component, set }: { readonly component: LockedComponent; readonly set: string },
  ports: ApplyPorts,
  context: RunContext<ResolveEvent>,
): Promise<Outcome<void>> {
  const { changes = [], tree = '' } = component.patch ?? {};
  if (changes.length === 0) return ok();
  const applied = await applyChanges({ component, changes }, ports, context);
  if (!applied.ok) return applied;
  if (applied.value.tree === tree) return ok();
  return fail(differs({ component, set, tree, found: applied.value.tree }, await ports.merges.version()));
}

function differs(
  {
    component,
    set,
    tree,
    found,
  }: { readonly component: LockedComponent; readonly set: string; readonly tree: string; readonly found: string },
  version: string,
): Diagnostic {
  const changes = component.patch?.changes?.map(({ change, patchset }) => `${change}/${patchset}`) ?? [];
  return {
    code: 'resolve/patch-differs',
    message: `${component.name} with ${changes.join(', ')} on top is tree ${found.slice(0, 12)} here (git ${version}), the lock says ${tree.slice(0, 12)}`,
    hint: `use the git that wrote the lock, or write it again: mwpipe resolve ${set}${changes.map((one) => ` --patch ${one}`).join('')}`,
    exit: 'failed',
  };
}

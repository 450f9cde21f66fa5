/**
 * Puts changes on top of a component, one three-way merge each: what the change did to its first parent, done to what is
 * there. Works in the component's mirror only, and gives the same tree wherever it is done.
 */
import { quote, type Diagnostic } from '../../kernel/diagnostic.ts';
import { all, fail, ok, type Outcome } from '../../kernel/outcome.ts';
import { silent, type RunContext } from '../../kernel/run-context.ts';
import type { ResolveEvent } from '../events.ts';
import type { LockedChange, LockedComponent } from '../lock/lockfile.ts';
import type { GitObjects, MergeConflict, TreeMerges } from '../ports.ts';
import { shownRef } from './change-repos.ts';

export interface ApplyPorts {
  readonly objects: GitObjects;
  readonly merges: TreeMerges;
}

export interface Applied {
  readonly tree: string;
  /** Those that changed anything. */
  readonly changes: readonly LockedChange[];
  /** Those whose result was there already. */
  readonly contained: readonly LockedChange[];
}

/**
 * @param onApplied told after each change that did something
 * @returns fails with `git/*`, `resolve/root-change`, `resolve/patch-conflict`
 */
export async function applyChanges(
  { component, changes }: { readonly component: LockedComponent; readonly changes: readonly LockedChange[] },
  ports: ApplyPorts,
  context: RunContext<ResolveEvent>,
): Promise<Outcome<Applied>> {
  const { url, commit, ref } = component;
  const quiet = silent(context);
  const ground = await ports.objects.fetch({ url, commit, ref }, quiet);
  if (!ground.ok) return ground;
  const fetched = all(await Promise.all(changes.map((change) => fetchChange({ url, change }, ports, quiet))));
  if (!fetched.ok) return fetched;
  const done: Applied = { tree: ground.value.tree, changes: [], contained: [] };
  return applyAll({ component, changes, trees: fetched.value, done }, ports.merges, context);
}

/** With its first parent: what it did to that one is what is applied. */
async function fetchChange(
  { url, change }: { readonly url: string; readonly change: LockedChange },
  { objects }: ApplyPorts,
  context: RunContext,
): Promise<Outcome<ChangeTrees>> {
  const { commit, ref } = change;
  const fetched = await objects.fetch({ url, commit, ref, depth: 2 }, context);
  if (!fetched.ok) return fail(absentChange(change, url, fetched.diagnostics[0]));
  const [parent] = (await objects.commit({ url, id: commit }))?.parents ?? [];
  const base = parent === undefined ? undefined : (await objects.commit({ url, id: parent }))?.tree;
  return ok({ ...fetched.value, ...(base === undefined ? {} : { base }) });
}

function absentChange({ ref, commit }: LockedChange, url: string, problem: Diagnostic): Diagnostic {
  if (problem.code !== 'git/no-such-commit' && problem.code !== 'git/ref-moved') return problem;
  return {
    ...problem,
    message: `${url} has no ${ref} at ${commit.slice(0, 12)}`,
    hint: 'is the change private, or was it deleted? mwpipe resolve --patch takes it anew',
  };
}

interface ChangeTrees {
  readonly tree: string;
  /** Of its first parent; a root commit has none. */
  readonly base?: string;
}

interface Applying {
  readonly component: LockedComponent;
  readonly changes: readonly LockedChange[];
  /** Of the changes, in their order. */
  readonly trees: readonly ChangeTrees[];
  readonly done: Applied;
}

async function applyAll(
  { component, changes, trees, done }: Applying,
  merges: TreeMerges,
  context: RunContext<ResolveEvent>,
): Promise<Outcome<Applied>> {
  let applied = done;
  for (const [at, change] of changes.entries()) {
    context.signal.throwIfAborted();
    const { tree: theirs = '', base } = trees[at] ?? {};
    if (base === undefined) return fail(rootChange(component, change));
    const merged = await merges.merge({ url: component.url, base, ours: applied.tree, theirs });
    if (!merged.ok) return merged;
    if ('conflicts' in merged.value) return fail(conflict({ component, change, applied }, merged.value.conflicts));
    const { tree } = merged.value;
    applied =
      tree === applied.tree
        ? { ...applied, contained: [...applied.contained, change] }
        : { ...applied, tree, changes: [...applied.changes, change] };
  }
  return ok(applied);
}

const MOST_FILES = 10;

function conflict(
  where: { readonly component: LockedComponent; readonly change: LockedChange; readonly applied: Applied },
  conflicts: readonly MergeConflict[],
): Diagnostic {
  const { component, change, applied } = where;
  const files = conflicts.slice(0, MOST_FILES).map(({ path, kind }) => `${quote(path)} (${kind})`);
  const more = conflicts.length > MOST_FILES ? ` and ${conflicts.length - MOST_FILES} more` : '';
  const before = applied.changes.map((one) => `${one.change}/${one.patchset}`);
  const on = `${component.name} at ${shownRef(component)}@${component.commit.slice(0, 7)}`;
  const below = before.length === 0 ? '' : ` with ${before.join(', ')}`;
  return {
    code: 'resolve/patch-conflict',
    message: `change ${change.change}/${change.patchset} (${change.because}) conflicts with ${on}${below}: ${files.join(', ')}${more}`,
    hint: `rebase it: git fetch ${component.url} ${change.ref} && git checkout FETCH_HEAD && git rebase ${component.commit.slice(0, 12)}`,
  };
}

function rootChange({ name }: LockedComponent, { change, patchset }: LockedChange): Diagnostic {
  return {
    code: 'resolve/root-change',
    message: `change ${change}/${patchset} of ${name} has no parent commit: it changes nothing that is there`,
    hint: 'it begins a history of its own; leave it out',
  };
}

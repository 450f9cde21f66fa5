/** Changes under review on top of a lock: what was asked for, what that is built on, what it depends on in other repos. */
import pLimit from 'p-limit';
import type { Diagnostic } from '../../kernel/diagnostic.ts';
import { all, fail, ok, type Outcome } from '../../kernel/outcome.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import type { RequiringComponent } from '../constraints/check-requires.ts';
import type { ResolveEvent } from '../events.ts';
import type { LockedChange, LockedComponent, Lockfile } from '../lock/lockfile.ts';
import { readManifest } from '../manifests/read-manifest.ts';
import type { GitObjects, Reviews } from '../ports.ts';
import { applyChanges, type ApplyPorts } from './apply-changes.ts';
import type { AskedChange } from './asked-change.ts';
import { reviewedComponents, type ReviewedComponent } from './change-repos.ts';
import { replaceComponents, withManifest } from './check-patched.ts';
import { noteOf, type Note } from './expand-change.ts';
import type { WantedChange } from './patch-facts.ts';
import type { PlannedChange } from './plan-patches.ts';
import { readAndPlan } from './read-patches.ts';

export interface ChangesRequest {
  /** Without changes: they are put on its commits. */
  readonly lock: Lockfile;
  readonly asked: readonly AskedChange[];
  /** Base url of a component's review server, where its source names one. */
  readonly gerrit?: (component: LockedComponent) => string | undefined;
}

export interface ChangesPorts extends ApplyPorts {
  readonly reviews: Reviews;
}

/** Components worked on at once. */
const AT_ONCE = 4;

/**
 * The lock with `patch.changes` on each component that something was put on; requirements are checked again. Everything
 * that stands in the way is told at once, component by component.
 * @returns fails with `resolve/no-gerrit`, `resolve/which-gerrit`, as `readAndPlan` and `applyChanges` do, and with unmet
 * requirements
 */
export async function resolveChanges(
  { lock, asked, gerrit = () => undefined }: ChangesRequest,
  ports: ChangesPorts,
  context: RunContext<ResolveEvent>,
): Promise<Outcome<Lockfile>> {
  const components = reviewedComponents(lock.components, gerrit);
  const wanted = all(asked.map((one) => placeOf(one, components, lock.set)));
  if (!wanted.ok) return wanted;
  const plan = await readAndPlan({ set: lock.set, components, asked: wanted.value }, ports.reviews, context);
  if (!plan.ok) return plan;
  for (const note of plan.value.notes) tell(note, context);
  const limit = pLimit(AT_ONCE);
  const patched = await Promise.all(
    plan.value.components.map(({ name, changes }) =>
      limit(() => patchComponent({ component: componentNamed(lock, name), planned: changes }, ports, context)),
    ),
  );
  const done = all(patched);
  return done.ok ? replaceComponents(lock, done.value.flat()) : done;
}

function placeOf(asked: AskedChange, components: readonly ReviewedComponent[], set: string): Outcome<WantedChange> {
  const servers = [...new Set(components.map(({ gerrit }) => gerrit))].sort();
  const [only, second] = servers;
  const listed = servers.join(', ');
  if (only === undefined) return fail(noGerrit(asked, set));
  if (asked.gerrit === undefined && second !== undefined) {
    return fail({
      code: 'resolve/which-gerrit',
      message: `change ${asked.number} may be one of several review servers: ${listed}`,
      hint: "give the address of the change's page",
    });
  }
  const gerrit = asked.gerrit ?? only;
  if (servers.includes(gerrit)) return ok({ ...asked, gerrit });
  return fail({
    code: 'resolve/no-gerrit',
    message: `no component of the set "${set}" comes from ${gerrit}`,
    hint: `its components come from ${listed}`,
  });
}

function noGerrit({ number }: AskedChange, set: string): Diagnostic {
  return {
    code: 'resolve/no-gerrit',
    message: `change ${number} can't be looked up: no component of the set "${set}" comes from a review server`,
    hint: 'say under sources: where it is: gerrit: https://gerrit.wikimedia.org/r',
  };
}

function componentNamed(lock: Lockfile, name: string): LockedComponent {
  const found = lock.components.find((component) => component.name === name);
  if (found === undefined) throw new Error(`the plan names ${name}, which the lock doesn't have`);
  return found;
}

function tell({ note, ...what }: Note, context: RunContext<ResolveEvent>): void {
  context.emit({ code: 'resolve/change-noted', ...what, note });
}

async function patchComponent(
  work: { readonly component: LockedComponent; readonly planned: readonly PlannedChange[] },
  ports: ApplyPorts,
  context: RunContext<ResolveEvent>,
): Promise<Outcome<RequiringComponent[]>> {
  const { component, planned } = work;
  const applied = await applyChanges({ component, changes: planned.map(lockedChange) }, ports, context);
  if (!applied.ok) return applied;
  const { tree, changes, contained } = applied.value;
  for (const { change } of planned.filter((one) =>
    contained.some(({ change: number }) => number === one.change.number),
  ))
    tell(noteOf(change, 'contained', `in ${component.name}, with the same result`), context);
  if (changes.length === 0) return ok([]);
  const because = `${changes.length} ${changes.length === 1 ? 'change' : 'changes'} under review`;
  const manifest = await readManifest({ ...component, id: tree }, ports.objects);
  if (!manifest.ok) return manifest;
  for (const one of planned) tellApplied(one, { component, tree, changes }, context);
  for (const note of await movedSubmodules({ component, tree, planned }, ports.objects)) tell(note, context);
  const patched = withManifest({ ...component, patch: { tree, because, changes } }, manifest.value);
  const place = { file: `${component.name}@${tree.slice(0, 7)}`, line: 1, column: 1, length: 1 };
  return ok([{ component: patched, at: manifest.value?.at ?? (() => place) }]);
}

/** The lock names a submodule's commit apart from the tree: a change that moves one leaves the lock's behind. */
async function movedSubmodules(
  {
    component,
    tree,
    planned,
  }: { readonly component: LockedComponent; readonly tree: string; readonly planned: readonly PlannedChange[] },
  objects: GitObjects,
): Promise<Note[]> {
  const last = planned.at(-1)?.change;
  if (last === undefined || component.submodules === undefined) return [];
  const entries = await objects.entries({ url: component.url, id: tree });
  const found = new Map(entries.filter(({ mode }) => mode === '160000').map(({ path, oid }) => [path, oid]));
  const moved = component.submodules.filter(({ path, commit }) => found.get(path) !== commit);
  return moved.map(({ path }) =>
    noteOf(last, 'submodule-moved', `${component.name}/${path}: the lock keeps the old one`),
  );
}

function lockedChange({ change, because }: PlannedChange): LockedChange {
  const { number, patchset, id, ref, commit } = change;
  return { change: number, patchset, id, ref, commit, because };
}

function tellApplied(
  { change, because }: PlannedChange,
  to: { readonly component: LockedComponent; readonly tree: string; readonly changes: readonly LockedChange[] },
  context: RunContext<ResolveEvent>,
): void {
  if (!to.changes.some((one) => one.change === change.number)) return;
  const { number, patchset, subject, visibility } = change;
  context.emit({
    code: 'resolve/change-applied',
    ...{ component: to.component.name, change: number, patchset, because, tree: to.tree },
    ...(visibility === 'private' ? {} : { subject }),
  });
}

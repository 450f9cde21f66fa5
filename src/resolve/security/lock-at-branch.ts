/** A lock as it would be at the tips of a branch: only the components that patches are for are asked. */
import { all, ok, type Outcome } from '../../kernel/outcome.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import type { LockedComponent, LockedSubmodule, Lockfile } from '../lock/lockfile.ts';
import type { GitObjects, GitRefs } from '../ports.ts';
import { assignPatches } from './assign-patches.ts';
import type { PatchPlan } from './plan-patches.ts';

interface Ports {
  readonly refs: GitRefs;
  readonly objects: GitObjects;
}

interface AtBranch {
  readonly lock: Lockfile;
  /** Components that have no such branch, and so are not in the lock. */
  readonly without: readonly string[];
}

/** @returns fails as refs and fetching do */
export async function lockAtBranch(
  { lock, branch, plan }: { readonly lock: Lockfile; readonly branch: string; readonly plan: PatchPlan },
  ports: Ports,
  context: RunContext<never>,
): Promise<Outcome<AtBranch>> {
  const { assigned, nowhere } = assignPatches(plan.patches, lock);
  const wanted = new Set([...assigned, ...nowhere].map(({ component }) => component.name));
  const components = lock.components.filter(({ name }) => wanted.has(name));
  const moved = all(await Promise.all(components.map((one) => atBranch(one, branch, { ports, context }))));
  if (!moved.ok) return moved;
  const there = moved.value.flatMap((component) => (component === undefined ? [] : [component]));
  const without = [...wanted].filter((name) => !there.some((component) => component.name === name));
  return ok({ lock: { ...lock, components: there }, without });
}

interface Tools {
  readonly ports: Ports;
  readonly context: RunContext<never>;
}

async function atBranch(
  component: LockedComponent,
  branch: string,
  { ports, context }: Tools,
): Promise<Outcome<LockedComponent | undefined>> {
  const ref = `refs/heads/${branch}`;
  const { name, kind, path, url, submodules } = component;
  const refs = await ports.refs.refs({ url, prefixes: [ref] }, context);
  if (!refs.ok) return refs;
  const commit = refs.value.get(ref);
  if (commit === undefined) return ok(undefined);
  const fetched = await ports.objects.fetch({ url, commit, ref }, context);
  if (!fetched.ok) return fetched;
  const moved = { name, kind, path, url, ref, commit, tree: fetched.value.tree };
  const inside = await submodulesAt(submodules ?? [], { url, id: commit }, { ports, context });
  return inside.ok ? ok(inside.value.length === 0 ? moved : { ...moved, submodules: inside.value }) : inside;
}

/** The known ones, at the commits that this tree names; one that it no longer names is none. */
async function submodulesAt(
  known: readonly LockedSubmodule[],
  at: { readonly url: string; readonly id: string },
  tools: Tools,
): Promise<Outcome<LockedSubmodule[]>> {
  if (known.length === 0) return ok([]);
  const entries = await tools.ports.objects.entries(at);
  const commits = new Map(entries.filter(({ mode }) => mode === '160000').map(({ path, oid }) => [path, oid]));
  const there = known.flatMap((one) => {
    const commit = commits.get(one.path);
    return commit === undefined ? [] : [submoduleAt(one, commit, tools)];
  });
  return all(await Promise.all(there));
}

async function submoduleAt(
  { path, url, submodules = [] }: LockedSubmodule,
  commit: string,
  tools: Tools,
): Promise<Outcome<LockedSubmodule>> {
  const fetched = await tools.ports.objects.fetch({ url, commit, ref: commit }, tools.context);
  if (!fetched.ok) return fetched;
  const deeper = await submodulesAt(submodules, { url, id: commit }, tools);
  if (!deeper.ok) return deeper;
  const inner = deeper.value.length === 0 ? {} : { submodules: deeper.value };
  return ok({ path, url, commit, tree: fetched.value.tree, ...inner });
}

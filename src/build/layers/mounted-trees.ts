/** The trees that a lock mounts in core's folder, as they were committed and with what was put on top. */
import type { LockedComponent, LockedSubmodule, Lockfile } from '../../resolve/index.ts';
import type { MountedTree } from './mount.ts';

/** A component and the repos inside it, each where it is mounted, without patches. */
export function mountedTrees(component: LockedComponent): MountedTree[] {
  const { name, url, commit, ref, tree, path, submodules = [] } = component;
  return [{ name, url, commit, ref, tree, path }, ...submodules.flatMap((one) => submoduleTrees(one, component))];
}

export interface PatchedTrees {
  /** `Cite`. */
  readonly name: string;
  readonly before: readonly MountedTree[];
  readonly after: readonly MountedTree[];
  readonly because: string;
}

/** What a patched component's layer changes; undefined where its patches changed nothing. */
export function patchedTrees(component: LockedComponent): PatchedTrees | undefined {
  const tops = [component.patch, ...(component.submodules ?? []).flatMap(patchesWithin)].filter(
    (patch) => patch !== undefined,
  );
  const trees = new Map(patchedByPath(component));
  const before = mountedTrees(component).filter(({ path, tree }) => (trees.get(path) ?? tree) !== tree);
  if (before.length === 0) return undefined;
  const after = before.map((mounted) => ({ ...mounted, tree: trees.get(mounted.path) ?? mounted.tree, patched: true }));
  return { name: component.name, before, after, because: tops.map(({ because }) => because).join('; ') };
}

/** The lock as it was committed: what a public layer may tell. */
export function withoutPatches(lock: Lockfile): Lockfile {
  const { schema, set, mediawiki } = lock;
  const components = lock.components.map((component): LockedComponent => {
    const { patch, submodules, ...committed } = component;
    if (patch === undefined && submodules === undefined) return component;
    return submodules === undefined ? committed : { ...committed, submodules: submodules.map(unpatched) };
  });
  return { schema, set, mediawiki, components };
}

function unpatched(submodule: LockedSubmodule): LockedSubmodule {
  const { patch, submodules, ...committed } = submodule;
  if (patch === undefined && submodules === undefined) return submodule;
  return submodules === undefined ? committed : { ...committed, submodules: submodules.map(unpatched) };
}

function submoduleTrees(
  { path, url, commit, tree, submodules = [] }: LockedSubmodule,
  above: { readonly name: string; readonly path: string },
): MountedTree[] {
  const own = { name: `${above.name}/${path}`, url, commit, ref: 'HEAD', tree, path: inside(above.path, path) };
  return [own, ...submodules.flatMap((one) => submoduleTrees(one, own))];
}

function patchedByPath(one: LockedComponent | LockedSubmodule, above = ''): (readonly [path: string, tree: string])[] {
  const path = inside(above, one.path);
  const own = one.patch === undefined ? [] : [[path, one.patch.tree] as const];
  return [...own, ...(one.submodules ?? []).flatMap((submodule) => patchedByPath(submodule, path))];
}

function patchesWithin(one: LockedSubmodule): LockedSubmodule['patch'][] {
  return [one.patch, ...(one.submodules ?? []).flatMap(patchesWithin)];
}

function inside(above: string, path: string): string {
  return [above, path].filter((part) => part !== '').join('/');
}

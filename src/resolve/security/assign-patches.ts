/** Whose the patches of a plan are: the components and submodules of a lock, in its words. Pure. */
import type { LockedComponent, LockedSubmodule, Lockfile } from '../lock/lockfile.ts';
import type { TreePatch } from './patch-tree.ts';

/** Patches for one repo, in order. */
export interface AssignedPatches {
  readonly component: LockedComponent;
  /** Where they are for a repo inside the component: `lib/ve`. */
  readonly submodule?: LockedSubmodule & { readonly inside: string };
  readonly patches: readonly TreePatch[];
}

export interface Assignment {
  readonly assigned: readonly AssignedPatches[];
  /** For components that the set doesn't have. */
  readonly outside: readonly TreePatch[];
  /** For submodules that their component doesn't have. */
  readonly nowhere: readonly (TreePatch & { readonly component: LockedComponent })[];
}

export function assignPatches(patches: readonly TreePatch[], lock: Lockfile): Assignment {
  const folders = Object.entries(Object.groupBy(patches, ({ folder }) => folder));
  const assigned: AssignedPatches[] = [];
  const outside: TreePatch[] = [];
  const nowhere: (TreePatch & { readonly component: LockedComponent })[] = [];
  for (const [folder, own = []] of folders) {
    const [, path = '', inside = ''] = /^((?:extensions|skins)\/[^/]+|[^/]+)(?:\/(.+))?$/.exec(folder) ?? [];
    const component = lock.components.find((one) => folderOf(one) === path);
    const submodule = component === undefined ? undefined : findSubmodule(component.submodules ?? [], inside);
    if (component === undefined) outside.push(...own);
    else if (inside === '') assigned.push({ component, patches: own });
    else if (submodule === undefined) nowhere.push(...own.map((patch) => ({ ...patch, component })));
    else assigned.push({ component, submodule: { ...submodule, inside }, patches: own });
  }
  return { assigned, outside, nowhere };
}

/** Where a patch tree has a component: as core mounts it, and core itself by name. */
function folderOf({ kind, path }: LockedComponent): string {
  return kind === 'core' ? 'core' : path;
}

function findSubmodule(submodules: readonly LockedSubmodule[], inside: string): LockedSubmodule | undefined {
  for (const one of submodules) {
    if (one.path === inside) return one;
    if (!inside.startsWith(`${one.path}/`)) continue;
    const deeper = findSubmodule(one.submodules ?? [], inside.slice(one.path.length + 1));
    if (deeper !== undefined) return deeper;
  }
  return undefined;
}

/** The trees of a component that messages come from, and what of it is loaded. */
import type { LockedComponent, LockedSubmodule } from '../../resolve/index.ts';
import { mountedTrees } from '../layers/mounted-trees.ts';
import type { MessageTree } from './inventory.ts';

export function messageTrees(component: LockedComponent): MessageTree[] {
  const kind = component.kind === 'core' || component.kind === 'vendor' ? component.kind : 'other';
  return mountedTrees(component).map((tree, index) => {
    return { ...tree, kind: index === 0 ? kind : 'other', manifests: index === 0 ? manifestsOf(component) : [] };
  });
}

/** With everything on top of its commits: the trees as the image has them. */
export function withPatches<One extends LockedComponent | LockedSubmodule>(one: One): One {
  const submodules = one.submodules?.map(withPatches);
  const tree = one.patch?.tree ?? one.tree;
  return { ...one, tree, ...(submodules === undefined ? {} : { submodules }) };
}

function manifestsOf({ kind, manifest, also = [] }: LockedComponent): string[] {
  if (kind !== 'extension' && kind !== 'skin') return [];
  return [manifest ?? `${kind}.json`, ...also.map(({ file }) => file)];
}

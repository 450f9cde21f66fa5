/** A component's files as an image would have them: its tree with what was patched on top, and the repos inside it. */
import { settle, type Outcome } from '../../kernel/outcome.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import type { GitObjects, LockedComponent, LockedSubmodule, TreeEntry } from '../../resolve/index.ts';
import { mountedTrees } from '../layers/mounted-trees.ts';
import { checkEntries, type MountedTree } from '../layers/mount.ts';
import { openTree } from '../layers/open-tree.ts';

/** A file, by its path below the component. */
export interface ComponentFile extends TreeEntry {
  readonly url: string;
}

/** The trees that decide what the files are; no file is read for that. */
export function effectiveTrees(component: LockedComponent): readonly MountedTree[] {
  const patched = patchedTrees(component);
  return mountedTrees(component).map((mounted) => ({ ...mounted, tree: patched.get(mounted.path) ?? mounted.tree }));
}

function patchedTrees({ path, patch, submodules = [] }: LockedComponent): Map<string, string> {
  const own: [string, string][] = patch === undefined ? [] : [[path, patch.tree]];
  return new Map([...own, ...submodules.flatMap((one) => patchedSubmodules(one, path))]);
}

function patchedSubmodules(submodule: LockedSubmodule, above: string): [string, string][] {
  const path = [above, submodule.path].filter((part) => part !== '').join('/');
  const inside = (submodule.submodules ?? []).flatMap((one) => patchedSubmodules(one, path));
  return submodule.patch === undefined ? inside : [[path, submodule.patch.tree], ...inside];
}

/** Something in it is embargoed: nothing of what it makes or says is for others. */
export function isEmbargoed({ patch, submodules = [] }: Pick<LockedComponent, 'patch' | 'submodules'>): boolean {
  return (patch?.security ?? []).length > 0 || submodules.some(isEmbargoed);
}

/** @returns fails as `openTree` does, and with `build/unsafe-path` */
export async function componentFiles(
  component: LockedComponent,
  objects: GitObjects,
  context: RunContext<never>,
): Promise<Outcome<readonly ComponentFile[]>> {
  const committed = mountedTrees(component);
  const found: ComponentFile[] = [];
  const unsafe = [];
  for (const [index, mounted] of effectiveTrees(component).entries()) {
    const opened = await openTree(committed[index] ?? mounted, objects, context);
    if (!opened.ok) return opened;
    const checked = checkEntries(mounted, await objects.entries({ url: mounted.url, id: mounted.tree }));
    unsafe.push(...checked.unsafe);
    const below = component.path === '' ? mounted.path : mounted.path.slice(component.path.length + 1);
    const place = below === '' ? '' : `${below}/`;
    found.push(...checked.kept.map((entry) => ({ ...entry, path: place + entry.path, url: mounted.url })));
  }
  return settle(found, unsafe);
}

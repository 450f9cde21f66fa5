/** The difference of two trees as one layer holds it: what is new or changed, and whiteouts for what is gone. */
import type { GitObjects, TreeEntry } from '../../resolve/index.ts';
import type { DeltaContent } from './layer-spec.ts';

export interface TreeDelta {
  readonly changed: readonly TreeEntry[];
  /** Files and whole folders that are gone, relative to the tree. */
  readonly removed: readonly string[];
}

/** Reads both trees; submodules are nobody's files. */
export async function readDelta({ base, tree, foreign }: DeltaContent, objects: GitObjects): Promise<TreeDelta> {
  const [before, after] = await Promise.all([base.tree, tree].map((id) => objects.entries({ url: base.url, id })));
  return treeDelta((before ?? []).filter(isFile), (after ?? []).filter(isFile), foreign);
}

function isFile(entry: TreeEntry): boolean {
  return entry.mode !== '160000';
}

/**
 * @param foreign folders of this tree where other components are mounted (`extensions/Cite` in core's): what is inside
 * is theirs, and they stay even where the patch removes the tree's own last file next to them
 */
export function treeDelta(
  base: readonly TreeEntry[],
  patched: readonly TreeEntry[],
  foreign: readonly string[] = [],
): TreeDelta {
  const own = (entry: TreeEntry): boolean => !foreign.some((mount) => entry.path.startsWith(`${mount}/`));
  const before = new Map(base.filter(own).map((entry) => [entry.path, entry]));
  const after = new Map(patched.filter(own).map((entry) => [entry.path, entry]));
  const folders = new Set([...after.keys(), ...foreign.map((mount) => `${mount}/.`)].flatMap(parents));
  const removed = new Set<string>();
  for (const path of before.keys()) {
    const gone = goneAt(path, { after, folders });
    if (gone !== undefined) removed.add(gone);
  }
  const changed = [...after.values()].filter((entry) => !same(entry, before.get(entry.path)));
  return { changed, removed: [...removed].sort() };
}

/** The topmost folder that is gone with this path, or the path; undefined where something new stands in its place. */
function goneAt(
  path: string,
  { after, folders }: { after: ReadonlyMap<string, TreeEntry>; folders: ReadonlySet<string> },
): string | undefined {
  for (const part of [...parents(path), path]) {
    if (after.has(part)) return undefined;
    if (!folders.has(part)) return part;
  }
  return undefined;
}

function same(entry: TreeEntry, other: TreeEntry | undefined): boolean {
  return other?.oid === entry.oid && other.mode === entry.mode;
}

/** `a/b/c`: `a`, `a/b`. */
export function parents(path: string): string[] {
  const parts = path.split('/');
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'));
}

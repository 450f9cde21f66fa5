/** The difference of two states of mounted trees as one layer holds it: what is new or changed, whiteouts for what is gone. */
import type { GitObjects, TreeEntry } from '../../resolve/index.ts';
import type { DeltaContent } from './layer-spec.ts';
import type { MountedTree } from './mount.ts';
import { isWithin, parents } from './paths.ts';

/** An entry where it stands: `path` counts from core's folder. */
export interface MountedEntry {
  readonly mounted: MountedTree;
  readonly entry: TreeEntry;
  readonly path: string;
}

export interface TreeDelta {
  readonly changed: readonly MountedEntry[];
  /** Files and whole folders that are gone. */
  readonly removed: readonly string[];
}

/** Reads the trees of both states; submodules are nobody's files. */
export async function readDelta({ before, after, foreign }: DeltaContent, objects: GitObjects): Promise<TreeDelta> {
  const mounts = [...before, ...after].map(({ path }) => path).concat(foreign);
  const read = (trees: readonly MountedTree[]): Promise<MountedEntry[]> => readEntries(trees, { objects, mounts });
  const [from, to] = await Promise.all([read(before), read(after)]);
  return treeDelta({ before: from, after: to, foreign });
}

interface Reading {
  readonly objects: GitObjects;
  /** Where components are mounted: a folder inside a tree that is one of them is theirs. */
  readonly mounts: readonly string[];
}

async function readEntries(trees: readonly MountedTree[], { objects, mounts }: Reading): Promise<MountedEntry[]> {
  const read = await Promise.all(
    trees.map(async (mounted) => {
      const entries = await objects.entries({ url: mounted.url, id: mounted.tree });
      const inside = mounts.filter((mount) => mount !== mounted.path && isWithin(mounted.path, mount));
      return entries
        .filter(({ mode }) => mode !== '160000')
        .map((entry) => ({ mounted, entry, path: below(mounted.path, entry.path) }))
        .filter(({ path }) => !inside.some((mount) => isWithin(mount, path)));
    }),
  );
  return read.flat();
}

export interface DeltaStates {
  readonly before: readonly MountedEntry[];
  readonly after: readonly MountedEntry[];
  /** Folders of others, which stay even where the last file next to them goes. */
  readonly foreign: readonly string[];
}

export function treeDelta(states: DeltaStates): TreeDelta {
  const before = new Map(states.before.map((one) => [one.path, one]));
  const after = new Map(states.after.map((one) => [one.path, one]));
  const folders = new Set([...after.keys(), ...states.foreign.map((mount) => `${mount}/.`)].flatMap(parents));
  const removed = new Set<string>();
  for (const one of before.values()) {
    const gone = goneAt(one, { after, folders });
    if (gone !== undefined) removed.add(gone);
  }
  const changed = [...after.values()].filter(({ path, entry }) => !same(entry, before.get(path)?.entry));
  return { changed, removed: [...removed].sort() };
}

/**
 * The topmost folder that is gone with this path, or the path; undefined where something new stands in its place. Never
 * above its mount: what is next to it is another's.
 */
function goneAt(
  { path, mounted }: MountedEntry,
  { after, folders }: { after: ReadonlyMap<string, unknown>; folders: ReadonlySet<string> },
): string | undefined {
  const own = parents(path).filter((folder) => mounted.path === '' || isWithin(mounted.path, folder));
  for (const part of [...own, path]) {
    if (after.has(part)) return undefined;
    if (!folders.has(part)) return part;
  }
  return undefined;
}

function same(entry: TreeEntry, other: TreeEntry | undefined): boolean {
  return other?.oid === entry.oid && other.mode === entry.mode;
}

function below(mount: string, path: string): string {
  return mount === '' ? path : `${mount}/${path}`;
}

/** Trees and commits through the one reader: parsed here, each read once a run as long as a bounded memory keeps it. */
import type { Commit, FileStat, TreeEntry } from '../../resolve/ports.ts';
import type { FoundObject } from './answers.ts';
import { parseCommit, pointerOf } from './parse-commit.ts';
import { parseTree, type TreeItem } from './parse-tree.ts';
import { blobSizes, type BlobTools } from './read-blobs.ts';
import type { TreeNode } from './tree-memory.ts';
import { megabytes, oddPath, tooLarge, unreadable, type Located } from './unreadable.ts';

export interface TreeReader {
  /** Tree of a commit, of a tag, or itself; undefined where it is none of these, or isn't here. */
  treeOf(place: Located): Promise<string | undefined>;
  entries(place: Located): Promise<readonly TreeEntry[]>;
  stat(place: Located, path: string): Promise<FileStat | undefined>;
  commit(place: Located): Promise<Commit | undefined>;
}

export function treeReader(tools: BlobTools): TreeReader {
  return {
    treeOf: async (place) => (await rootOf(place, tools))?.id,
    entries: (place) => entriesOf(place, tools),
    stat: (place, path) => statOf(place, path, tools),
    commit: async (place) => {
      const found = await tools.reader.contents(place.mirror, place.id, COMMIT_MOST);
      return found?.type === 'commit' ? parseCommit(dataOf(place, found, COMMIT_MOST)) : undefined;
    },
  };
}

/** A tree of a million entries has some 40 MB; the message of a commit is shorter than a book. */
const TREE_MOST = 64_000_000;
const COMMIT_MOST = 4_000_000;
const ENTRIES_MOST = 1_000_000;

function nodeOf(place: Located, { reader, memory }: BlobTools): Promise<TreeNode | undefined> {
  return memory.node(place.id, async () => {
    const found = await reader.contents(place.mirror, place.id, TREE_MOST);
    if (found === undefined || found.type === 'blob') return undefined;
    const data = dataOf(place, found, TREE_MOST);
    if (found.type !== 'tree') return { kind: 'pointer', to: pointerOf(data) };
    return { kind: 'tree', items: parseTree(data, place.id.length / 2) };
  });
}

function dataOf(place: Located, { data, bytes }: FoundObject, most: number): Buffer {
  if (data === undefined) throw tooLarge(place, { is: megabytes(bytes), most: megabytes(most) });
  return data;
}

interface LoadedTree {
  readonly id: string;
  readonly items: readonly TreeItem[];
}

/** A tag of a tag of a commit is as deep as anybody has gone. */
const POINTERS_MOST = 8;

async function rootOf(place: Located, tools: BlobTools): Promise<LoadedTree | undefined> {
  let { id } = place;
  for (let depth = 0; depth < POINTERS_MOST; depth += 1) {
    const node = await nodeOf({ ...place, id }, tools);
    if (node === undefined) return undefined;
    if (node.kind === 'tree') return { id, items: node.items };
    id = node.to;
  }
  return undefined;
}

async function itemsOf(place: Located, tools: BlobTools): Promise<readonly TreeItem[]> {
  const root = await rootOf(place, tools);
  if (root === undefined) throw unreadable(place, 'missing');
  return root.items;
}

/** Walks down one folder at a time; nothing of `path` is ever given to git, so no path means anything but itself. */
async function statOf(place: Located, path: string, tools: BlobTools): Promise<FileStat | undefined> {
  const names = path.split('/');
  const last = names.pop();
  let items = await itemsOf(place, tools);
  for (const name of names) {
    const folder = items.find((item) => item.mode === 'tree' && item.name === name && !item.odd);
    if (folder === undefined) return undefined;
    items = await itemsOf({ ...place, id: folder.oid }, tools);
  }
  const file = items.find((item) => item.name === last && !item.odd);
  if (file === undefined || file.mode === 'tree' || file.mode === '160000') return undefined;
  const [bytes = 0] = await blobSizes(place, [file.oid], tools);
  return { oid: file.oid, bytes };
}

async function entriesOf(place: Located, tools: BlobTools): Promise<readonly TreeEntry[]> {
  const root = await itemsOf(place, tools);
  const listed = flatten(place, { root, trees: await treesBelow(place, root, tools) });
  const blobs = listed.filter(({ mode }) => mode !== '160000');
  const sizes = await blobSizes(
    place,
    blobs.map(({ oid }) => oid),
    tools,
  );
  blobs.forEach((entry, at) => (entry.bytes = sizes[at] ?? 0));
  return listed;
}

/** Every folder at any depth, a level at a time: what one level names is asked for together. */
async function treesBelow(
  place: Located,
  root: readonly TreeItem[],
  tools: BlobTools,
): Promise<ReadonlyMap<string, readonly TreeItem[]>> {
  const trees = new Map<string, readonly TreeItem[]>();
  let level = foldersOf(root);
  for (let entries = root.length; level.length > 0;) {
    const loaded = await Promise.all(level.map((id) => itemsOf({ ...place, id }, tools)));
    loaded.forEach((items, at) => trees.set(level[at] ?? '', items));
    entries += loaded.reduce((sum, items) => sum + items.length, 0);
    if (entries > ENTRIES_MOST) throw tooManyEntries(place);
    level = [...new Set(loaded.flatMap(foldersOf))].filter((id) => !trees.has(id));
  }
  return trees;
}

function foldersOf(items: readonly TreeItem[]): string[] {
  return [...new Set(items.filter(({ mode }) => mode === 'tree').map(({ oid }) => oid))];
}

type Listed = { -readonly [Key in keyof TreeEntry]: TreeEntry[Key] };

/** In the order of the trees, which is that of the bytes of whole paths: git sorts `a` as `a/` where it is a folder. */
function flatten(
  place: Located,
  { root, trees }: { readonly root: readonly TreeItem[]; readonly trees: ReadonlyMap<string, readonly TreeItem[]> },
): Listed[] {
  const listed: Listed[] = [];
  const open = [{ prefix: '', items: root, next: 0 }];
  for (let folder = open.at(-1); folder !== undefined; folder = open.at(-1)) {
    const item = folder.items[folder.next];
    folder.next += 1;
    if (item === undefined) {
      open.pop();
      continue;
    }
    const path = folder.prefix + item.name;
    if (item.odd) throw oddPath(place, path);
    if (item.mode === 'tree') open.push({ prefix: `${path}/`, items: trees.get(item.oid) ?? [], next: 0 });
    else if (listed.push({ mode: item.mode, path, oid: item.oid, bytes: 0 }) > ENTRIES_MOST)
      throw tooManyEntries(place); // a few trees that name each other many times unfold to billions of paths
  }
  return listed;
}

function tooManyEntries(place: Located): Error {
  return tooLarge(place, { is: 'a tree of more files than that', most: `${ENTRIES_MOST}` });
}

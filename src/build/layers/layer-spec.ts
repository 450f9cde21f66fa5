/** Which layers an image has, lowest first, and what each is made of: known before any of them is made. */
import { digestOf, sha256, type Digest } from '../../kernel/digest.ts';
import type { LockedComponent, LockedSubmodule, Lockfile } from '../../resolve/index.ts';
import type { MountedTree } from './mount.ts';

export interface DeltaContent {
  readonly kind: 'delta';
  readonly base: MountedTree;
  readonly tree: string;
  /** Folders of the base where other components are mounted. */
  readonly foreign: readonly string[];
  readonly because: string;
}

/** A file that a container made: its content is a blob of the store. */
export interface StoredFile {
  /** In the image, without a leading slash: `srv/mediawiki/extensions/Cite/resources/dist/cite.js`. */
  readonly path: string;
  readonly digest: Digest;
  readonly bytes: number;
  readonly executable?: boolean;
}

export type LayerContent =
  | { readonly kind: 'trees'; readonly trees: readonly MountedTree[] }
  | DeltaContent
  | { readonly kind: 'files'; readonly files: Readonly<Record<string, string>> }
  | { readonly kind: 'stored'; readonly files: readonly StoredFile[]; readonly because: string };

export interface LayerSpec {
  readonly name: string;
  /** Same key, same bytes. */
  readonly key: Digest;
  readonly content: LayerContent;
  /** Of its files, before tar: what is expected, where the layer wasn't made yet. */
  readonly fileBytes: number;
}

/** Changes when the same content would make other bytes: then every layer is made anew. */
const LAYER_FORMAT = 1;

/** Single layers at most; with a runtime's and the two small ones an image stays at about 60, below the engine's 125. */
const MOST_TREES = 44;
const GROUPS = 8;

export interface SpecFacts {
  readonly lock: Lockfile;
  /** Bytes of the files of each tree of the lock. */
  readonly sizes: ReadonlyMap<string, number>;
  /** MediaWiki's LocalSettings.php: the entry that finds the bundle. */
  readonly entry: string;
}

/** Vendor, core, the others by size, the entry, the lock; above them a small layer for each patched component. */
export function layerSpecs({ lock, sizes, entry }: SpecFacts): LayerSpec[] {
  const sizeOf = (tree: string): number => sizes.get(tree) ?? 0;
  const trees = arrange(lock.components, sizeOf).map((group) => treesLayer(group, sizeOf));
  const deltas = lock.components.flatMap((component) => {
    if (component.patch === undefined || component.patch.tree === component.tree) return [];
    return [deltaLayer(component, lock.components)];
  });
  return [
    ...trees,
    filesLayer('entry', { 'LocalSettings.php': entry }),
    filesLayer('lock', { 'mwpipe.json': `${JSON.stringify(withoutPatches(lock), null, 1)}\n` }),
    ...deltas,
  ];
}

/** The lock as it was committed. */
export function withoutPatches(lock: Lockfile): Lockfile {
  const components = lock.components.map((component) => {
    const { patch, ...committed } = component;
    return patch === undefined ? component : committed;
  });
  return { ...lock, components };
}

interface Group {
  readonly name: string;
  readonly components: readonly LockedComponent[];
}

/**
 * The order depends on powers of two of the sizes, and the small ones' group on their path alone: a component that grows
 * a little, or another that comes, moves no other layer.
 */
function arrange(components: readonly LockedComponent[], sizeOf: (tree: string) => number): Group[] {
  const rank = (component: LockedComponent): number =>
    component.kind === 'vendor' ? 99 : component.kind === 'core' ? 98 : magnitude(sizeOf(component.tree));
  const sorted = components.toSorted((a, b) => rank(b) - rank(a) || compare(a.path, b.path));
  if (sorted.length <= MOST_TREES) return sorted.map(alone);
  const single = sorted.slice(0, MOST_TREES - GROUPS);
  return [...single.map(alone), ...bucketed(sorted.slice(MOST_TREES - GROUPS))];
}

function alone(component: LockedComponent): Group {
  return { name: component.name, components: [component] };
}

function bucketed(components: readonly LockedComponent[]): Group[] {
  const buckets = Map.groupBy(components, (one) => Number.parseInt(sha256(one.path).slice(-4), 16) % GROUPS);
  return [...buckets.entries()]
    .sort(([a], [b]) => a - b)
    .map(([index, members]) => ({
      name: members.length === 1 ? (members[0]?.name ?? '') : `group ${index + 1}`,
      components: members.toSorted((a, b) => compare(a.path, b.path)),
    }));
}

function magnitude(bytes: number): number {
  return Math.floor(Math.log2(Math.max(1, bytes)));
}

function treesLayer({ name, components }: Group, sizeOf: (tree: string) => number): LayerSpec {
  const trees = components.flatMap(mountedTrees);
  return {
    name,
    key: layerKey(trees.map(({ tree, path }) => ({ tree, path }))),
    content: { kind: 'trees', trees },
    fileBytes: trees.reduce((total, { tree }) => total + sizeOf(tree), 0),
  };
}

function deltaLayer(component: LockedComponent, all: readonly LockedComponent[]): LayerSpec {
  const base = mountedTree(component);
  const filled = [...all.map(({ path }) => path), ...mountedTrees(component).map(({ path }) => path)];
  const { tree, because } = component.patch ?? { tree: base.tree, because: '' };
  const foreign = filled.flatMap((other) => {
    const inside = within(base.path, other);
    return inside === undefined ? [] : [inside];
  });
  const content = { kind: 'delta', base, tree, foreign, because } as const;
  const key = layerKey({ delta: [base.tree, tree], path: base.path, foreign });
  return { name: `${component.name} (patched)`, key, content, fileBytes: 0 };
}

function filesLayer(name: string, files: Readonly<Record<string, string>>): LayerSpec {
  const fileBytes = Object.values(files).reduce((total, text) => total + Buffer.byteLength(text), 0);
  return { name, key: layerKey(files), content: { kind: 'files', files }, fileBytes };
}

/** A layer of what containers made. @param because why it is new, where it is */
export function storedLayer(
  name: string,
  { files, because }: { readonly files: readonly StoredFile[]; readonly because: string },
): LayerSpec {
  const sorted = files.toSorted((a, b) => compare(a.path, b.path));
  const key = layerKey({ stored: sorted.map(({ path, digest, executable = false }) => [path, digest, executable]) });
  const fileBytes = sorted.reduce((total, { bytes }) => total + bytes, 0);
  return { name, key, content: { kind: 'stored', files: sorted, because }, fileBytes };
}

function layerKey(content: unknown): Digest {
  return digestOf({ format: LAYER_FORMAT, content });
}

function mountedTree({ name, url, commit, ref, tree, path }: LockedComponent): MountedTree {
  return { name, url, commit, ref, tree, path };
}

/** A component and the repos inside it, each where it is mounted. */
export function mountedTrees(component: LockedComponent): MountedTree[] {
  const { submodules = [] } = component;
  return [mountedTree(component), ...submodules.flatMap((one) => submoduleTrees(one, component))];
}

function submoduleTrees(
  { path, url, commit, tree, submodules = [] }: LockedSubmodule,
  above: { readonly name: string; readonly path: string },
): MountedTree[] {
  const own = {
    name: `${above.name}/${path}`,
    url,
    commit,
    ref: 'HEAD',
    tree,
    path: [above.path, path].filter((part) => part !== '').join('/'),
  };
  return [own, ...submodules.flatMap((one) => submoduleTrees(one, own))];
}

/** `extensions/Cite` within '' is `extensions/Cite`; within itself, or elsewhere, nothing. */
function within(outer: string, inner: string): string | undefined {
  if (outer === inner) return undefined;
  if (outer === '') return inner;
  return inner.startsWith(`${outer}/`) ? inner.slice(outer.length + 1) : undefined;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A layer before it is made: what it is made of, and the key that says so. */
import { digestOf, type Digest } from '../../kernel/digest.ts';
import type { MountedTree } from './mount.ts';
import { isWithin } from './paths.ts';

/** What changes on top of lower layers, where these trees are mounted. */
export interface DeltaContent {
  readonly kind: 'delta';
  /** As lower layers have them. */
  readonly before: readonly MountedTree[];
  readonly after: readonly MountedTree[];
  /** Folders inside those where other components are mounted. */
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

export function treesLayer(
  name: string,
  { trees, sizeOf }: { readonly trees: readonly MountedTree[]; readonly sizeOf: (tree: string) => number },
): LayerSpec {
  const sorted = trees.toSorted((a, b) => compare(a.path, b.path));
  return {
    name,
    key: layerKey(sorted.map(({ tree, path }) => ({ tree, path }))),
    content: { kind: 'trees', trees: sorted },
    fileBytes: sorted.reduce((total, { tree }) => total + sizeOf(tree), 0),
  };
}

export interface DeltaStep {
  readonly before: readonly MountedTree[];
  readonly after: readonly MountedTree[];
  /** Of everything in the image. */
  readonly mounts: readonly string[];
  readonly because: string;
}

/** `fileBytes` is 0: it is known when both states were read. */
export function deltaLayer(name: string, { before, after, mounts, because }: DeltaStep): LayerSpec {
  const touched = new Set([...before, ...after].map(({ path }) => path));
  const foreign = [...new Set(mounts)]
    .filter((mount) => !touched.has(mount) && [...touched].some((path) => isWithin(path, mount)))
    .sort();
  const states = [before, after].map((trees) => trees.map(({ path, tree }) => [path, tree]).sort());
  const content = { kind: 'delta', before, after, foreign, because } as const;
  return { name, key: layerKey({ delta: states, foreign }), content, fileBytes: 0 };
}

export function filesLayer(name: string, files: Readonly<Record<string, string>>): LayerSpec {
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

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The layers of an image's code, lowest first: the base, what moved since, the entry, the lock; on top what is patched. */
import type { Lockfile } from '../../resolve/index.ts';
import { deltaLayer, filesLayer, treesLayer, type LayerSpec } from '../layers/layer-spec.ts';
import type { MountedTree } from '../layers/mount.ts';
import { mountedTrees, patchedTrees, withoutPatches } from '../layers/mounted-trees.ts';
import type { SizeOf } from './first-layers.ts';
import { applyDelta, type DeltaRecord, type LayersFile, type RecordedTree } from './layers-file.ts';

export interface SpecFacts {
  readonly lock: Lockfile;
  /** How the layers are cut; its state is the lock's. */
  readonly layers: LayersFile;
  readonly sizeOf: SizeOf;
  /** MediaWiki's LocalSettings.php: the entry that finds the bundle. */
  readonly entry: string;
}

export interface CodeLayers {
  readonly base: readonly LayerSpec[];
  /** What moved since the base was cut. */
  readonly deltas: readonly LayerSpec[];
  /** What tells of it: the lock as it was committed. */
  readonly lock: LayerSpec;
  /** One small layer for each patched component. */
  readonly patches: readonly LayerSpec[];
}

export function codeLayers({ lock, layers, sizeOf, entry }: SpecFacts): CodeLayers {
  const named = namer(lock);
  const base = layers.base.map(({ name, trees }) => treesLayer(name, { trees: treesOf(trees, named), sizeOf }));
  return {
    base: [...base, filesLayer('entry', { 'LocalSettings.php': entry })],
    deltas: deltaLayers(layers, named),
    lock: filesLayer('lock', { 'mwpipe.json': `${JSON.stringify(withoutPatches(lock), null, 1)}\n` }),
    patches: patchLayers(lock),
  };
}

type Named = (path: string) => string;

function deltaLayers({ base, deltas }: LayersFile, named: Named): LayerSpec[] {
  const state = new Map(base.flatMap(({ trees }) => Object.entries(trees)));
  return deltas.map(({ name, trees, bytes }) => {
    const paths = Object.keys(trees);
    const before = treesOf(Object.fromEntries([...state].filter(([path]) => paths.includes(path))), named);
    applyDelta(state, trees);
    const after = treesOf(present(trees), named);
    const because = `${paths.map(named).slice(0, 4).join(', ')}${paths.length > 4 ? ` and ${paths.length - 4} more` : ''} moved`;
    return { ...deltaLayer(name, { before, after, mounts: [...state.keys()], because }), fileBytes: bytes };
  });
}

function patchLayers(lock: Lockfile): LayerSpec[] {
  const mounts = lock.components.flatMap(mountedTrees).map(({ path }) => path);
  return lock.components.flatMap((component) => {
    const patched = patchedTrees(component);
    if (patched === undefined) return [];
    const { name, before, after, because } = patched;
    return [deltaLayer(`${name} (patched)`, { before, after, mounts, because })];
  });
}

function treesOf(trees: Readonly<Record<string, RecordedTree>>, named: Named): MountedTree[] {
  return Object.entries(trees).map(([path, tree]) => ({ name: named(path), path, ...tree }));
}

function present(trees: DeltaRecord['trees']): Record<string, RecordedTree> {
  return Object.fromEntries(
    Object.entries(trees).flatMap(([path, tree]) => (tree === null ? [] : [[path, tree] as const])),
  );
}

function namer(lock: Lockfile): Named {
  const names = new Map(lock.components.flatMap(mountedTrees).map(({ path, name }) => [path, name]));
  return (path) => names.get(path) ?? path;
}

/**
 * How the layers are cut for this lock, given how they were cut before: what moved becomes one more delta on top, so that
 * everything below keeps its digest. Small neighbours among the deltas are merged when there are too many of them, and
 * when they outgrow their share of the base, the layers that moved are cut anew (squashed).
 */
import type { LockedComponent } from '../../resolve/index.ts';
import { mountedTrees } from '../layers/mounted-trees.ts';
import { baseLayer, firstLayers, GROUPS, groupOf, MOST_BASE, recorded, type SizeOf } from './first-layers.ts';
import { stateOf, type BaseLayer, type DeltaRecord, type LayersFile } from './layers-file.ts';

export const MOST_DELTAS = 6;
/** Of the base's bytes. */
const SQUASH_SHARE = 0.3;

export interface LayersFacts {
  readonly set: string;
  readonly components: readonly LockedComponent[];
  readonly previous: LayersFile | undefined;
  readonly sizeOf: SizeOf;
  /** Bytes of the files that moved since `previous`. */
  readonly movedBytes: number;
  /** Cut anew even below the threshold. */
  readonly squash?: boolean;
}

export interface NextLayers {
  readonly file: LayersFile;
  readonly change: 'same' | 'first' | 'delta' | 'squash';
  readonly because: string;
}

/** Pure: the same facts give the same cut, and the cut that comes out gives itself. */
export function nextLayers(facts: LayersFacts): NextLayers {
  const { previous } = facts;
  if (previous === undefined) return first(facts, 'this set was never built');
  if (previous.set !== facts.set) return first(facts, `the layers were cut for ${previous.set}`);
  const moved = movedTrees(facts.components, previous);
  const paths = Object.keys(moved);
  if (paths.length === 0 && facts.squash !== true) return { file: previous, change: 'same', because: 'no code moved' };
  const file = paths.length === 0 ? previous : withDelta(previous, { moved, bytes: facts.movedBytes });
  const { deltas, most } = deltaBudget(file);
  if (facts.squash === true) return squash(file, { facts, because: 'asked for' });
  if (deltas > most) {
    const because = `the deltas have ${share(deltas, most)} % of the bytes that they may have`;
    return squash(file, { facts, because });
  }
  const because =
    paths.length === 1 ? `${paths[0] === '' ? 'core' : (paths[0] ?? '')} moved` : `${paths.length} parts moved`;
  return { file: { ...file, deltas: merged(file.deltas) }, change: 'delta', because };
}

/** Bytes of all deltas, and how many they may have before the layers are cut anew. */
export function deltaBudget({ base, deltas }: LayersFile): { readonly deltas: number; readonly most: number } {
  return { deltas: bytesOf(deltas), most: Math.round(bytesOf(base) * SQUASH_SHARE) };
}

/** Each mount whose tree isn't what the layers have; `null` where it is gone. */
export function movedTrees(
  components: readonly LockedComponent[],
  previous: Pick<LayersFile, 'base' | 'deltas'>,
): DeltaRecord['trees'] {
  const state = stateOf(previous);
  const wanted = components.flatMap(mountedTrees);
  const moved: DeltaRecord['trees'] = {};
  for (const mounted of wanted) {
    if (state.get(mounted.path)?.tree !== mounted.tree) moved[mounted.path] = recorded(mounted);
    state.delete(mounted.path);
  }
  for (const path of state.keys()) moved[path] = null;
  return Object.fromEntries(Object.entries(moved).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function first({ set, components, sizeOf }: LayersFacts, because: string): NextLayers {
  const base = firstLayers(components, sizeOf);
  const file = { schema: 'mwpipe.layers/1' as const, set, generation: 0, moved: {}, base, deltas: [] };
  return { file, change: 'first', because };
}

function withDelta(
  previous: LayersFile,
  { moved, bytes }: { readonly moved: DeltaRecord['trees']; readonly bytes: number },
): LayersFile {
  const generation = previous.generation + 1;
  const counts = { ...previous.moved };
  for (const path of Object.keys(moved)) counts[path] = (counts[path] ?? 0) + 1;
  const sorted = Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)));
  const delta = { name: `delta ${generation}`, bytes, trees: moved };
  return { ...previous, generation, moved: sorted, deltas: [...previous.deltas, delta] };
}

/** Neighbours with the fewest bytes become one: a day of small fixes costs no layer each, a large week isn't sent again. */
function merged(deltas: readonly DeltaRecord[]): DeltaRecord[] {
  const result = [...deltas];
  while (result.length > MOST_DELTAS) {
    const sums = result.slice(1).map((delta, index) => delta.bytes + (result[index]?.bytes ?? 0));
    const at = sums.indexOf(Math.min(...sums));
    const [older, newer] = result.slice(at, at + 2);
    if (older === undefined || newer === undefined) break;
    const name = `deltas ${/\d+/.exec(older.name)?.[0] ?? ''}-${/\d+$/.exec(newer.name)?.[0] ?? ''}`;
    const trees = Object.fromEntries(
      Object.entries({ ...older.trees, ...newer.trees }).sort(([a], [b]) => (a < b ? -1 : 1)),
    );
    result.splice(at, 2, { name, bytes: older.bytes + newer.bytes, trees });
  }
  return result;
}

/** Layers in which nothing moved stay; what moves often leaves the groups of what doesn't. */
function squash(
  file: LayersFile,
  { facts, because }: { readonly facts: LayersFacts; readonly because: string },
): NextLayers {
  const places = new Map(file.base.flatMap(({ name, trees }) => Object.keys(trees).map((path) => [path, name])));
  const touched = new Map<string, string>();
  for (const { trees } of file.deltas) for (const path of Object.keys(trees)) touched.set(path, path);
  const sizes = new Map(file.base.map((layer) => [layer.name, Object.keys(layer.trees).length]));
  const members = new Map<string, LockedComponent[]>();
  let free = MOST_BASE - file.base.length;
  for (const component of facts.components) {
    const place = places.get(component.path);
    const wanted = placeOf(component, {
      place,
      alone: sizes.get(place ?? '') === 1,
      file,
      free,
      touched: touched.has(component.path),
    });
    if (wanted === component.name && place !== wanted) free -= 1;
    members.set(wanted, [...(members.get(wanted) ?? []), component]);
  }
  const kept = new Map(file.base.map((layer) => [layer.name, layer]));
  const base = [...members].map(([name, components]) => {
    const cut = baseLayer(name, { components, sizeOf: facts.sizeOf });
    const before = kept.get(name);
    return before !== undefined && sameTrees(before, cut) ? before : cut;
  });
  return { file: { ...file, base: ordered(base, file.base), deltas: [] }, change: 'squash', because };
}

interface Place {
  readonly place: string | undefined;
  /** It has its layer for itself. */
  readonly alone: boolean;
  readonly file: LayersFile;
  /** Layers that may still be added. */
  readonly free: number;
  readonly touched: boolean;
}

function placeOf(component: LockedComponent, { place, alone, file, free, touched }: Place): string {
  if (place !== undefined && (alone || !touched)) return place;
  const often = (file.moved[component.path] ?? 0) * 2 >= Math.max(2, file.generation);
  if (often) return free > GROUPS ? component.name : groupOf(component.path).replace('group', 'hot group');
  return place ?? groupOf(component.path);
}

/** Old layers keep their order, so that engines, which count from below, keep theirs. */
function ordered(base: readonly BaseLayer[], before: readonly BaseLayer[]): BaseLayer[] {
  const rank = new Map(before.map(({ name }, index) => [name, index]));
  return base.toSorted(
    (a, b) => (rank.get(a.name) ?? Infinity) - (rank.get(b.name) ?? Infinity) || (a.name < b.name ? -1 : 1),
  );
}

function sameTrees(a: BaseLayer, b: BaseLayer): boolean {
  const ids = ({ trees }: BaseLayer): string =>
    JSON.stringify(Object.entries(trees).map(([path, { tree }]) => [path, tree]));
  return ids(a) === ids(b);
}

function bytesOf(layers: readonly { readonly bytes: number }[]): number {
  return layers.reduce((total, { bytes }) => total + bytes, 0);
}

function share(part: number, whole: number): string {
  return whole === 0 ? '100' : ((part / whole) * 100).toFixed(0);
}

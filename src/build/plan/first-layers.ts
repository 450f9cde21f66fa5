/** Cuts a set's code into layers for the first time, when nothing is known of how often each part moves. */
import { sha256 } from '../../kernel/digest.ts';
import type { LockedComponent } from '../../resolve/index.ts';
import { mountedTrees } from '../layers/mounted-trees.ts';
import type { BaseLayer, RecordedTree } from './layers-file.ts';

/** With a runtime's, the localisation cache's and the deltas an image stays at about 60, below the engine's 125. */
export const MOST_BASE = 28;
export const GROUPS = 8;

export type SizeOf = (tree: string) => number;

/**
 * Vendor, core, the largest alone, the others in groups. The order depends on powers of two of the sizes, and a group on
 * its members' paths alone: a component that grows a little, or another that comes, moves no other layer.
 */
export function firstLayers(components: readonly LockedComponent[], sizeOf: SizeOf): BaseLayer[] {
  const rank = (component: LockedComponent): number =>
    component.kind === 'vendor' ? 99 : component.kind === 'core' ? 98 : magnitude(sizeOf(component.tree));
  const sorted = components.toSorted((a, b) => rank(b) - rank(a) || compare(a.path, b.path));
  const alone = sorted.length <= MOST_BASE ? sorted : sorted.slice(0, MOST_BASE - GROUPS);
  return [
    ...alone.map((component) => baseLayer(component.name, { components: [component], sizeOf })),
    ...groups(sorted.slice(alone.length)).map(([name, members]) => baseLayer(name, { components: members, sizeOf })),
  ];
}

export function baseLayer(
  name: string,
  { components, sizeOf }: { readonly components: readonly LockedComponent[]; readonly sizeOf: SizeOf },
): BaseLayer {
  const trees = components.toSorted((a, b) => compare(a.path, b.path)).flatMap(mountedTrees);
  return {
    name,
    bytes: trees.reduce((total, { tree }) => total + sizeOf(tree), 0),
    trees: Object.fromEntries(trees.map((mounted) => [mounted.path, recorded(mounted)])),
  };
}

export function recorded({ url, ref, commit, tree }: RecordedTree): RecordedTree {
  return { url, ref, commit, tree };
}

/** The group that a component belongs to, by its path alone. */
export function groupOf(path: string): string {
  return `group ${(Number.parseInt(sha256(path).slice(-4), 16) % GROUPS) + 1}`;
}

function groups(components: readonly LockedComponent[]): [string, LockedComponent[]][] {
  return [...Map.groupBy(components, (one) => groupOf(one.path))].sort(([a], [b]) => compare(a, b));
}

function magnitude(bytes: number): number {
  return Math.floor(Math.log2(Math.max(1, bytes)));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** What was read of trees, kept within bounds: the least recently used goes first. Only content by its id, so never stale. */
import type { TreeItem } from './parse-tree.ts';

/** A tree's items, or what a commit or tag points to. */
export type TreeNode =
  { readonly kind: 'tree'; readonly items: readonly TreeItem[] } | { readonly kind: 'pointer'; readonly to: string };

export interface TreeMemory {
  /** What isn't there isn't kept: it may be fetched meanwhile. */
  node(id: string, read: () => Promise<TreeNode | undefined>): Promise<TreeNode | undefined>;
  /** Sizes of blobs that were looked at. */
  readonly sizes: ReadonlyMap<string, number>;
  size(oid: string, bytes: number): void;
}

/** Some 20 MB: core and vendor together have 25,000. */
const ITEMS_MOST = 100_000;
const SIZES_MOST = 200_000;

export function treeMemory(itemsMost = ITEMS_MOST): TreeMemory {
  const kept = new Map<string, { readonly node: Promise<TreeNode | undefined>; items: number }>();
  const sizes = new Map<string, number>();
  let items = 0;
  const forget = (id: string): void => {
    items -= kept.get(id)?.items ?? 0;
    kept.delete(id);
  };
  const count = (id: string, node: TreeNode | undefined): void => {
    const one = kept.get(id);
    if (node === undefined || one === undefined) {
      forget(id);
      return;
    }
    one.items = node.kind === 'tree' ? node.items.length + 1 : 1;
    items += one.items;
    for (const oldest of kept.keys()) {
      if (items <= itemsMost) return;
      forget(oldest);
    }
  };
  const node: TreeMemory['node'] = (id, read) => {
    const known = kept.get(id);
    if (known !== undefined) {
      kept.delete(id);
      kept.set(id, known);
      return known.node;
    }
    const reading = read();
    kept.set(id, { node: reading, items: 0 });
    reading.then(
      (found) => count(id, found),
      () => forget(id),
    );
    return reading;
  };
  const size = (oid: string, bytes: number): void => {
    if (sizes.size >= SIZES_MOST) sizes.clear();
    sizes.set(oid, bytes);
  };
  return { node, sizes, size };
}

/** The order in which locks and what is told of them list components: core, vendor, skins, extensions, libraries. */
import type { ComponentKind, LockedComponent } from './lockfile.ts';

const ORDER: readonly ComponentKind[] = ['core', 'vendor', 'skin', 'extension', 'library'];

type Listed = Pick<LockedComponent, 'kind' | 'name'>;

export function compareComponents(a: Listed, b: Listed): number {
  return ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind) || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
}

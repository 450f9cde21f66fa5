/** What the image holds of a component: its commit, or that with changes on top where the lock has some. */
import type { LockedComponent } from '../resolve/index.ts';

export function imageTree({ tree, patch }: Pick<LockedComponent, 'tree' | 'patch'>): string {
  return patch?.tree ?? tree;
}

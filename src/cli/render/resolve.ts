/** What resolving tells people: fallbacks as they are found, then the lock in a few lines. */
import { basename } from 'node:path';
import type { LockedComponent, Resolved, ResolveEvent } from '../../resolve/index.ts';
import type { Shown } from '../run.ts';
import { changeLine, changeRows } from './changes.ts';
import type { Line } from './renderer.ts';
import { securityLine } from './security.ts';
import { duration, table } from './units.ts';

export function plainLine(event: ResolveEvent): Line | undefined {
  switch (event.code) {
    case 'resolve/set-read':
      return { progress: `${event.set}: ${event.components} components` };
    case 'resolve/ref-chosen':
      if (event.fallback === undefined) return undefined;
      return `${event.component}: ${branchName(event.ref)} (${event.fallback})`;
    case 'resolve/component-fetched': {
      const waiting = event.waiting.length === 0 ? '' : `, waiting for ${event.waiting.join(', ')}`;
      return { progress: `${event.done} of ${event.of}: ${event.component}${waiting}` };
    }
    case 'resolve/submodule-read':
      return { progress: `${event.component}: ${event.path}` };
    case 'resolve/patch-taken':
      return `${event.component} from ${event.from}${event.changed ? '' : ' (as it is in the lock)'}`;
    case 'resolve/requires-cycle':
      return `a circle of requirements: ${[...event.components, event.components[0] ?? ''].join(' → ')}`;
    case 'resolve/history-read':
    case 'resolve/remote-asked':
      return { progress: `${event.done} of ${event.of}: ${event.component}` };
    case 'resolve/set-written':
    case 'resolve/lock-written':
      return undefined;
    case 'resolve/security-tree-open':
    case 'resolve/security-folders-ignored':
    case 'resolve/security-patch-tried':
    case 'resolve/private-lock-written':
      return securityLine(event);
    case 'resolve/change-noted':
    case 'resolve/change-applied':
      return changeLine(event);
  }
}

export function showResolved(resolved: Resolved, facts: { readonly ms: number }): Shown {
  const { lock, file, changes, written } = resolved;
  const rows = changes.map(({ component, before, after, treeChanged }) => [
    component,
    before === undefined ? 'new' : before,
    after === undefined ? '→ gone' : `→ ${after}`,
    treeChanged ? '' : 'same files',
  ]);
  const patched = lock.components.filter(({ patch }) => patch?.from !== undefined).map(patchRow);
  const changed = changeRows(lock);
  const text = [
    `MediaWiki ${lock.mediawiki}, ${lock.components.length} components, every requirement met (${duration(facts.ms)})`,
    ...(rows.length === 0 ? [] : [table(shortened(rows))]),
    ...(changed.length === 0 ? [] : ['Changes on top, in this order:', table(changed)]),
    ...(patched.length === 0 ? [] : ['Patched, not in the lock file:', table(patched)]),
    `Lock  extension-sets/${basename(file)}: ${lockState(changes.length, written)}`,
    `Next  mwpipe build ${lock.set}`,
  ].join('\n');
  return { text, json: { lock, file, changes, written } };
}

const ROWS = 20;

function shortened(rows: readonly string[][]): string[][] {
  return rows.length <= ROWS ? [...rows] : [...rows.slice(0, ROWS), [`and ${rows.length - ROWS} more`]];
}

function lockState(changes: number, written: boolean): string {
  if (written) return `written (${changes} changed)`;
  return changes === 0 ? 'as it was' : `not written (${changes} would change)`;
}

function patchRow({ name, patch }: LockedComponent): string[] {
  return [name, patch?.tree.slice(0, 7) ?? '', patch?.because ?? ''];
}

function branchName(ref: string): string {
  return ref.replace(/^refs\/(heads|tags)\//, '');
}

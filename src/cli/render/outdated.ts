/** What `mwpipe outdated` says: a row for each component that resolving again would move, and those that are pinned. */
import type { Outdated, OutdatedRow } from '../../resolve/index.ts';
import type { Shown } from '../run.ts';
import { table } from './units.ts';

export function showOutdated(
  outdated: Outdated,
  { failWhereOutdated }: { readonly failWhereOutdated: boolean },
): Shown {
  const failed = failWhereOutdated && outdated.outdated > 0 ? ({ exit: 'failed' } as const) : {};
  const unknown = outdated.unknown.length > 0 ? ({ exit: 'outside' } as const) : {};
  return { text: textOf(outdated), json: outdated, ...failed, ...unknown };
}

function textOf({ set, rows, outdated, unknown }: Outdated): string {
  const told = rows.filter(({ state }) => state !== 'current');
  const current = rows.length - told.length;
  const pinned = rows.filter(({ state }) => state === 'pinned').length;
  const counts = [
    outdated === 0 ? 'nothing outdated' : `${outdated} of ${rows.length} outdated`,
    `${current} current`,
    ...(pinned === 0 ? [] : [`${pinned} pinned`]),
    ...(unknown.length === 0 ? [] : [`${unknown.length} unknown`]),
  ];
  return [
    `${set}: ${counts.join(', ')}`,
    ...(told.length === 0 ? [] : [table(told.map(cells))]),
    ...(outdated === 0 ? [] : [`Next  mwpipe resolve ${set}`]),
  ].join('\n');
}

function cells({ component, state, locked, now, because, newerTag }: OutdatedRow): string[] {
  const moved = now === undefined || now.commit === locked?.commit ? '' : `→ ${now.commit.slice(0, 7)}`;
  const newer = newerTag === undefined ? '' : `; there is ${newerTag}`;
  return [component, state.replace('-', ' '), locked?.commit.slice(0, 7) ?? '', moved, because + newer];
}

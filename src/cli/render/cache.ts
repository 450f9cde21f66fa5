/** The cache on one screen: its rooms and largest mirrors; what went; what is damaged. */
import type { CacheEvent, CacheListing, Collected, GcAction, Verified } from '../../resolve/index.ts';
import type { Shown } from '../run.ts';
import type { Line } from './renderer.ts';
import { size, table } from './units.ts';

export function plainLine(event: CacheEvent): Line | undefined {
  switch (event.code) {
    case 'resolve/cache-tidied':
      return { progress: `${DONE[event.kind]} ${event.what}` };
    case 'resolve/cache-checked':
      return { progress: `${event.done} of ${event.of}: ${event.what}` };
    case 'resolve/cache-damaged':
      return `damaged${event.removed ? ', removed' : ''}: ${event.what}: ${event.problem}`;
  }
}

const DONE: Readonly<Record<GcAction['kind'], string>> = {
  'remove-leftover': 'removed',
  'remove-mirror': 'removed',
  'drop-commits': 'thinned',
  repack: 'packed',
};

const ROWS = 15;

export function listingText({ cache, rooms, mirrors }: CacheListing): string {
  if (rooms.length === 0) return `Nothing is in ${cache}`;
  const total = rooms.reduce((sum, { bytes }) => sum + bytes, 0);
  const commits = mirrors.reduce((sum, one) => sum + one.commits.length, 0);
  return [
    `Cache      ${cache}: ${size(total)}`,
    table(rooms.map(({ name, files, bytes }) => [name, size(bytes).padStart(7), counted(files, 'file')])),
    ...(mirrors.length === 0 ? [] : [`Mirrors    ${mirrors.length}, with ${counted(commits, 'commit')}; the largest:`]),
    table(mirrors.slice(0, ROWS).map(mirrorRow)),
    'Next       mwpipe cache gc --dry-run · mwpipe cache verify',
  ]
    .filter((line) => line !== '')
    .join('\n');
}

function mirrorRow({ url, name, bytes, commits, usedAt }: CacheListing['mirrors'][number]): string[] {
  const last = Math.max(usedAt, ...commits.map((commit) => commit.usedAt));
  const kind = name.endsWith('.trees') ? ' (trees only)' : '';
  return [size(bytes).padStart(7), counted(commits.length, 'commit'), `used ${day(last)}`, `${url}${kind}`];
}

export function collectedText({ plan, bytes, spared }: Collected, dryRun: boolean): string {
  const { actions } = plan;
  if (actions.length === 0)
    return `Nothing to clear up: all was used since ${day(plan.unusedSince)}, or a lock names it`;
  const rows = actions.slice(0, ROWS).map(actionRow);
  const more = actions.length > ROWS ? [`  and ${actions.length - ROWS} more`] : [];
  const done = dryRun ? `Would free ${size(bytes)} or more` : `Freed      ${size(bytes)}`;
  const left = spared === 0 ? [] : [`Left alone ${spared}, which somebody used meanwhile`];
  return [table(rows), ...more, done, ...left, ...(dryRun ? ['Do it with mwpipe cache gc'] : [])].join('\n');
}

function actionRow(action: GcAction): string[] {
  switch (action.kind) {
    case 'remove-leftover':
      return ['remove', size(action.bytes).padStart(7), action.path, action.because];
    case 'remove-mirror':
      return ['remove', size(action.bytes).padStart(7), action.url, action.because];
    case 'drop-commits':
      return ['thin', '', action.url, `${counted(action.commits.length, 'commit')} ${action.because}`];
    case 'repack':
      return ['pack', '', action.url, action.because];
  }
}

export function showVerified(verified: Verified): Shown {
  const { mirrors, commits, blobs, damaged } = verified;
  const left = damaged.filter(({ removed }) => !removed);
  const head = `Checked    ${counted(mirrors, 'mirror')} with ${counted(commits, 'commit')}, ${counted(blobs, 'blob')}`;
  const rows = damaged.map(({ name, problems, removed }) => [removed ? 'removed' : 'damaged', name, problems[0] ?? '']);
  const end =
    damaged.length === 0
      ? 'All are whole'
      : left.length === 0
        ? 'What was damaged is gone; it is fetched or made anew when it is wanted'
        : 'Next       mwpipe cache verify --repair';
  const text = [head, ...(rows.length === 0 ? [] : [table(rows)]), end].join('\n');
  return { text, json: verified, ...(left.length === 0 ? {} : { exit: 'failed' as const }) };
}

function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}

function day(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** Security patches as anyone may see them: whose, which in order, what became of it; more for their owners alone. */
import { basename } from 'node:path';
import { toldOf, type PrivateLock, type ResolveEvent, type Secured, type SecurityTable } from '../../resolve/index.ts';
import type { Shown } from '../run.ts';
import type { Line } from './renderer.ts';
import { duration, table } from './units.ts';

type SecurityEvent = Extract<ResolveEvent, { code: `resolve/security-${string}` | 'resolve/private-lock-written' }>;

export function securityLine(event: SecurityEvent): Line | undefined {
  switch (event.code) {
    case 'resolve/security-tree-open':
      return `${event.folder} can be read by everybody on this machine: chmod o-rwx ${event.folder}`;
    case 'resolve/security-folders-ignored':
      return `${event.folder} has ${event.count} folders that are named like no version: not looked at`;
    case 'resolve/security-patch-tried':
      return event.status === 'applied' ? undefined : `${patchName(event)}: ${cellText(event)}`;
    case 'resolve/private-lock-written':
      return event.exposed ? `git add would take ${event.file}: add *.private.lock.yaml* to .gitignore` : undefined;
  }
}

type Row = SecurityTable['rows'][number];

export function showSecurityTable(
  checked: SecurityTable,
  { ms, reveal }: { readonly ms: number; readonly reveal: boolean },
): Shown {
  const { columns, rows, counts } = checked;
  const head = ['Patch', ...columns.map(({ set, branch }) => (branch === undefined ? set : `${set} ${branch}`))];
  const shown = rows.map((row) => [patchName(row), ...row.cells.map((cell) => (cell === null ? '-' : cellText(cell)))]);
  const text = [
    table([head, ...shown], ''),
    '',
    ...columns.map(columnLine),
    `${summary(counts)} (${duration(ms)})`,
    ...(reveal
      ? [
          '',
          ...rows.flatMap((row) =>
            revealed(
              row,
              row.cells.some((cell) => cell?.status === 'failed'),
            ),
          ),
        ]
      : []),
  ].join('\n');
  const json = {
    columns,
    counts,
    patches: rows.map(({ component, submodule, number, cells }) => ({ component, submodule, number, cells })),
  };
  return { text, json, ...(counts.failed > 0 ? { exit: 'failed' as const } : {}) };
}

/** `core 2`, `VisualEditor lib/ve 1`; one for a component that no public set names stays unnamed. */
function patchName({ component, submodule, number }: Pick<Row, 'component' | 'submodule' | 'number'>): string {
  return [component ?? '(other)', ...(submodule === undefined ? [] : [submodule]), String(number)].join(' ');
}

function cellText({ status, because, moved }: NonNullable<Row['cells'][number]>): string {
  const notes = [
    ...(because === undefined ? [] : [because]),
    ...(moved === true ? ['on other lines: look at it'] : []),
  ];
  return notes.length === 0 ? status : `${status} (${notes.join(', ')})`;
}

function columnLine({ set, branch, version, because, without }: SecurityTable['columns'][number]): string {
  const name = branch === undefined ? set : `${set} ${branch}`;
  const missing = without.length === 0 ? '' : `; no such branch: ${without.join(', ')}`;
  return `${name}: patches of ${version} (${because})${missing}`;
}

function summary(counts: SecurityTable['counts']): string {
  return Object.entries(counts)
    .map(([status, count]) => `${count} ${status}`)
    .join(', ');
}

/** What was resolved, then what was put on top; the private lock itself is shown to nobody. */
export function showSecured(
  { patches, version, because, file }: Secured & { readonly file: PrivateLock | undefined },
  resolved: Shown,
  reveal: boolean,
): Shown {
  const counts = Map.groupBy(patches, ({ status }) => status);
  const said = [...counts].map(([status, { length }]) => `${length} ${status}`).join(', ');
  const state = file?.written === true ? 'written, for you alone' : 'not written';
  const place =
    file === undefined ? 'not written: work trees are beneath' : `extension-sets/${basename(file.file)}: ${state}`;
  const text = [
    resolved.text,
    `Security patches of ${version} (${because}): ${said === '' ? 'none' : said}`,
    `Private lock  ${place}`,
    ...(reveal ? ['', ...patches.flatMap((patch) => revealed(patch, patch.status === 'failed'))] : []),
  ].join('\n');
  const security = { version, because, patches: patches.map(toldOf), lock: file };
  return { ...resolved, text, json: { ...(resolved.json as object), security } };
}

type Revealable = Pick<Row, 'component' | 'submodule' | 'number' | 'details'>;

function revealed(row: Revealable, failed: boolean): string[] {
  const { path, subject, author, files, said } = row.details.reveal();
  const lines = [
    `${patchName(row)}: ${path}`,
    ...(subject === '' ? [] : [`    ${subject}, by ${author}`]),
    ...files.map((file) => `    ${file}`),
    ...(failed
      ? said
          .trimEnd()
          .split('\n')
          .map((line) => `    | ${line}`)
      : []),
  ];
  return lines.map(harmless);
}

/** Without what would steer a terminal: the text was written by others. */
function harmless(line: string): string {
  return line.replaceAll(/[\p{Cc}\p{Cf}]/gu, '?');
}

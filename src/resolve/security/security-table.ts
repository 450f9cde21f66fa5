/** A check's result as a table: a row a patch, a column a set and branch. Pure; what is private stays a Secret. */
import { Secret } from '../../kernel/secret.ts';
import type { PatchStatus } from '../ports.ts';
import type { TriedPatch } from './try-patches.ts';

export interface CheckedColumn {
  readonly set: string;
  readonly branch?: string;
  /** Folder of the patch tree that was taken, and why that one. */
  readonly version: string;
  readonly because: string;
  readonly patches: readonly TriedPatch[];
  /** Components with patches that have no such branch. */
  readonly without: readonly string[];
}

interface Cell {
  readonly status: PatchStatus;
  readonly because?: string;
  readonly moved?: true;
}

interface SecurityRow {
  readonly component?: string;
  readonly submodule?: string;
  /** Its place among those of its repo in all folders that were taken, from 1. */
  readonly number: number;
  /** One a column; null where the folder of that column has no such patch. */
  readonly cells: readonly (Cell | null)[];
  readonly details: TriedPatch['details'];
}

export interface SecurityTable {
  readonly columns: readonly Omit<CheckedColumn, 'patches'>[];
  readonly rows: readonly SecurityRow[];
  readonly counts: Readonly<Record<PatchStatus, number>>;
}

export function tabulate(columns: readonly CheckedColumn[]): SecurityTable {
  const patches = columns.flatMap((column) => column.patches);
  const ids = [...new Set(patches.map(idOf))].sort(compareIds);
  const counters = new Map<string, number>();
  const rows = ids.map((id) => {
    const same = patches.filter((patch) => idOf(patch) === id);
    // A set that has the component names it; the folder alone is private.
    const { component, submodule } = same.find((patch) => patch.component !== undefined) ?? {};
    const repo = `${component ?? ''}/${submodule ?? ''}`;
    const number = (counters.get(repo) ?? 0) + 1;
    counters.set(repo, number);
    const cells = columns.map((column) => cellOf(column.patches.find((patch) => idOf(patch) === id)));
    const told = same.find(({ status }) => status === 'failed') ?? same[0];
    const details = told?.details ?? new Secret({ path: '', id, subject: '', author: '', files: [], said: '' });
    return {
      ...(component === undefined ? {} : { component }),
      ...(submodule === undefined ? {} : { submodule }),
      ...{ number, cells, details },
    };
  });
  const shown = columns.map(({ set, branch, version, because, without }) => ({
    ...{ set, version, because, without },
    ...(branch === undefined ? {} : { branch }),
  }));
  return { columns: shown, rows, counts: countOf(patches) };
}

function idOf({ details }: TriedPatch): string {
  return details.reveal().id;
}

/** `extensions/Cite/01-T1.patch`: by folder, then by number. */
function compareIds(a: string, b: string): number {
  const [left, right] = [a.lastIndexOf('/'), b.lastIndexOf('/')];
  const [one, other] = [a.slice(0, left), b.slice(0, right)];
  if (one !== other) return one < other ? -1 : 1;
  return Number.parseInt(a.slice(left + 1), 10) - Number.parseInt(b.slice(right + 1), 10) || (a < b ? -1 : 1);
}

function cellOf(patch: TriedPatch | undefined): Cell | null {
  if (patch === undefined) return null;
  const { status, because, moved } = patch;
  return { status, ...(because === undefined ? {} : { because }), ...(moved === undefined ? {} : { moved }) };
}

function countOf(patches: readonly TriedPatch[]): Record<PatchStatus, number> {
  const counts = { applied: 0, 'already applied': 0, failed: 0, skipped: 0 };
  for (const { status } of patches) counts[status] += 1;
  return counts;
}

/** Puts a planned lock in its file, unless the file says so already, or was only to be compared. */
import { readFile } from 'node:fs/promises';
import { quote, type Diagnostic } from '../../kernel/diagnostic.ts';
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import { writeAtomically } from '../../kernel/write-atomically.ts';
import type { ResolveEvent } from '../events.ts';
import { diffLock, type LockChange } from './diff-lock.ts';
import { formatLockfile, parseLockfile, type Lockfile } from './lockfile.ts';

export interface Resolved {
  readonly lock: Lockfile;
  readonly file: string;
  /** Against the lock that was there. */
  readonly changes: readonly LockChange[];
  readonly written: boolean;
}

/** `frozen` fails where the file would change. */
export type WriteMode = 'write' | 'dry-run' | 'frozen';

/**
 * The same lock leaves the file untouched. One that can't be read (conflict markers, half a file) is written anew.
 * @returns fails with `lock/newer-schema`; with `resolve/lock-outdated` (failed) where frozen
 */
export async function writeLock(
  lock: Lockfile,
  { file, mode }: { readonly file: string; readonly mode: WriteMode },
  context: RunContext<ResolveEvent>,
): Promise<Outcome<Resolved>> {
  const before = await readFile(file, 'utf8').catch(() => undefined);
  const old = before === undefined ? undefined : parseLockfile(file, before);
  if (old?.ok === false && old.diagnostics[0].code === 'lock/newer-schema') return old;
  const text = formatLockfile(lock);
  const changes = diffLock(old?.ok === true ? old.value : undefined, lock);
  const same = text === before;
  if (mode === 'frozen' && !same) return fail(outdated(lock.set, file, changes));
  const written = mode === 'write' && !same;
  if (written) {
    await writeAtomically(file, text);
    context.emit({ code: 'resolve/lock-written', file, changes: changes.length });
  }
  return ok({ lock, file, changes, written });
}

function outdated(set: string, file: string, changes: readonly LockChange[]): Diagnostic {
  const named = changes
    .slice(0, 5)
    .map(({ component, before, after }) => `${component} ${before ?? 'new'} → ${after ?? 'gone'}`);
  const others = changes.length > 5 ? ` and ${changes.length - 5} more` : '';
  return {
    code: 'resolve/lock-outdated',
    message: `the lock of ${quote(set)} is not what its set resolves to: ${named.join(', ')}${others}`,
    hint: `run mwpipe resolve ${set} and commit the lock`,
    at: { file, line: 1, column: 1, length: 1 },
    exit: 'failed',
  };
}

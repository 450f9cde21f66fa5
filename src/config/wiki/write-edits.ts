/** Writes the files of a plan, and puts them back; what somebody changed meanwhile is theirs. */
import { readFile, rm } from 'node:fs/promises';
import { systemCodeOf } from '../../kernel/error.ts';
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';
import { writeAtomically } from '../../kernel/write-atomically.ts';
import type { FileEdit } from './plan-wiki.ts';

/** @returns fails with `wiki/file-changed` (refused) where a file isn't as it was when that was planned: nothing was written */
export async function writeEdits(edits: readonly FileEdit[]): Promise<Outcome<void>> {
  for (const { file, before } of edits) if ((await textOf(file)) !== before) return fail(changed(file));
  for (const { file, after } of edits) await writeAtomically(file, Buffer.from(after));
  return ok();
}

/**
 * As it was before; a file that was made goes away.
 * @returns which files have their old text again, and which have neither text: those are left alone
 */
export async function undoEdits(
  edits: readonly FileEdit[],
): Promise<{ readonly undone: readonly string[]; readonly changed: readonly string[] }> {
  const undone: string[] = [];
  const changedSince: string[] = [];
  for (const { file, before, after } of edits) {
    const text = await textOf(file);
    if (text === before) continue;
    (text === after ? undone : changedSince).push(file);
    if (text !== after) continue;
    if (before === '') await rm(file, { force: true });
    else await writeAtomically(file, Buffer.from(before));
  }
  return { undone, changed: changedSince };
}

/** '' where there is none. */
export async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (thrown) {
    if (systemCodeOf(thrown) === 'ENOENT') return '';
    throw thrown;
  }
}

function changed(file: string) {
  return {
    code: 'wiki/file-changed',
    message: `${file} was changed while this was planned`,
    hint: 'run the same command again: it plans anew',
    exit: 'refused',
  } as const;
}

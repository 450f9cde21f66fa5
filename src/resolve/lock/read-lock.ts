/** Reads the committed lock of a set, for the steps that start from one. */
import { readFile } from 'node:fs/promises';
import { quote } from '../../kernel/diagnostic.ts';
import { fail, type Outcome } from '../../kernel/outcome.ts';
import { lockFile, parseLockfile, type Lockfile } from './lockfile.ts';

/** Fails with `lock/missing`, and as `parseLockfile` does. */
export async function readLock(root: string, set: string): Promise<Outcome<Lockfile>> {
  const file = lockFile(root, set);
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text !== undefined) return parseLockfile(file, text);
  return fail({
    code: 'lock/missing',
    message: `the extension set ${quote(set)} has no lock yet`,
    hint: `mwpipe resolve ${set}`,
  });
}

/** Reads the committed lock of a set, for the steps that start from one. */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { quote } from '../../kernel/diagnostic.ts';
import { sha256 } from '../../kernel/digest.ts';
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';
import { checkLockfile, lockFile, parseLockfile, type Lockfile } from './lockfile.ts';

/**
 * The lock with embargoed patches on top, for who may build them.
 * @returns fails with `lock/no-private`, and as `parseLockfile` does
 */
export async function readPrivateLock(root: string, set: string): Promise<Outcome<Lockfile>> {
  const file = lockFile(root, set, 'private');
  const text = await readFile(file, 'utf8').catch(() => undefined);
  const lock = text === undefined ? undefined : parseLockfile(file, text);
  if (lock !== undefined && (!lock.ok || lock.value.visibility === 'private')) return lock;
  return fail({
    code: 'lock/no-private',
    message: `the extension set ${quote(set)} has no private lock${lock === undefined ? '' : `: ${basename(file)} is a public one`}`,
    hint: `mwpipe resolve ${set} --security`,
  });
}

/** Where what was read is kept by the digest of the text: a lock of 200 components is half a second of YAML. */
interface LockMemo {
  recall(name: string): Promise<unknown>;
  remember(name: string, document: unknown): Promise<void>;
}

/** Fails with `lock/missing`, with `lock/private` where a private lock took its place, and as `parseLockfile` does. */
export async function readLock(root: string, set: string, memo?: LockMemo): Promise<Outcome<Lockfile>> {
  const file = lockFile(root, set);
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text !== undefined) {
    const lock = await remembered(file, { text, memo });
    if (!lock.ok || lock.value.visibility !== 'private') return lock;
    return fail({
      code: 'lock/private',
      message: `${quote(basename(file))} holds embargoed patches, which nothing public may be made of`,
      hint: `move it to ${set}.private.lock.yaml, and write this one anew: mwpipe resolve ${set}`,
      exit: 'refused',
    });
  }
  return fail({
    code: 'lock/missing',
    message: `the extension set ${quote(set)} has no lock yet`,
    hint: `mwpipe resolve ${set}`,
  });
}

async function remembered(
  file: string,
  { text, memo }: { readonly text: string; readonly memo: LockMemo | undefined },
): Promise<Outcome<Lockfile>> {
  const name = `lock/${sha256(text)}`;
  const known = checkLockfile(await memo?.recall(name));
  if (known !== undefined) return ok(known);
  const lock = parseLockfile(file, text);
  if (lock.ok && lock.value.visibility !== 'private') await memo?.remember(name, lock.value);
  return lock;
}

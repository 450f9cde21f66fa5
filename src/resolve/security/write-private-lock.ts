/** `NAME.private.lock.yaml`: for its owner's eyes only, and never where git would publish it. */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { quote, type Diagnostic } from '../../kernel/diagnostic.ts';
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import type { Secret } from '../../kernel/secret.ts';
import { writeAtomically } from '../../kernel/write-atomically.ts';
import type { ResolveEvent } from '../events.ts';
import { formatLockfile, lockFile, type Lockfile } from '../lock/lockfile.ts';
import type { TrackedFiles } from '../ports.ts';

export interface PrivateLockRequest {
  /** Folder of the workspace. */
  readonly root: string;
  readonly lock: Secret<Lockfile>;
  readonly mode: 'write' | 'dry-run' | 'frozen';
}

export interface PrivateLock {
  readonly file: string;
  readonly written: boolean;
}

/**
 * @returns fails with `security/lock-tracked` (refused) where git has a file of that name, with
 * `security/lock-outdated` (failed) where frozen
 */
export async function writePrivateLock(
  { root, lock, mode }: PrivateLockRequest,
  tracked: TrackedFiles,
  context: RunContext<ResolveEvent>,
): Promise<Outcome<PrivateLock>> {
  const { set } = lock.reveal();
  const file = lockFile(root, set, 'private');
  const standing = await tracked.standing(file);
  if (standing === 'tracked') return fail(lockTracked(file));
  const text = formatLockfile(lock.reveal());
  const same = (await readFile(file, 'utf8').catch(() => undefined)) === text;
  if (mode === 'frozen' && !same) return fail(lockOutdated(set));
  const written = mode === 'write' && !same;
  if (written) {
    await writeAtomically(file, text, 0o600);
    context.emit({ code: 'resolve/private-lock-written', file, exposed: standing === 'untracked' });
  }
  return ok({ file, written });
}

function lockTracked(file: string): Diagnostic {
  return {
    code: 'security/lock-tracked',
    message: `git tracks ${quote(basename(file))}: a lock with embargoed patches would be published`,
    hint: `git rm --cached ${basename(file)}, and add *.private.lock.yaml to .gitignore`,
    exit: 'refused',
  };
}

function lockOutdated(set: string): Diagnostic {
  return {
    code: 'security/lock-outdated',
    message: `the private lock of ${quote(set)} is not what its set and the patch tree resolve to`,
    hint: `mwpipe resolve ${set} --security`,
    exit: 'failed',
  };
}

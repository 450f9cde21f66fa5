/** Asks Debian's Composer, in one PHP process, what it reads and what matches. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

export interface Asked {
  readonly versions: readonly string[];
  readonly constraints: readonly string[];
  /** Places of a constraint and of a version. */
  readonly pairs: readonly (readonly [number, number])[];
}

export interface Answered {
  /** Normal forms; null for what is no version. */
  readonly versions: readonly (string | null)[];
  readonly constraints: readonly boolean[];
  /** Null where one of the two can't be read. */
  readonly matches: readonly (boolean | null)[];
}

export function askComposer(asked: Asked): Answered {
  const script = join(import.meta.dirname, 'ask-composer.php');
  const options = { input: JSON.stringify(asked), encoding: 'utf8', maxBuffer: 200e6 } as const;
  const done = spawnSync('php', ['-d', 'display_errors=stderr', script], options);
  if (done.status !== 0) throw new Error(`php ended with ${String(done.status)}: ${done.stderr}`);
  return JSON.parse(done.stdout) as Answered;
}

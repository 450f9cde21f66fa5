/** Whether a mirror is sound, in git's own words: every object against its id, everything that kept commits need. */
import type { RunContext } from '../../kernel/run-context.ts';
import type { GitProcesses } from './git-process.ts';

/** A pack of core takes some seconds; a mirror that only borrows is checked with what it borrows. */
export async function checkMirror(mirror: string, git: GitProcesses, { signal }: RunContext<never>): Promise<string[]> {
  const args = ['-C', mirror, 'fsck', '--no-dangling', '--no-progress', '--no-reflogs'];
  const checked = await git.run({ args, signal, env: { GIT_NO_LAZY_FETCH: '1' } });
  if (checked.code === 0) return [];
  const lines = `${checked.stderr}\n${checked.stdout}`.split('\n').filter((line) => line !== '');
  const damage = lines.filter((line) => DAMAGE.test(line));
  if (damage.length === 0 && lines.some((line) => TASTE.test(line))) return [];
  return (damage.length === 0 ? lines : damage).slice(0, SHOWN);
}

const SHOWN = 10;

/** `error in commit 12ab: badTimezone` is what somebody once committed, not what became of it here. */
const TASTE = /^(error|warning) in \S+ \S+: \w+:/;
/** Whatever a broken link leads to is named again as missing. */
const DAMAGE = /^(fatal|error): |^(missing|bad|hash mismatch|invalid) /;

/** Whether git knows, would take, or ignores a file of somebody's checkout. */
import { basename, dirname } from 'node:path';
import type { TrackedFiles } from '../../resolve/ports.ts';
import type { GitProcesses } from './git-process.ts';

export function trackedFiles(git: GitProcesses): TrackedFiles {
  return {
    standing: async (file) => {
      const place = { cwd: dirname(file) };
      const name = basename(file);
      const ask = (...args: readonly string[]) => git.run({ ...place, args: ['--literal-pathspecs', ...args] });
      const inside = await ask('rev-parse', '--is-inside-work-tree');
      if (inside.code !== 0) return 'in no repo';
      const known = await ask('ls-files', '--cached', '--', name);
      if (known.stdout !== '') return 'tracked';
      return (await ask('check-ignore', '--quiet', '--', name)).code === 0 ? 'ignored' : 'untracked';
    },
  };
}

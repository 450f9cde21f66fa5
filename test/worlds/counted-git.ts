/** A `git` in front of the real one that writes down each time it is started: how many processes does something cost? */
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from './command.ts';

export interface CountedGit {
  /** For what starts git: the environment of this program, with that git first on its path. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Arguments of each that was started since the last call, in the order of their starts. */
  taken(): Promise<string[]>;
}

/** @param refuses an argument that it pretends not to know, as an older git */
export async function countedGit(folder: string, refuses?: string): Promise<CountedGit> {
  const real = (await runCommand(['sh', '-c', 'command -v git'])).stdout.trim();
  const [bin, log] = [join(folder, 'bin'), join(folder, 'git.log')];
  await mkdir(bin, { recursive: true });
  const refusal =
    refuses === undefined
      ? ''
      : `for one; do if [ "$one" = --${refuses} ]; then echo "error: unknown option \\\`${refuses}'" >&2; exit 129; fi; done\n`;
  await writeFile(join(bin, 'git'), `#!/bin/sh\necho "$*" >> '${log}'\n${refusal}exec '${real}' "$@"\n`);
  await chmod(join(bin, 'git'), 0o755);
  return {
    environment: { ...process.env, PATH: `${bin}:${process.env['PATH'] ?? ''}` },
    taken: async () => {
      const text = await readFile(log, 'utf8').catch(() => '');
      await writeFile(log, '');
      return text.split('\n').filter((line) => line !== '');
    },
  };
}

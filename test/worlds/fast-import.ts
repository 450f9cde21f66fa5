/**
 * Writes a bare git repo through `git fast-import`: files as they come, then commits over them. Nothing of the machine
 * gets in (no config, no clock), so the same files and history give the same ids everywhere.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { runCommand } from './command.ts';

export type FileMode = '100644' | '100755' | '120000';

export interface ImportedFile {
  readonly path: string;
  readonly mode: FileMode;
  readonly mark: number;
}

interface ImportedCommit {
  readonly message: string;
  /** Seconds since 1970. */
  readonly at: number;
  readonly parent: number | undefined;
  readonly files: readonly ImportedFile[];
  /** Paths that it removes. */
  readonly removes?: readonly string[];
}

export interface Importer {
  /** @returns the mark by which files name it */
  blob(data: Uint8Array): Promise<number>;
  commit(commit: ImportedCommit): Promise<number>;
  ref(name: string, mark: number): Promise<void>;
  /** Ends git; rejects where it refused anything. */
  finish(): Promise<void>;
}

/** Git with nothing of this machine's configuration. */
export const PLAIN_GIT = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_TERMINAL_PROMPT: '0',
} as const;

const PERSON = 'mwpipe world <world@world.mwpipe.example>';
const IMPORT = ['-c', 'core.fsync=none', '-c', 'pack.compression=1', '-c', 'fastimport.unpackLimit=0'] as const;

export async function importRemote(gitDir: string, signal: AbortSignal): Promise<Importer> {
  const made = await runCommand(['git', 'init', '-q', '--bare', '-b', 'master', gitDir], { env: PLAIN_GIT, signal });
  if (made.code !== 0) throw new Error(`git init ${gitDir}: ${made.stderr}`);
  const args = [`--git-dir=${gitDir}`, ...IMPORT, 'fast-import', '--quiet', '--depth=0', '--done'];
  const git = spawn('git', args, { env: { ...process.env, ...PLAIN_GIT }, stdio: ['pipe', 'ignore', 'pipe'], signal });
  return importerOf(git, gitDir);
}

function importerOf(git: ChildProcess & { stdin: NonNullable<ChildProcess['stdin']> }, gitDir: string): Importer {
  const said: string[] = [];
  git.stderr?.setEncoding('utf8').on('data', (text: string) => said.push(text));
  const ended = once(git, 'close').then(([code]) => {
    if (code !== 0) throw new Error(`git fast-import of ${gitDir} ended with ${String(code)}: ${said.join('')}`);
  });
  ended.catch(() => undefined);
  git.stdin.on('error', () => undefined); // its end says why
  const write = async (chunk: string | Uint8Array): Promise<void> => {
    if (!git.stdin.write(chunk)) await Promise.race([once(git.stdin, 'drain'), ended]);
  };
  let marks = 0;
  return {
    blob: async (data) => {
      marks += 1;
      await write(`blob\nmark :${marks}\ndata ${data.byteLength}\n`);
      await write(data);
      await write('\n');
      return marks;
    },
    commit: async (commit) => {
      marks += 1;
      await write(commitCommand(commit, marks));
      return marks;
    },
    ref: (name, mark) => write(`reset ${name}\nfrom :${mark}\n\n`),
    finish: async () => {
      git.stdin.end('done\n');
      await ended;
    },
  };
}

function commitCommand(commit: ImportedCommit, mark: number): string {
  const from = commit.parent === undefined ? '' : `from :${commit.parent}\n`;
  const files = commit.files.map((file) => `M ${file.mode} :${file.mark} ${quotePath(file.path)}\n`);
  const removes = (commit.removes ?? []).map((path) => `D ${quotePath(path)}\n`);
  const message = Buffer.from(`${commit.message}\n`);
  return (
    `commit refs/heads/master\nmark :${mark}\ncommitter ${PERSON} ${commit.at} +0000\n` +
    `data ${message.length}\n${message.toString()}${from}${removes.join('')}${files.join('')}\n`
  );
}

function quotePath(path: string): string {
  return /^"|\n/.test(path) ? `"${path.replace(/[\\"]/g, '\\$&').replace(/\n/g, '\\n')}"` : path;
}

/** Starts git: with a clean environment, never asking at the terminal, its words in English so that they can be told apart. */
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { systemCodeOf } from '../../kernel/error.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

interface GitCommand {
  readonly args: readonly string[];
  readonly cwd?: string;
  /** On top of the adapter's environment. */
  readonly env?: Environment;
  readonly input?: string | Uint8Array;
  readonly signal?: AbortSignal;
  /** Leads a group of its own, so that it is ended with all that it started. */
  readonly group?: boolean;
}

export interface GitResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface GitProcesses {
  readonly environment: Environment;
  /** How many were started so far; what they start in turn isn't counted. */
  readonly started: number;
  /** Runs to the end; for outputs that fit into memory. 127 where there is no git. */
  run(command: GitCommand): Promise<GitResult>;
  /** Starts one that is talked to while it runs. */
  start(command: GitCommand): GitChild;
}

export type GitChild = ChildProcessByStdio<Writable, Readable, Readable>;

/** Git sets these for its hooks and aliases; left in, they would point every call at the wrong repo. */
const OF_ANOTHER_REPO = [
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_INDEX_FILE',
  'GIT_OBJECT_DIRECTORY',
  'GIT_ALTERNATE_OBJECT_DIRECTORIES',
  'GIT_COMMON_DIR',
  'GIT_PREFIX',
  'GIT_NAMESPACE',
  'GIT_SHALLOW_FILE',
];

export function gitProcesses(inherited: Environment): GitProcesses {
  const kept = Object.entries(inherited).filter(([name]) => !OF_ANOTHER_REPO.includes(name));
  const environment = { ...Object.fromEntries(kept), GIT_TERMINAL_PROMPT: '0', GIT_OPTIONAL_LOCKS: '0', LC_ALL: 'C' };
  let started = 0;
  const start = (command: GitCommand): GitChild => {
    started += 1;
    return spawn('git', command.args, {
      ...(command.cwd === undefined ? {} : { cwd: command.cwd }),
      ...(command.signal === undefined ? {} : { signal: command.signal }),
      env: { ...environment, ...command.env },
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: command.group === true,
    });
  };
  return {
    environment,
    get started() {
      return started;
    },
    start,
    run: (command) => collect(start(command), command.input),
  };
}

function collect(child: GitChild, input: string | Uint8Array | undefined): Promise<GitResult> {
  return new Promise((resolve, reject) => {
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.stdin.on('error', () => undefined); // it ended before it read all; its exit code says why
    child.on('error', (error) => {
      if (systemCodeOf(error) === 'ENOENT') resolve({ code: 127, stdout: '', stderr: 'git: not found' });
      else reject(error);
    });
    child.on('close', (code) => {
      const text = (chunks: readonly Buffer[]): string => Buffer.concat(chunks).toString();
      resolve({ code: code ?? 143, stdout: text(stdout), stderr: text(stderr) });
    });
    child.stdin.end(input ?? '');
  });
}

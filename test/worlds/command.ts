/** Runs a program of the machine to its end, for worlds: what it printed and how it ended, killed when the run stops. */
import { spawn } from 'node:child_process';
import { systemCodeOf } from '../../src/kernel/error.ts';

export interface CommandResult {
  /** 127 where there is no such program, 143 where a signal ended it. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

export function runCommand(argv: readonly [string, ...string[]], options: CommandOptions = {}): Promise<CommandResult> {
  const [program, ...args] = argv;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: { ...process.env, LC_ALL: 'C', ...options.env },
      signal: options.signal,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', (error) => {
      if (systemCodeOf(error) === 'ENOENT') resolve({ code: 127, stdout, stderr: `${program}: not found` });
      else reject(error);
    });
    child.on('close', (code) => {
      resolve({ code: code ?? 143, stdout, stderr });
    });
  });
}

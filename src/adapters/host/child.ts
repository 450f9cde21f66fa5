/** Runs a program of this machine; it dies with us, whatever kills us. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export interface ChildResult {
  readonly exitCode: number;
  readonly stdout: string;
  /** The last lines of both streams. */
  readonly tail: readonly string[];
}

export interface ChildOptions {
  readonly signal?: AbortSignal;
  readonly onLine?: (line: string) => void;
}

const TAIL = 8;

export async function run(argv: readonly string[], options: ChildOptions = {}): Promise<ChildResult> {
  const child = start(argv, options.signal);
  const lines: string[] = [];
  let tail: string[] = [];
  const follow = async (stream: NodeJS.ReadableStream, isOutput: boolean): Promise<void> => {
    for await (const line of createInterface({ input: stream })) {
      if (isOutput) lines.push(line);
      tail = [...tail, line].slice(-TAIL);
      options.onLine?.(line);
    }
  };
  const ended = once(child, 'close') as Promise<[number | null]>;
  const [[exitCode]] = await Promise.all([ended, follow(child.stdout, true), follow(child.stderr, false)]);
  options.signal?.throwIfAborted();
  return { exitCode: exitCode ?? -1, stdout: lines.join('\n'), tail };
}

/** Streams what the program prints; throws where it ends with anything but 0. */
export async function* output(argv: readonly string[], signal: AbortSignal): AsyncGenerator<Buffer> {
  const child = start(argv, signal);
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => (complaint = (complaint + chunk.toString()).slice(-2000)));
  const ended = once(child, 'close') as Promise<[number | null]>;
  for await (const chunk of child.stdout) yield chunk as Buffer;
  const [exitCode] = await ended;
  signal.throwIfAborted();
  if (exitCode !== 0) throw new Error(`${argv[0] ?? ''} ended with ${exitCode ?? 'a signal'}: ${complaint.trim()}`);
}

function start([program = '', ...args]: readonly string[], signal: AbortSignal | undefined) {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const kill = (): void => void child.kill('SIGKILL');
  signal?.addEventListener('abort', kill, { once: true });
  child.once('close', () => signal?.removeEventListener('abort', kill));
  child.on('error', () => undefined); // once(child, 'close') rejects with it
  return child;
}

/** A story: steps that each say what they do, run a real command as a user would, and say how long it took. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');

export interface StepRecord {
  readonly name: string;
  readonly command: string;
  readonly seconds: number;
}

export interface CommandResult {
  readonly exitCode: number;
  /** The `value` of the last JSON line. */
  readonly value: unknown;
}

export interface Story {
  readonly steps: readonly StepRecord[];
  say(text: string): void;
  /** A step that isn't a command of mwpipe's. */
  step<T>(name: string, work: () => Promise<T>): Promise<T>;
  /** Runs mwpipe; what it prints is shown. Throws where the exit code isn't the expected one. */
  mwpipe(name: string, argv: readonly string[], options?: MwpipeOptions): Promise<CommandResult>;
}

interface MwpipeOptions {
  readonly cwd?: string;
  readonly expect?: number;
}

export class StoryError extends Error {}

/** `quiet` keeps the terminal for one line of JSON at the end. */
export function tell(options: {
  readonly workspace: string;
  readonly quiet: boolean;
  readonly signal: AbortSignal;
}): Story {
  const steps: StepRecord[] = [];
  const say = (text: string): void => void (options.quiet ? process.stderr : process.stdout).write(`${text}\n`);
  const timed = async <T>(name: string, command: string, work: () => Promise<T>): Promise<T> => {
    options.signal.throwIfAborted();
    say(`\n${bold(`${String(steps.length + 1)}. ${name}`)}${command === '' ? '' : `\n${dim(`$ ${command}`)}`}`);
    const started = performance.now();
    const result = await work();
    const seconds = (performance.now() - started) / 1000;
    steps.push({ name, command, seconds: Math.round(seconds * 10) / 10 });
    say(dim(`  (${seconds.toFixed(1)} s)`));
    return result;
  };
  return {
    steps,
    say,
    step: (name, work) => timed(name, '', work),
    mwpipe: (name, argv, { cwd = root, expect = 0 } = {}) =>
      timed(name, `mwpipe ${argv.join(' ')}`, async () => {
        const result = await runMwpipe(argv, { cwd, say, ...options });
        if (result.exitCode !== expect) {
          throw new StoryError(`mwpipe ${argv.join(' ')} ended with ${String(result.exitCode)}, not ${String(expect)}`);
        }
        return result;
      }),
  };
}

/** Runs the checkout's own launcher twice over one pipe: people see its text, the story reads its JSON. */
async function runMwpipe(
  argv: readonly string[],
  options: { cwd: string; workspace: string; quiet: boolean; signal: AbortSignal; say: (text: string) => void },
): Promise<CommandResult> {
  const debug = join(options.workspace, `.last-result-${String(process.pid)}.json`);
  const child = spawn(join(root, 'mwpipe'), ['--workspace', options.workspace, ...argv], {
    cwd: options.cwd,
    stdio: ['ignore', options.quiet ? 'pipe' : 'inherit', 'inherit'],
    env: { ...process.env, MWPIPE_RESULT_FILE: debug },
  });
  if (child.stdout !== null) createInterface(child.stdout).on('line', options.say);
  const stop = (): void => void child.kill('SIGINT');
  options.signal.addEventListener('abort', stop, { once: true });
  const exitCode = await new Promise<number>((resolve, reject) => {
    child.on('error', reject).on('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 70)));
  });
  options.signal.removeEventListener('abort', stop);
  options.signal.throwIfAborted();
  return { exitCode, value: await readResult(debug) };
}

async function readResult(file: string): Promise<unknown> {
  const { readFile, rm } = await import('node:fs/promises');
  const text = await readFile(file, 'utf8').catch(() => 'null');
  await rm(file, { force: true });
  return (JSON.parse(text) as { value?: unknown } | null)?.value;
}

const colour = process.stdout.isTTY && process.env['NO_COLOR'] === undefined;
const bold = (text: string): string => (colour ? `\u001B[1m${text}\u001B[0m` : text);
const dim = (text: string): string => (colour ? `\u001B[2m${text}\u001B[0m` : text);

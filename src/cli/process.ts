/** The one place that touches the process: its environment, its streams, its signals, its exit code. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { Secret } from '../kernel/secret.ts';

export interface Terminal {
  write(text: string): void;
  /** Columns of the screen; undefined where it isn't one (a pipe, a CI log). */
  readonly columns: number | undefined;
  readonly colour: boolean;
}

export const environment = {
  /** Where mwpipe keeps what it makes: MWPIPE_CACHE, else XDG_CACHE_HOME/mwpipe, else ~/.cache/mwpipe. */
  cache: (): string =>
    process.env['MWPIPE_CACHE'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'mwpipe'),
  /** A file that gets every event as a line of JSON. */
  debugFile: (): string | undefined => process.env['MWPIPE_DEBUG_FILE'],
  /** A file that gets the result as JSON, so that a program can show people the text and read the facts. */
  resultFile: (): string | undefined => process.env['MWPIPE_RESULT_FILE'],
  /** What programs that we start inherit. */
  inherited: (): Readonly<Record<string, string | undefined>> => process.env,
  /** Opens the key that signs images, where it is locked. */
  keyPassphrase: (): Secret<string> | undefined => {
    const passphrase = process.env['MWPIPE_KEY_PASSPHRASE'];
    return passphrase === undefined ? undefined : new Secret(passphrase);
  },
  user: (): string => process.env['SUDO_USER'] ?? process.env['USER'] ?? process.env['LOGNAME'] ?? 'unknown',
};

function terminalOf(stream: NodeJS.WriteStream): Terminal {
  const columns = stream.isTTY ? stream.columns : undefined;
  return {
    write: (text) => void stream.write(text),
    columns,
    colour: columns !== undefined && process.env['NO_COLOR'] === undefined && process.env['TERM'] !== 'dumb',
  };
}

export const standardOutput = (): Terminal => terminalOf(process.stdout);
export const standardError = (): Terminal => terminalOf(process.stderr);
export const isInteractive = (): boolean => process.stdin.isTTY && process.stdout.isTTY;
export const standardStreams = () => ({ stdin: process.stdin, stdout: process.stdout, stderr: process.stderr });
export const argumentsOf = (): string[] => process.argv.slice(2);
/** An older one would end in a syntax error somewhere inside. */
export const nodeIsTooOld = (): boolean => Number.parseInt(process.versions.node, 10) < 24;
export const workingDirectory = (): string => process.cwd();

export function setExitCode(code: number): void {
  process.exitCode = code;
}

/** Ends at once; for the second Ctrl-C, when the first one's cleaning takes too long. */
export function exitNow(code: number): never {
  process.exit(code);
}

/** Calls back on Ctrl-C and on SIGTERM. @returns what ends the listening */
export function onInterrupt(listener: (signal: 'SIGINT' | 'SIGTERM') => void): () => void {
  const interrupt = (): void => listener('SIGINT');
  const terminate = (): void => listener('SIGTERM');
  process.on('SIGINT', interrupt).on('SIGTERM', terminate);
  return () => void process.off('SIGINT', interrupt).off('SIGTERM', terminate);
}

/** A reader that went away (`mwpipe ... | head`) is no error of ours. */
export function ignoreBrokenPipe(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(0);
  });
}

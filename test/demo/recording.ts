/** A recorded terminal session, as asciicast v2 has it: what was printed, and when. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Printed {
  /** Seconds from the beginning. */
  readonly at: number;
  readonly data: string;
}

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** Runs a command in a terminal of that size, in front of the reader, and keeps what it prints. */
export async function record(command: string, size: Size): Promise<Printed[]> {
  const folder = mkdtempSync(join(tmpdir(), 'mwpipe-record-'));
  const [output, timing] = [join(folder, 'output'), join(folder, 'timing')];
  const inside = `stty cols ${size.columns} rows ${size.rows}; exec ${command}`;
  const argv = ['-qfec', inside, '--log-out', output, '--log-timing', timing, '--logging-format', 'classic'];
  try {
    await ended('script', argv);
    return readTyped(readFileSync(output), readFileSync(timing, 'utf8'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function ended(program: string, argv: readonly string[]): Promise<void> {
  const child = spawn(program, argv, {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, TERM: 'xterm' },
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject).on('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`the command ended with ${String(code)}: no picture is made of a failure`));
    });
  });
}

/** util-linux `script`: a line `SECONDS BYTES` for each piece of the output, which begins after its own first line. */
function readTyped(output: Buffer, timing: string): Printed[] {
  let offset = output.indexOf('\n') + 1;
  let at = 0;
  return timing
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [seconds = 0, bytes = 0] = line.split(' ').map(Number);
      const data = output.subarray(offset, offset + bytes).toString('utf8');
      at += seconds;
      offset += bytes;
      return { at, data };
    });
}

/** One line of JSON for the header, then one for each piece. */
export function toAsciicast(pieces: readonly Printed[], { columns, rows }: Size): string {
  const lines = [{ version: 2, width: columns, height: rows }, ...pieces.map(({ at, data }) => [at, 'o', data])];
  return `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`;
}

export function fromAsciicast(text: string): { readonly pieces: Printed[]; readonly size: Size } {
  const [header = '{}', ...lines] = text.split('\n').filter((line) => line !== '');
  const { width, height } = JSON.parse(header) as { width: number; height: number };
  const events = lines.map((line) => JSON.parse(line) as [number, string, string]);
  const pieces = events.filter(([, kind]) => kind === 'o').map(([at, , data]) => ({ at, data }));
  return { pieces, size: { columns: width, rows: height } };
}

/** Folders of this machine as a reader has them. */
export function withoutPaths(pieces: readonly Printed[], checkout: string): Printed[] {
  return pieces.map(({ at, data }) => ({
    at,
    data: data.replaceAll(checkout, '~/mwpipe').replaceAll(homedir(), '~'),
  }));
}

/** Waits longer than `most` seconds are cut to it: nobody watches an image being built. */
export function withShortWaits(pieces: readonly Printed[], most: number): Printed[] {
  let before = 0;
  let shown = 0;
  return pieces.map(({ at, data }) => {
    shown += Math.min(most, at - before);
    before = at;
    return { at: shown, data };
  });
}

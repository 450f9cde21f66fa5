/** All that a step says, in a file of its own; its last lines for whoever reads that it failed. */
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { finished } from 'node:stream/promises';
import type { OutputSink } from '../../kernel/runner.ts';

export interface StepLog extends OutputSink {
  readonly file: string;
  tail(): readonly string[];
  close(): Promise<void>;
}

/** What a step in a loop could fill the disk with. */
const MOST_BYTES = 64 * 1024 * 1024;
const TAIL_LINES = 12;
const LONGEST_LINE = 300;

export async function openStepLog(
  folder: string,
  { component, step, onLine }: { readonly component: string; readonly step: string; onLine: (line: string) => void },
): Promise<StepLog> {
  const file = join(folder, encodeURIComponent(component), `${step}.log`);
  await mkdir(dirname(file), { recursive: true });
  const stream = createWriteStream(file);
  const written = finished(stream);
  written.catch(() => undefined); // told by close
  const lines: string[] = [];
  let bytes = 0;
  let open = '';
  const take = (chunk: string): void => {
    const before = bytes;
    bytes += Buffer.byteLength(chunk);
    if (bytes <= MOST_BYTES) stream.write(chunk);
    else if (before <= MOST_BYTES) stream.write('\n(mwpipe: the rest is left out, a log is 64 MiB at most)\n');
    const parts = (open + chunk).slice(-100_000).split(/[\r\n]+/);
    open = parts.pop() ?? '';
    for (const line of parts.map(plain)) {
      if (line === '') continue;
      lines.push(line);
      if (lines.length > TAIL_LINES) lines.shift();
      onLine(line);
    }
  };
  return {
    file,
    stdout: take,
    stderr: take,
    tail: () => [...lines, plain(open)].filter((line) => line !== '').slice(-TAIL_LINES),
    close: async () => {
      stream.end();
      await written;
    },
  };
}

/** Without colours and what else a terminal would obey. */
function plain(line: string): string {
  return line
    .replaceAll(/\u001B\[[0-9;?]*[ -/]*[@-~]/g, '')
    .replaceAll(/[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069]/g, '')
    .trimEnd()
    .slice(0, LONGEST_LINE);
}

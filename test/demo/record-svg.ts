/**
 * Records a command in a terminal, and makes a picture of it for the README.
 *
 * usage: node test/demo/record-svg.ts --out docs/demo.svg [--title TEXT] [--columns 100] [--rows 28] [--keep FILE] -- COMMAND
 *        node test/demo/record-svg.ts --out docs/demo.svg --from FILE     (FILE: asciicast v2, as --keep writes)
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  fromAsciicast,
  record,
  toAsciicast,
  withoutPaths,
  withShortWaits,
  type Printed,
  type Size,
} from './recording.ts';
import { screen } from './screen.ts';
import { svgOf } from './svg.ts';

const MOST_BYTES = 60_000;
const LONGEST_WAIT_SECONDS = 1.2;

if (import.meta.main) await main();

async function main(): Promise<void> {
  const { values: flags, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      out: { type: 'string' },
      from: { type: 'string' },
      keep: { type: 'string' },
      title: { type: 'string' },
      columns: { type: 'string', default: '100' },
      rows: { type: 'string', default: '28' },
    },
  });
  const command = positionals.join(' ');
  if (flags.out === undefined || (command === '') === (flags.from === undefined)) {
    throw new Error('give --out FILE, and either --from FILE or -- COMMAND');
  }
  const wanted = { columns: Number(flags.columns), rows: Number(flags.rows) };
  const { pieces, size } =
    flags.from === undefined
      ? { pieces: withoutPaths(await record(command, wanted), checkout()), size: wanted }
      : fromAsciicast(readFileSync(flags.from, 'utf8'));
  if (flags.keep !== undefined) writeFileSync(flags.keep, toAsciicast(pieces, size));
  const svg = pictureOf(pieces, { ...size, title: flags.title ?? (command || 'mwpipe') });
  writeFileSync(flags.out, svg);
  process.stdout.write(`\n${flags.out}: ${(svg.length / 1000).toFixed(0)} kB\n`);
  if (svg.length > MOST_BYTES) throw new Error(`more than ${MOST_BYTES} bytes: record less, or with fewer --columns`);
}

function checkout(): string {
  return join(import.meta.dirname, '..', '..');
}

export function pictureOf(pieces: readonly Printed[], options: Size & { readonly title: string }): string {
  const terminal = screen(options.columns);
  const title = `$ ${options.title}`;
  terminal.write(`\u001B[32m$\u001B[0m \u001B[1m${options.title}\u001B[0m\r\n`, 0);
  for (const { at, data } of withShortWaits(pieces, LONGEST_WAIT_SECONDS)) terminal.write(data, at + 0.8);
  const lines = terminal.lines();
  const used = lines.findLastIndex(({ cells }) => cells.some(({ char }) => char !== ' ')) + 1;
  const rows = Math.min(options.rows, used);
  return svgOf({ title: title.slice(2), columns: options.columns, rows, lines: lines.slice(0, used), rest: 8 });
}

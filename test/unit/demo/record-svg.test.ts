import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { SaxesParser } from 'saxes';
import { expect, it } from 'vitest';
import { pictureOf } from '../../demo/record-svg.ts';
import { fromAsciicast, record, toAsciicast, withoutPaths, withShortWaits } from '../../demo/recording.ts';
import { screen } from '../../demo/screen.ts';

const size = { columns: 20, rows: 4 };

it.each([
  ['a progress line replaced by the next', '1 of 2\r\u001B[2K2 of 2\r\u001B[2Kdone\r\n', ['done', '']],
  ['a shorter text over a longer one', 'abcdef\rxy', ['xycdef']],
  ['a line cleared to its end', 'abcdef\r\u001B[2Cx\u001B[K', ['abx']],
  ['a line above', 'one\r\ntwo\r\u001B[1Aup', ['upe', 'two']],
  ['everything below cleared', 'a\r\nb\r\nc\u001B[2A\r\u001B[J', ['', '', '']],
  ['tabs and backspaces', 'a\tb\bc', ['a       c']],
  ['a line longer than the screen', 'x'.repeat(25), ['x'.repeat(20), 'x'.repeat(5)]],
  ['links and hidden cursors', '\u001B]8;;http://a\u0007link\u001B]8;;\u0007\u001B[?25l!', ['link!']],
])('shows %s', (_what, data, lines) => {
  expect(textOf(screen(size.columns), [data])).toEqual(lines);
});

it('puts together an escape sequence that came in two pieces', () => {
  const terminal = screen(size.columns);
  expect(textOf(terminal, ['\u001B[3', '1mred', '\u001B[0m not'])).toEqual(['red not']);
  expect(terminal.lines()[0]?.cells.map(({ style }) => style.colour)).toEqual([
    ...Array.from({ length: 3 }, () => '#ff7b72'),
    ...Array.from({ length: 4 }, () => undefined),
  ]);
});

it('draws well-formed SVG, whatever was printed', () => {
  const svg = pictureOf([{ at: 0.5, data: '<script>&amp; "\u001B[1mbold\u001B[0m" \u0000\u0008 ✓ ▏█\r\n' }], {
    ...size,
    title: 'a & b < c',
  });
  expect(() => new SaxesParser().write(svg).close()).not.toThrow();
  expect(svg).not.toContain('<script>');
  expect(svg).toContain('<tspan x="126" class="b">bold</tspan>');
});

it('scrolls when more lines come than the window has, and rests on the last ones', () => {
  const pieces = Array.from({ length: 6 }, (_, line) => ({ at: line, data: `line ${line}\r\n` }));
  const svg = pictureOf(pieces, { ...size, title: 't' });
  expect(svg).toContain('.s{transform:translateY(-57px)');
  expect(svg.match(/<text class="m\d+"/g)).toHaveLength(7);
});

it('cuts long waits, and names no folder of this machine', () => {
  const pieces = [
    { at: 1, data: `in ${homedir()}/.cache` },
    { at: 90, data: ' of /somewhere/checkout/images' },
  ];
  expect(withShortWaits(pieces, 2).map(({ at }) => at)).toEqual([1, 3]);
  expect(withoutPaths(pieces, '/somewhere/checkout').map(({ data }) => data)).toEqual([
    'in ~/.cache',
    ' of ~/mwpipe/images',
  ]);
});

it('keeps a recording as asciicast and reads it back', () => {
  const pieces = [{ at: 0.25, data: 'ü\r\n' }];
  expect(fromAsciicast(toAsciicast(pieces, size))).toEqual({ pieces, size });
});

it.skipIf(!existsSync('/usr/bin/script'))('records what a command prints on a terminal of that size', async () => {
  const pieces = await record("sh -c 'stty size; test -t 1 && echo tty; sleep 0.3; echo end'", size);
  expect(pieces.map(({ data }) => data).join('')).toBe('4 20\r\ntty\r\nend\r\n');
  expect(pieces.at(-1)?.at).toBeGreaterThanOrEqual(0.3);
});

it.skipIf(!existsSync('/usr/bin/script'))('makes no picture of a command that failed', async () => {
  await expect(record("sh -c 'exit 3'", size)).rejects.toThrow('ended with 3');
});

function textOf(terminal: ReturnType<typeof screen>, pieces: readonly string[]): string[] {
  for (const piece of pieces) terminal.write(piece, 0);
  return terminal.lines().map(({ cells }) => cells.map(({ char }) => char).join(''));
}

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { duration, percent, size, table } from '../../../../src/cli/render/units.ts';

it.each([
  [0, '0 B'],
  [999, '999 B'],
  [999.6, '1.0 kB'],
  [1000, '1.0 kB'],
  [99_499, '99.5 kB'],
  [99_500, '100 kB'],
  [214_300, '214 kB'],
  [999_499, '999 kB'],
  [999_500, '1.0 MB'],
  [3_140_000, '3.1 MB'],
  [4_100_000_000, '4.1 GB'],
  [4_100_000_000_000, '4100 GB'],
])('%d bytes are %s', (bytes, text) => {
  expect(size(bytes)).toBe(text);
});

it.each([
  [0, '0.0 s'],
  [400, '0.4 s'],
  [9949, '9.9 s'],
  [9950, '10 s'],
  [119_499, '119 s'],
  [119_500, '2 min 0 s'],
  [185_000, '3 min 5 s'],
  [3_600_000, '60 min 0 s'],
])('%d ms are %s', (ms, text) => {
  expect(duration(ms)).toBe(text);
});

it.each([
  [0, '0 %'],
  [0.0004, '0.04 %'],
  [0.00994, '0.99 %'],
  [0.01, '1.0 %'],
  [0.05, '5.0 %'],
  [0.0995, '10 %'],
  [1, '100 %'],
])('a share of %d is %s', (share, text) => {
  expect(percent(share)).toBe(text);
});

it('never shows a larger size as less, nor more than four digits below a terabyte', () => {
  fc.assert(
    fc.property(fc.nat(999_000_000), (bytes) => {
      expect(size(bytes)).toMatch(/^(\d{1,3}|\d{1,2}\.\d) (B|kB|MB)$/);
    }),
  );
});

it('aligns columns, and leaves the last one as it is', () => {
  expect(
    table([
      ['new', 'Cite', '214 kB'],
      ['reused', 'core', '42 MB, since yesterday'],
      ['new', '', ''],
    ]),
  ).toBe(['  new     Cite  214 kB', '  reused  core  42 MB, since yesterday', '  new'].join('\n'));
  expect(table([])).toBe('');
});

/** Plain data as PHP source: the forms; that real PHP reads them back is shown with real PHP (test/contract). */
import { expect, it } from 'vitest';
import { phpLiteral } from '../../../../src/config/settings/php-literal.ts';

it.each<[unknown, string]>([
  [null, 'null'],
  [true, 'true'],
  [-7, '-7'],
  [0.5, '0.5'],
  [1e21, '1e+21'],
  [-0, '-0.0'],
  [2 ** 60, '1152921504606847000.0'],
  [NaN, 'NAN'],
  [-Infinity, '-INF'],
  ["it's", String.raw`'it\'s'`],
  ['a\\', String.raw`'a\\'`],
  ['?> $x "\0"', `'?> $x "\0"'`],
  [[], '[]'],
  [{}, '[]'],
  [[1, ['a']], "[\n\t1,\n\t[\n\t\t'a',\n\t],\n]"],
  [{ a: 1 }, "[\n\t'a' => 1,\n]"],
])('%j', (value, literal) => {
  expect(phpLiteral(value)).toBe(literal);
});

it('has no literal for what is no data', () => {
  expect(() => phpLiteral(() => 1)).toThrow('a function has no PHP literal');
});

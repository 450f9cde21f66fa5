import { expect, it } from 'vitest';
import { wholeNumber } from '../../../src/cli/whole-number.ts';

it('reads what is in the range', () => {
  expect([wholeNumber(1, 16)('1'), wholeNumber(1, 16)('16')]).toEqual([1, 16]);
});

it.each(['abc', '', ' ', '0', '17', '1.5', '-1', 'NaN', '1e99'])('refuses %j', (word) => {
  expect(() => wholeNumber(1, 16)(word)).toThrow('a whole number from 1 to 16');
});

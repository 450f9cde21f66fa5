/** Ages on the command line. */
import { expect, it } from 'vitest';
import { age } from '../../../src/cli/age.ts';

it('reads hours, days and weeks, and nothing else', () => {
  expect([age('12h'), age('30d'), age('2w'), age('0d')]).toEqual([43_200_000, 2_592_000_000, 1_209_600_000, 0]);
  for (const word of ['30', 'd', '-1d', '1.5d', '30 d', '30days', '', '999999d'])
    expect(() => age(word), word).toThrow('30d');
});

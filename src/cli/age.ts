/** Ages that people type: `30d`, `12h`, `2w`. */
import { InvalidArgumentError } from 'commander';

const MS = { h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 } as const;

/** @returns milliseconds */
export function age(word: string): number {
  const [, count, unit] = /^(\d{1,5})([hdw])$/.exec(word) ?? [];
  if (count === undefined || (unit !== 'h' && unit !== 'd' && unit !== 'w'))
    throw new InvalidArgumentError('an age is a number with h, d or w: 30d');
  return Number(count) * MS[unit];
}

/** Numbers that people type: a word that isn't one is wrong usage, not a default in silence. */
import { InvalidArgumentError } from 'commander';

/** Reads a whole number of `least` to `most`, for an option of commander's. */
export function wholeNumber(least: number, most: number): (word: string) => number {
  return (word) => {
    const value = Number(word);
    if (word.trim() !== '' && Number.isInteger(value) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`a whole number from ${String(least)} to ${String(most)} is wanted`);
  };
}

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { nearest } from '../../../src/kernel/nearest.ts';

const extensions = ['Cite', 'Echo', 'Math', 'VisualEditor', 'WikiEditor'];

it.each([
  ['Echoo', 'Echo'],
  ['cite', 'Cite'],
  ['Mtah', 'Math'],
  ['VisaulEditor', 'VisualEditor'],
  ['WikiEditr', 'WikiEditor'],
  ['Poem', undefined],
  ['', undefined],
])('for %s means %s', (typed, meant) => {
  expect(nearest(typed, extensions)).toBe(meant);
});

it('finds nothing among nothing', () => {
  expect(nearest('Cite', [])).toBeUndefined();
});

it('always finds a known word itself, whatever stands beside it', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), fc.array(fc.string()), (word, others) => {
      expect(nearest(word, [...others, word])).toBe(word);
    }),
  );
});

it('finds a word with one letter dropped, doubled or swapped with the next', () => {
  const word = fc.stringMatching(/^[a-z]{4,20}$/);
  const change = fc.constantFrom('drop', 'double', 'swap');
  fc.assert(
    fc.property(word, change, fc.nat(), (text, kind, place) => {
      expect(nearest(misspelt(text, kind, place), [text, 'zzzzzzzzzzzzzzzzzzzzzzzzz'])).toBe(text);
    }),
  );
});

function misspelt(word: string, kind: string, place: number): string {
  const at = place % (word.length - 1);
  const [before, letter, next, after] = [word.slice(0, at), word.charAt(at), word.charAt(at + 1), word.slice(at + 2)];
  if (kind === 'drop') return before + next + after;
  return kind === 'double' ? before + letter + letter + next + after : before + next + letter + after;
}

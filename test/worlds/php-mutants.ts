/** Small mistakes in PHP, as tests ought to find them: drawn by seed, the same every time. */
import type { FileSymbols } from '../../src/test/php/symbols.ts';

export interface Mutant {
  readonly path: string;
  readonly line: number;
  readonly kind: string;
  readonly before: string;
  readonly after: string;
}

type Mutation = readonly [kind: string, from: RegExp, to: string];

const MUTATIONS: readonly Mutation[] = [
  ['negate a condition', /\bif \( (.*) \) \{$/, 'if ( !( $1 ) ) {'],
  ['return nothing', /\breturn (?!null;)[^;]+;$/, 'return null;'],
  ['swap equal and unequal', / === /, ' !== '],
  ['swap and and or', / && /, ' || '],
  ['swap true and false', /\btrue\b/, 'false'],
  ['drop a call', /^(\t+)\$[\w>()$-]+\( .* \);$/, '$1;'],
  ['off by one', / \+ 1\b/, ' + 2'],
];

/** Every mutation of a line inside a method that is code. */
export function mutantsOf(path: string, text: string, symbols: FileSymbols): Mutant[] {
  const methods = symbols.units.filter((unit) => unit.owner !== '' && unit.name !== '' && unit.to > unit.from);
  return text.split('\n').flatMap((before, index) => {
    const line = index + 1;
    const inside = methods.some((unit) => unit.from < line && line < unit.to);
    if (!inside || symbols.comments.some(([first, last]) => first <= line && line <= last)) return [];
    return MUTATIONS.flatMap(([kind, from, to]) => {
      const after = before.replace(from, to);
      return after === before ? [] : [{ path, line, kind, before, after }];
    });
  });
}

export function mutate(text: string, { line, before, after }: Mutant): string {
  const lines = text.split('\n');
  if (lines[line - 1] !== before) throw new Error(`line ${line} isn't what the mutant was made for`);
  return lines.with(line - 1, after).join('\n');
}

/** A shuffled copy; the same for the same seed (mulberry32). */
export function shuffled<T>(items: readonly T[], seed: number): T[] {
  let state = seed;
  const random = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const order = items.map((item) => ({ item, at: random() })).sort((a, b) => a.at - b.at);
  return order.map(({ item }) => item);
}

/** Which languages become PHP arrays: those asked for, in their order, as far as opcache's memory goes. */
import type { LocalisationFacts } from './localisation-facts.ts';

export interface HotChoice {
  readonly chosen: readonly string[];
  readonly tooBig: readonly string[];
  readonly opcacheBytes: number;
}

/** Of an array's bytes on disk: measured with PHP 8.2 on the arrays of all languages. */
const OPCACHE_PER_BYTE = 2.7;

/** A language that doesn't fit is left out, and a smaller one after it may still have its place. */
export function chooseHot({
  hot,
  opcacheBytes,
  base,
}: Pick<LocalisationFacts, 'hot' | 'opcacheBytes' | 'base'>): HotChoice {
  const chosen: string[] = [];
  const tooBig: string[] = [];
  let taken = 0;
  for (const code of new Set(hot)) {
    const needed = Math.round((base.languages.get(code)?.arrayBytes ?? 0) * OPCACHE_PER_BYTE);
    if (needed === 0) continue; // not wanted at all
    if (taken + needed > opcacheBytes) {
      tooBig.push(code);
      continue;
    }
    chosen.push(code);
    taken += needed;
  }
  return { chosen, tooBig, opcacheBytes: taken };
}

/** The known word that a misspelt one most likely meant, for hints. */

/** The nearest of `known` by edit distance, where at most a third of the letters differ (case is half a letter). */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const ranked = known
    .map((candidate) => ({ candidate, distance: distance(word, candidate) }))
    .sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1));
  const best = ranked[0];
  if (best === undefined) return undefined;
  return best.distance <= Math.max(1, word.length / 3) ? best.candidate : undefined;
}

/** Levenshtein's, with two swapped letters (`nmae`) as one change; a letter in the other case costs a half. */
function distance(a: string, b: string): number {
  let beforeLast: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 0; i < a.length; i += 1) {
    const row = [i + 1];
    for (let j = 0; j < b.length; j += 1) {
      const changed = (last[j] ?? 0) + letterCost(a.charAt(i), b.charAt(j));
      const swapped = areSwapped(a.slice(i - 1, i + 1), b.slice(j - 1, j + 1)) ? (beforeLast[j - 1] ?? 0) + 1 : changed;
      row.push(Math.min((last[j + 1] ?? 0) + 1, (row[j] ?? 0) + 1, changed, swapped));
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}

function areSwapped(a: string, b: string): boolean {
  return a.length === 2 && a.charAt(0) === b.charAt(1) && a.charAt(1) === b.charAt(0);
}

function letterCost(a: string, b: string): number {
  if (a === b) return 0;
  return a.toLowerCase() === b.toLowerCase() ? 0.5 : 1;
}

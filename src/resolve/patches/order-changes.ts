/** Puts changes behind what they need; of several that could be next the one with the smallest number, so there is one order. */

export interface Ordering {
  readonly key: string;
  readonly number: number;
  /** Keys of what has to come first; others than these changes are ignored. */
  readonly needs: readonly string[];
}

/** Keys in order; or those of a circle, each needed by the one before it. */
export function orderChanges(
  changes: readonly Ordering[],
): { readonly order: readonly string[] } | { readonly circle: readonly string[] } {
  const left = new Map(changes.map((one) => [one.key, one]));
  const order: string[] = [];
  while (left.size > 0) {
    const ready = [...left.values()].filter(({ needs }) => !needs.some((key) => left.has(key)));
    const [next] = ready.sort((a, b) => a.number - b.number || (a.key < b.key ? -1 : 1));
    if (next === undefined) return { circle: circleIn(left) };
    order.push(next.key);
    left.delete(next.key);
  }
  return { order };
}

/** Everything that is left needs something that is left: following that comes back to where it was. */
function circleIn(left: ReadonlyMap<string, Ordering>): string[] {
  const path: string[] = [];
  let here = [...left.values()].sort((a, b) => a.number - b.number || (a.key < b.key ? -1 : 1))[0];
  while (here !== undefined && !path.includes(here.key)) {
    path.push(here.key);
    const next = here.needs.filter((key) => left.has(key)).sort()[0];
    here = next === undefined ? undefined : left.get(next);
  }
  return path.slice(here === undefined ? 0 : path.indexOf(here.key));
}

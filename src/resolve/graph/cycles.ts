/** Components that depend on each other in a circle: strongly connected components of more than one, after Kosaraju. */
import type { ComponentGraph, EdgeKind } from './graph-document.ts';

/** Each circle's names, sorted; the largest circle first. Over edges of `kinds`. */
export function cyclesOf({ edges }: Pick<ComponentGraph, 'edges'>, kinds: readonly EdgeKind[]): string[][] {
  const [forth, back] = [new Map<string, string[]>(), new Map<string, string[]>()];
  for (const { from, to, kind } of edges) {
    if (!kinds.includes(kind)) continue;
    append(forth, from, to);
    append(back, to, from);
  }
  const seen = new Set<string>();
  const finished = [...forth.keys()].flatMap((name) => visit(forth, name, seen));
  const taken = new Set<string>();
  const groups = finished.toReversed().map((name) => visit(back, name, taken));
  return groups
    .filter((group) => group.length > 1)
    .map((group) => group.sort())
    .sort((a, b) => b.length - a.length || ((a[0] ?? '') < (b[0] ?? '') ? -1 : 1));
}

function append(map: Map<string, string[]>, key: string, value: string): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [value]);
  else known.push(value);
}

/** What can be reached and wasn't yet, in the order in which it is left; without recursion, however long the chain. */
function visit(next: ReadonlyMap<string, readonly string[]>, start: string, seen: Set<string>): string[] {
  if (seen.has(start)) return [];
  seen.add(start);
  const finished: string[] = [];
  const stack = [{ name: start, at: 0 }];
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const following = next.get(top.name)?.[top.at];
    top.at += 1;
    if (following === undefined) {
      finished.push(top.name);
      stack.pop();
    } else if (!seen.has(following)) {
      seen.add(following);
      stack.push({ name: following, at: 0 });
    }
  }
  return finished;
}

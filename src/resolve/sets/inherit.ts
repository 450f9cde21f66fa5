/**
 * What a set gets from those that it extends. Each part is owned by the set that wrote it: what a set writes goes before
 * what the sets that it extends wrote, wherever they meet again; between sets that know nothing of each other the later
 * one in `extends` wins.
 */

export interface Owned<T> {
  readonly set: string;
  readonly value: T;
}

/** By the name of each set: those that it extends, near and far. */
export type Ancestors = ReadonlyMap<string, ReadonlySet<string>>;

/** Of two sets' words on one thing. */
function nearer<T extends { readonly set: string }>(first: T, later: T, ancestors: Ancestors): T {
  return ancestors.get(first.set)?.has(later.set) === true ? first : later;
}

/** In the order in which things were first named. */
export function inherit<K, T extends { readonly set: string }>(
  parents: readonly ReadonlyMap<K, T>[],
  ancestors: Ancestors,
): Map<K, T> {
  const merged = new Map<K, T>();
  for (const [name, value] of parents.flatMap((parent) => [...parent])) {
    const before = merged.get(name);
    merged.set(name, before === undefined ? value : nearer(before, value, ancestors));
  }
  return merged;
}

/** A set's own words over those that it inherits. */
export function own<T>(
  set: string,
  written: Readonly<Record<string, T | undefined>>,
  inherited: ReadonlyMap<string, Owned<T>>,
): Map<string, Owned<T>> {
  const merged = new Map(inherited);
  for (const [name, value] of Object.entries(written)) if (value !== undefined) merged.set(name, { set, value });
  return merged;
}

export function values<T>(owned: ReadonlyMap<string, Owned<T>>): Record<string, T> {
  return Object.fromEntries([...owned].map(([name, { value }]) => [name, value]));
}

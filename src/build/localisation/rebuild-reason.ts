/** Why a language is made anew: which of its inputs aren't what they were. */
import type { Inputs } from './language-keys.ts';

/** What a cache was made from. */
export interface Snapshot {
  readonly shared: Readonly<Record<string, string>>;
  /** By language: path below core, object id. */
  readonly files: Readonly<Record<string, readonly (readonly [path: string, oid: string])[]>>;
}

export interface InputChanges {
  /** Each as a person reads it: `extensions/Cite/i18n/de.json changed`. */
  readonly shared: readonly string[];
  readonly files: ReadonlyMap<string, readonly string[]>;
}

export function snapshotOf({ shared, files }: Inputs): Snapshot {
  const ids = [...files].map(([code, list]) => [code, list.map(([path, oid]) => [path, oid] as const)] as const);
  return { shared, files: Object.fromEntries(ids) };
}

export function changesBetween(before: Snapshot, { shared, files }: Inputs): InputChanges {
  const changed = [...files].map(([code, list]) => {
    const now = list.map(([path, oid]) => [path, oid] as const);
    return [code, differences(before.files[code] ?? [], now)] as const;
  });
  return { shared: differences(Object.entries(before.shared), Object.entries(shared)), files: new Map(changed) };
}

/** @param changes undefined: nothing of this set was made here before */
export function reasonOf(chain: readonly string[], changes: InputChanges | undefined): string {
  if (changes === undefined) return 'this set had no localisation cache here yet';
  const [first, ...others] = [...changes.shared, ...chain.flatMap((code) => changes.files.get(code) ?? [])];
  if (first === undefined) return 'it was never made here from these messages';
  return others.length === 0 ? first : `${first}, and ${others.length} more`;
}

type Entries = readonly (readonly [name: string, id: string])[];

function differences(before: Entries, now: Entries): string[] {
  const [old, fresh] = [new Map(before), new Map(now)];
  const changed = now.filter(([name, id]) => old.get(name) !== id);
  return [
    ...changed.map(([name]) => `${name} ${old.has(name) ? 'changed' : 'is new'}`),
    ...before.filter(([name]) => !fresh.has(name)).map(([name]) => `${name} is gone`),
  ];
}

/** `mwpipe sets diff`: which components are in which of several sets and lists, which never agree by themselves. */
import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { all, fail, ok, type Outcome } from '../../kernel/outcome.ts';
import { readSet } from './extension-set.ts';
import { readList } from './import/read-list.ts';
import { unknownSet } from './read-sets.ts';
import { knownSets } from './set-file.ts';

/** A set or a list, by what people call it. */
export interface NamedComponents {
  readonly name: string;
  readonly components: readonly string[];
}

export interface SetsDiff {
  readonly compared: readonly { readonly name: string; readonly components: number }[];
  /** In all of them. */
  readonly common: readonly string[];
  /** In some, by name; `in` has one answer for each that is compared. */
  readonly different: readonly { readonly component: string; readonly in: readonly boolean[] }[];
}

export interface DiffRequest {
  readonly root: string;
  /** Where files are named from. */
  readonly cwd: string;
  /** Names of sets, or files; `settings.yaml#BUNDLE` names a bundle of one. */
  readonly of: readonly string[];
}

/** Fails with what is wrong in any of them. */
export async function diffSets({ root, cwd, of }: DiffRequest): Promise<Outcome<SetsDiff>> {
  const known = await knownSets(root);
  const read = all(await Promise.all(of.map((one) => readOne(one, { root, cwd, known }))));
  return read.ok ? ok(compareSets(read.value)) : read;
}

/** Pure. */
export function compareSets(compared: readonly NamedComponents[]): SetsDiff {
  const members = compared.map(({ components }) => new Set(components));
  const names = [...new Set(compared.flatMap(({ components }) => components))].sort(byName);
  const rows = names.map((component) => ({ component, in: members.map((one) => one.has(component)) }));
  return {
    compared: compared.map(({ name }, index) => ({ name, components: members[index]?.size ?? 0 })),
    common: rows.filter((row) => row.in.every(Boolean)).map(({ component }) => component),
    different: rows.filter((row) => !row.in.every(Boolean)),
  };
}

function byName(a: string, b: string): number {
  const [left, right] = [a.toLowerCase(), b.toLowerCase()];
  return left < right ? -1 : left > right ? 1 : 0;
}

async function readOne(
  written: string,
  { root, cwd, known }: { readonly root: string; readonly cwd: string; readonly known: readonly string[] },
): Promise<Outcome<NamedComponents>> {
  if (known.includes(written)) {
    const set = await readSet(root, written);
    return set.ok ? ok({ name: written, components: set.value.components.map(({ name }) => name) }) : set;
  }
  const [path = '', bundle] = written.split('#');
  const file = resolve(cwd, path);
  if (!existsSync(file) && !path.includes('/')) return fail(unknownSet({ name: written }, known));
  const list = await readList(file, bundle);
  if (!list.ok) return list;
  const name = bundle === undefined ? basename(file) : `${basename(file)}#${bundle}`;
  return ok({ name, components: list.value.entries.map((entry) => entry.name) });
}

/** The extension sets of a workspace, each in a line. */
import { existsSync } from 'node:fs';
import type { Diagnostic } from '../../kernel/diagnostic.ts';
import { lockFile } from '../lock/lockfile.ts';
import { readSet } from './extension-set.ts';
import { knownSets } from './set-file.ts';

export interface ListedSet {
  readonly name: string;
  readonly description?: string;
  /** After merging; 0 where it can't be merged. */
  readonly components: number;
  readonly extends: readonly string[];
  readonly locked: boolean;
  /** What is wrong with it: one broken set doesn't hide the others. */
  readonly wrong?: Diagnostic;
}

export async function listSets(root: string): Promise<ListedSet[]> {
  return Promise.all((await knownSets(root)).map((name) => listOne(root, name)));
}

async function listOne(root: string, name: string): Promise<ListedSet> {
  const set = await readSet(root, name);
  const locked = existsSync(lockFile(root, name));
  if (!set.ok) return { name, components: 0, extends: [], locked, wrong: set.diagnostics[0] };
  const { description, components, extends: parents } = set.value;
  const said = description === undefined ? {} : { description };
  return { name, ...said, components: components.length, extends: parents, locked };
}

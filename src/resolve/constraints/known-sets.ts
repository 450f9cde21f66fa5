/** What the other sets of the workspace have, for the hint about what one is missing. */
import { readLock } from '../lock/read-lock.ts';
import { readSet } from '../sets/extension-set.ts';
import { knownSets } from '../sets/set-file.ts';
import type { KnownSet } from './set-facts.ts';

/** Those that can be read, but `except`; names that are registered come from their locks. */
export async function readKnownSets(root: string, except: string): Promise<KnownSet[]> {
  const names = (await knownSets(root)).filter((name) => name !== except).toSorted();
  const sets = await Promise.all(names.map((name) => readKnownSet(root, name)));
  return sets.filter((set) => set !== undefined);
}

async function readKnownSet(root: string, name: string): Promise<KnownSet | undefined> {
  const [set, lock] = await Promise.all([readSet(root, name), readLock(root, name)]);
  if (!set.ok) return undefined;
  const locked = new Map(lock.ok ? lock.value.components.map((component) => [component.name, component]) : []);
  const components = set.value.components.map((component) => {
    const { registered, also = [] } = locked.get(component.name) ?? {};
    return { name: component.name, registered: [registered, ...also.map((one) => one.registered)].filter(isSaid) };
  });
  return { name, components };
}

function isSaid(name: string | undefined): name is string {
  return name !== undefined;
}

/** `--update Cite Echo`: which components stay as the lock has them, because neither they nor the set ask for anything else. */
import { quote, type Diagnostic } from '../../kernel/diagnostic.ts';
import { nearest } from '../../kernel/nearest.ts';
import { settle, type Outcome } from '../../kernel/outcome.ts';
import type { ChosenRef } from '../sets/choose-ref.ts';
import type { ExtensionSet, SetComponent } from '../sets/extension-set.ts';
import type { LockedComponent, Lockfile } from './lockfile.ts';

/**
 * What isn't named, is in the lock, and comes from the same place by the same pin, keeps its ref and commit.
 * @param update names of components; undefined for all
 * @returns fails with `resolve/unknown-component` for every name that the set doesn't have
 */
export function keepLocked(
  set: ExtensionSet,
  lock: Lockfile | undefined,
  update: readonly string[] | undefined,
): Outcome<ReadonlyMap<string, ChosenRef>> {
  if (update === undefined) return settle(new Map(), []);
  const names = new Set(update.map((name) => name.replace(/^extensions\//, '')));
  const known = set.components.map(({ name }) => name);
  const unknown = [...names].filter((name) => !known.includes(name)).map((name) => unknownName(name, set, known));
  const locked = new Map(lock?.components.map((component) => [component.name, component]));
  const kept = set.components.flatMap((component): [string, ChosenRef][] => {
    const before = locked.get(component.name);
    if (before === undefined || names.has(component.name) || !stands(component, before)) return [];
    const { ref, commit, fallback } = before;
    return [[component.name, { ref, commit, ...(fallback === undefined ? {} : { fallback }) }]];
  });
  return settle(new Map(kept), unknown);
}

function stands({ url, pin }: SetComponent, before: LockedComponent): boolean {
  if (url !== before.url) return false;
  switch (pin?.kind) {
    case 'branch':
      return before.ref === `refs/heads/${pin.name}`;
    case 'tag':
      return before.ref === `refs/tags/${pin.name}`;
    case 'commit':
      return before.commit === pin.name;
    case undefined:
      return before.ref.startsWith('refs/heads/');
  }
}

function unknownName(name: string, set: ExtensionSet, known: readonly string[]): Diagnostic {
  const near = nearest(name, known);
  return {
    code: 'resolve/unknown-component',
    message: `${quote(name)} is no component of the set ${quote(set.name)}`,
    hint: near === undefined ? `mwpipe sets show ${set.name} lists them` : `did you mean ${near}?`,
  };
}

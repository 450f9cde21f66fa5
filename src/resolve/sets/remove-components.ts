/** `remove:` of a set: what it doesn't want of those that it extends, one by one or by group. */
import { quote, type Diagnostic } from '../../kernel/diagnostic.ts';
import { nearest } from '../../kernel/nearest.ts';
import type { YamlDocument } from '../../kernel/yaml-document.ts';
import { parseComponentName } from './component-name.ts';
import type { SetFile } from './set-file.ts';

interface Inherited<T> {
  readonly components: ReadonlyMap<string, T>;
  readonly groups: ReadonlyMap<string, ReadonlySet<string>>;
}

/** What is left. To remove what isn't there is a mistake: most likely it was meant to go, and is called otherwise. */
export function removeComponents<T>(
  document: YamlDocument<SetFile>,
  { components, groups }: Inherited<T>,
  wrong: Diagnostic[],
): Inherited<T> {
  const gone = new Set<string>();
  for (const [index, written] of document.value.remove.entries()) {
    const group = written.startsWith('@') ? groups.get(written.slice(1)) : undefined;
    const name = parseComponentName(written)?.name ?? written;
    const named = group ?? (components.has(name) ? [name] : undefined);
    const known = written.startsWith('@') ? [...groups.keys()].map((one) => `@${one}`) : [...components.keys()];
    if (named === undefined) wrong.push({ ...notInherited(written, known), at: document.at(['remove', index]) });
    for (const one of named ?? []) gone.add(one);
  }
  if (gone.size === 0) return { components, groups };
  return {
    components: new Map([...components].filter(([name]) => !gone.has(name))),
    groups: new Map(
      [...groups]
        .map(([name, members]): [string, Set<string>] => [name, new Set([...members].filter((one) => !gone.has(one)))])
        .filter(([, members]) => members.size > 0),
    ),
  };
}

function notInherited(written: string, known: readonly string[]): Diagnostic {
  const near = nearest(written, known);
  const some = known.slice(0, 8).join(', ');
  const hint = near === undefined ? `inherited: ${some === '' ? 'nothing' : some}` : `did you mean ${near}?`;
  const message = `can't remove ${quote(written)}: no set that this one extends has it`;
  return { code: 'resolve/not-inherited', message, hint };
}

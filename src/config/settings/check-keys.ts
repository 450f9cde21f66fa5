/** On a farm every key of settings.yaml is somebody's: a wiki's, a tag's, a list's, a language's. A typo would be nobody's. */
import { quote, type Diagnostic } from '../../kernel/diagnostic.ts';
import { nearest } from '../../kernel/nearest.ts';
import type { Farm } from './farm.ts';
import type { SettingsTable } from './settings-table.ts';

/** @param elsewhere names that the overlays say only other targets have */
export function unknownKeys(table: SettingsTable, farm: Farm, elsewhere: readonly string[]): Diagnostic[] {
  const tags = [...farm.wikis.values()].flatMap((wiki) => wiki.tags);
  const known = new Set(['default', ...farm.wikis.keys(), ...farm.lists.keys(), ...tags, ...elsewhere]);
  return [...table].flatMap(([setting, entries]) =>
    [...entries].flatMap(([key, { at }]): Diagnostic[] => {
      const name = key.replace('+', '');
      if (known.has(name)) return [];
      const near = nearest(name, [...known]);
      const hint =
        near === undefined
          ? 'if only other targets have it: elsewhere in mwpipe.overlay.yaml'
          : `did you mean ${near}?`;
      const message = `${setting}: ${quote(name)} is neither a wiki, tag, list nor language of this farm`;
      return [{ code: 'config/unknown-wiki', message, hint, at: at() }];
    }),
  );
}

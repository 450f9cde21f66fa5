/** What the settings, wikis and lists of stacked overlays come to: the table, the farm, and the values of each wiki. */
import { settle, type Outcome } from '../../kernel/outcome.ts';
import type { Diagnostic } from '../../kernel/diagnostic.ts';
import { LISTS_FOLDER, type Overlay } from '../overlay/overlay.ts';
import { unknownKeys } from './check-keys.ts';
import { compileSettings, type CompiledSettings, type SettingsLayers } from './compile-settings.ts';
import { wrongTypes, type SettingType } from './declared-types.ts';
import type { Farm } from './farm.ts';
import type { ListFile } from './lists.ts';
import { makeFarm } from './make-farm.ts';
import { stackTable, type Entry, type SettingsTable } from './settings-table.ts';
import type { WikisDocument } from './wikis-file.ts';

export interface StackedSettings {
  readonly table: SettingsTable;
  readonly farm: Farm | undefined;
  readonly declares: ReadonlyMap<string, SettingType>;
  readonly settings: CompiledSettings & { readonly layers: SettingsLayers };
}

/** Pure. @returns every mistake in settings.yaml, wikis.yaml and dblists/ at once */
export function stackSettings(overlays: readonly Overlay[]): Outcome<StackedSettings> {
  const typed = stackTable(overlays.flatMap(({ settings }) => settings ?? []));
  const wikis = overlays.flatMap((overlay) => overlay.wikis ?? []);
  const wrong: Diagnostic[] = [];
  const farm = makeFarm({ wikis, lists: overlays.flatMap(listsOf) }, typed.ok ? typed.value : new Map());
  if (!farm.ok) wrong.push(...farm.diagnostics);
  wrong.push(...overlays.flatMap(listsTwice));
  if (!typed.ok || !farm.ok) return settle(undefined as never, [...(typed.ok ? [] : typed.diagnostics), ...wrong]);
  const table = withLanguages(typed.value, { farm: farm.value, wikis });
  const declares = new Map(overlays.flatMap(({ document }) => Object.entries(document.value.declares)));
  const elsewhere = overlays.flatMap(({ document }) => document.value.elsewhere);
  wrong.push(
    ...wrongTypes(table, declares),
    ...(farm.value === undefined ? [] : unknownKeys(table, farm.value, elsewhere)),
  );
  const settings = compileSettings(table, farm.value);
  if (!settings.ok) return settle(undefined as never, [...wrong, ...settings.diagnostics]);
  return settle({ table, farm: farm.value, declares, settings: settings.value }, wrong);
}

const LIST_NAME = new RegExp(`^${LISTS_FOLDER}/([^/]+)\\.(dblist|dbexpr)$`);

function listsOf({ files }: Overlay): ListFile[] {
  return files.flatMap(({ path, source, data }): ListFile[] => {
    const [, name, kind] = LIST_NAME.exec(path) ?? [];
    if (name === undefined || (kind !== 'dblist' && kind !== 'dbexpr')) return [];
    return [{ name, kind, source, text: Buffer.from(data).toString('utf8') }];
  });
}

function listsTwice(overlay: Overlay): Diagnostic[] {
  if (overlay.wikis === undefined) return [];
  const lists = listsOf(overlay);
  const expressions = new Set(lists.filter(({ kind }) => kind === 'dbexpr').map(({ name }) => name));
  return lists
    .filter(({ kind, name }) => kind === 'dblist' && expressions.has(name))
    .map(({ name, source }) => ({
      code: 'config/list-twice',
      message: `${name}.dblist and ${name}.dbexpr say who is in ${name}`,
      hint: 'keep one of the two',
      at: { file: source, line: 1, column: 1, length: 1 },
    }));
}

/** What wikis.yaml says of a wiki's language is its wgLanguageCode, whatever else settings.yaml says. */
function withLanguages(
  table: SettingsTable,
  { farm, wikis }: { readonly farm: Farm | undefined; readonly wikis: readonly WikisDocument[] },
): SettingsTable {
  if (farm === undefined) return table;
  const entries = new Map(table.get('wgLanguageCode'));
  for (const document of wikis) {
    for (const name of Object.keys(document.value.wikis)) {
      const language = document.value.wikis[name]?.language;
      if (language === undefined || farm.wikis.get(name)?.language !== language) continue;
      const replaces = entries.get(name);
      const at: Entry['at'] = () => document.at(['wikis', name, 'language']);
      entries.set(name, { value: language, at, ...(replaces === undefined ? {} : { replaces }) });
    }
  }
  return entries.size === 0 ? table : new Map([...table, ['wgLanguageCode', entries]]);
}

/**
 * Stacks settings.yaml files into one table and resolves it for each wiki that it names, so that a request only reads a
 * static array. A later overlay replaces an entry (setting, wiki) of an earlier one; a wiki's entry beats `default`;
 * `+wiki` adds to it.
 */
import { quote, type Diagnostic, type SourceRange } from '../kernel/diagnostic.ts';
import { settle, type Outcome } from '../kernel/outcome.ts';
import type { YamlPath } from '../kernel/yaml-document.ts';
import type { CompiledSettings } from './bundle.ts';
import { mergeValues } from './merge-values.ts';
import type { SettingsDocument } from './overlay.ts';

interface Entry {
  readonly value: unknown;
  readonly at: SourceRange;
}
type Table = Map<string, Map<string, Entry>>;

/** @returns fails with `config/bad-setting-name`, `config/platform-setting`, `config/no-default`, `config/bad-value` */
export function compileSettings(documents: readonly SettingsDocument[]): Outcome<CompiledSettings> {
  const table: Table = new Map();
  const wrong = documents.flatMap((document) => addDocument(table, document));
  for (const [setting, entries] of table) {
    if (!entries.has('default') && wrong.length === 0) wrong.push(noDefault(setting, entries));
  }
  return settle(resolveTable(table), wrong);
}

function addDocument(table: Table, document: SettingsDocument): Diagnostic[] {
  return Object.entries(document.value ?? {}).flatMap(([setting, byWiki]) => {
    const wrong = wrongName(setting, document) ?? wrongShape(setting, { byWiki, document });
    if (wrong !== undefined) return [wrong];
    const entries = table.get(setting) ?? new Map<string, Entry>();
    table.set(setting, entries);
    return Object.entries(byWiki as object).flatMap(([wiki, value]: [string, unknown]) => {
      entries.set(wiki, { value, at: document.at([setting, wiki]) });
      return wrongValues(value, { path: [setting, wiki], document });
    });
  });
}

/** What images/common/php/platform.php takes from the environment: an overlay must not point a wiki elsewhere. */
const PLATFORM = new Set([
  ...[
    'wgDBtype',
    'wgDBserver',
    'wgDBname',
    'wgDBuser',
    'wgDBpassword',
    'wgDBservers',
    'wgSQLiteDataDir',
    'wgLBFactoryConf',
  ],
  ...['wgSecretKey', 'wgUpgradeKey', 'wgServer', 'wgCanonicalServer', 'wgScriptPath', 'wgLocalisationCacheConf'],
  ...['wgSessionCacheType', 'wgCacheDirectory'],
]);

function wrongName(setting: string, document: SettingsDocument): Diagnostic | undefined {
  const at = document.keyAt([setting]);
  if (PLATFORM.has(setting)) {
    const message = `${setting} is the platform's: it comes from where the wiki runs`;
    return { code: 'config/platform-setting', message, hint: 'take it out; see mwpipe.yaml for the target', at };
  }
  if (/^wm?g[A-Z]\w*$/.test(setting)) return undefined;
  const hint = setting.startsWith('+wg')
    ? `add to what MediaWiki has in CommonSettings.php; for one wiki: ${setting.slice(1)}: { +WIKI: ... }`
    : setting.startsWith('$')
      ? `without the $: ${setting.slice(1)}`
      : 'settings start with wg (or wmg, for what only CommonSettings.php reads)';
  return { code: 'config/bad-setting-name', message: `${quote(setting)} is no name of a setting`, hint, at };
}

function wrongShape(
  setting: string,
  { byWiki, document }: { readonly byWiki: unknown; readonly document: SettingsDocument },
): Diagnostic | undefined {
  const isTable = typeof byWiki === 'object' && byWiki !== null && !Array.isArray(byWiki);
  if (!isTable) {
    const hint = `write: ${setting}: { default: ${JSON.stringify(byWiki)} }`;
    return { code: 'config/no-default', message: `${setting} has no value by wiki`, hint, at: document.at([setting]) };
  }
  const bad = Object.keys(byWiki).find((wiki) => !/^\+?[a-z][a-z0-9_-]*$/.test(wiki));
  if (bad === undefined) return undefined;
  return {
    code: 'config/bad-setting-name',
    message: `${quote(bad)} is no name of a wiki`,
    hint: `a wiki is named by its database (a-z, 0-9, _ and -); a map is a value too: ${setting}: { default: { ${bad}: ... } }`,
    at: document.keyAt([setting, bad]),
  };
}

/** Numbers that PHP would not get as they were typed. */
function wrongValues(
  value: unknown,
  place: { readonly path: YamlPath; readonly document: SettingsDocument },
): Diagnostic[] {
  if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)) {
    const message = `${value} is beyond 2^53: its last digits are lost in YAML`;
    return [{ code: 'config/bad-value', message, hint: 'write it in quotes', at: place.document.at(place.path) }];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => {
    const step = Array.isArray(value) ? Number(key) : key;
    return wrongValues(inner, { path: [...place.path, step], document: place.document });
  });
}

function noDefault(setting: string, entries: ReadonlyMap<string, Entry>): Diagnostic {
  const [first] = entries;
  return {
    code: 'config/no-default',
    message: `${setting} has no value for the other wikis`,
    hint: `add: default: ...`,
    ...(first === undefined ? {} : { at: first[1].at }),
  };
}

function resolveTable(table: Table): CompiledSettings {
  const names = new Set(
    [...table.values()].flatMap((entries) => [...entries.keys()].map((key) => key.replace('+', ''))),
  );
  names.delete('default');
  const inOrder = [...table].sort(([a], [b]) => (a < b ? -1 : 1));
  const wikis = [...names].sort().map((wiki): [string, ReadonlyMap<string, unknown>] => {
    const own = inOrder.filter(([, entries]) => entries.has(wiki) || entries.has(`+${wiki}`));
    return [wiki, new Map(own.map(([setting, entries]) => [setting, valueFor(wiki, entries)]))];
  });
  return {
    default: new Map(inOrder.map(([setting, entries]) => [setting, valueFor('default', entries)])),
    wikis: new Map(wikis),
    origins: new Map(inOrder.flatMap(([setting, entries]) => originOf(setting, entries))),
  };
}

function valueFor(wiki: string, entries: ReadonlyMap<string, Entry>): unknown {
  const general = added(entries.get('+default'), entries.get('default')?.value);
  if (wiki === 'default') return general;
  return added(entries.get(`+${wiki}`), entries.get(wiki) === undefined ? general : entries.get(wiki)?.value);
}

function added(special: Entry | undefined, general: unknown): unknown {
  return special === undefined ? general : mergeValues(special.value, general);
}

function originOf(setting: string, entries: ReadonlyMap<string, Entry>): [string, SourceRange][] {
  const last = [...entries.values()].at(-1);
  return last === undefined ? [] : [[setting, last.at]];
}

/**
 * All settings.yaml files of a stack as one table: setting to key (a wiki, tag, list, language or `default`, each also
 * with a plus) to value. An entry of a later overlay replaces the same setting and key of an earlier one, and remembers it.
 */
import { quote, type Diagnostic, type SourceRange } from '../../kernel/diagnostic.ts';
import { settle, type Outcome } from '../../kernel/outcome.ts';
import type { YamlDocument } from '../../kernel/yaml-document.ts';
import { isPhpArray, phpValueOf, type PhpValue } from './php-value.ts';
import { wrongSettingName } from './setting-names.ts';

export interface Entry {
  readonly value: PhpValue;
  /** Asked for seldom, and found by searching the file: a value of its own for each entry would cost more than all else. */
  readonly at: () => SourceRange;
  /** Of an earlier overlay. */
  readonly replaces?: Entry;
}
/** Of one setting, by key. */
export type Entries = ReadonlyMap<string, Entry>;
export type SettingsTable = ReadonlyMap<string, Entries>;

type Growing = Map<string, Map<string, Entry>>;
type Document = YamlDocument<unknown>;

/** @returns fails with `config/bad-setting-name`, `config/platform-setting`, `config/no-default`, `config/bad-value`, ... */
export function stackTable(documents: readonly Document[]): Outcome<SettingsTable> {
  const table: Growing = new Map();
  const wrong: Diagnostic[] = [];
  for (const document of documents) wrong.push(...addDocument(table, document));
  return settle(table, wrong);
}

function addDocument(table: Growing, document: Document): Diagnostic[] {
  const { value } = document;
  if (value === null || value === undefined) return [];
  if (!(value instanceof Map)) return [notSettings(document)];
  return [...value].flatMap(([typed, byKey]: [unknown, unknown]) => {
    const setting = String(typed);
    const wrong = wrongSettingName(setting, document) ?? twoWays(table, { setting, document });
    if (wrong !== undefined) return [wrong];
    return byKey instanceof Map ? addSetting(table, { setting, byKey, document }) : [noKeys(setting, byKey, document)];
  });
}

function addSetting(
  table: Growing,
  { setting, byKey, document }: { setting: string; byKey: ReadonlyMap<unknown, unknown>; document: Document },
): Diagnostic[] {
  const entries = table.get(setting) ?? new Map<string, Entry>();
  table.set(setting, entries);
  return [...byKey].flatMap(([typed, value]) => {
    const key = String(typed);
    const path = [setting, typed as string];
    const wrong = wrongKey(setting, { key, path, document });
    if (wrong !== undefined) return [wrong];
    const mistakes: Diagnostic[] = [];
    const held = phpValueOf(value, { document, path }, mistakes);
    if (key.startsWith('+') && mistakes.length === 0 && !isPhpArray(held))
      mistakes.push(addsNothing(key, path, document));
    const replaces = entries.get(key);
    entries.delete(key);
    entries.set(key, { value: held, at: () => document.at(path), ...(replaces === undefined ? {} : { replaces }) });
    return mistakes;
  });
}

function notSettings(document: Document): Diagnostic {
  const message = 'no settings by name here';
  return { code: 'config/bad-value', message, hint: 'write: wgSitename: { default: ... }', at: document.at([]) };
}

function noKeys(setting: string, value: unknown, document: Document): Diagnostic {
  const hint = `write: ${setting}: { default: ${JSON.stringify(value)} }`;
  return { code: 'config/no-default', message: `${setting} has no value by wiki`, hint, at: document.at([setting]) };
}

function wrongKey(
  setting: string,
  { key, path, document }: { key: string; path: readonly string[]; document: Document },
): Diagnostic | undefined {
  const at = (): SourceRange => document.keyAt(path);
  if (key === '+default') {
    const message = '"+default" adds to nothing: default is the last that is asked';
    return { code: 'config/bad-setting-name', message, hint: 'what is added for every wiki: +all', at: at() };
  }
  if (/^\+?[a-z][\w-]*$/i.test(key)) return undefined;
  return {
    code: 'config/bad-setting-name',
    message: `${quote(key)} is no name of a wiki`,
    hint: `a wiki is named by its database, a tag or list by A-Z a-z 0-9 _ -; a map is a value too: ${setting}: { default: { ${key}: ... } }`,
    at: at(),
  };
}

function addsNothing(key: string, path: readonly string[], document: Document): Diagnostic {
  return {
    code: 'config/adds-no-array',
    message: `${quote(key)} adds what is neither a list nor a map`,
    hint: `without the plus it replaces: ${key.slice(1)}`,
    at: document.at(path),
  };
}

/** `+wgFoo` adds to MediaWiki's own value, `wgFoo` replaces it: which of the two had its way would be chance. */
function twoWays(
  table: Growing,
  { setting, document }: { setting: string; document: Document },
): Diagnostic | undefined {
  const other = setting.startsWith('+') ? setting.slice(1) : `+${setting}`;
  const first = table.get(other)?.values().next().value;
  if (first === undefined) return undefined;
  const { file, line } = first.at();
  return {
    code: 'config/two-ways',
    message: `${setting} and ${other} are both set (${other} at ${file}:${line})`,
    hint: `choose one; to add for every wiki: ${setting.replace('+', '')}: { +all: ... }`,
    at: document.keyAt([setting]),
  };
}

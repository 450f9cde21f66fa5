/**
 * Resolves the table for every wiki, so that a request only reads static arrays. A thousand wikis share most values: what a
 * wiki has from one of its tags alone stands once, with the tag; its own part is what only it has.
 */
import type { Diagnostic, SourceRange } from '../../kernel/diagnostic.ts';
import { settle, type Outcome } from '../../kernel/outcome.ts';
import type { Farm } from './farm.ts';
import type { PhpValue } from './php-value.ts';
import { chainOf, hasPlaceholder, replaceIn, valueOfChain, type Asked, type Replacements } from './setting-chain.ts';
import type { Entries, SettingsTable } from './settings-table.ts';

type Values = ReadonlyMap<string, PhpValue>;

/** What settings.yaml files say after stacking: values by setting, and what single wikis have instead. */
export interface CompiledSettings {
  /** `null` leaves MediaWiki's own value; `+wgFoo` is added to it. */
  readonly default: ReadonlyMap<string, unknown>;
  readonly wikis: ReadonlyMap<string, ReadonlyMap<string, unknown>>;
  /** Where each setting was typed last; without a plus. */
  readonly origins: ReadonlyMap<string, SourceRange>;
}

/** The same, as a bundle keeps it: a wiki's own part goes before its tags' in their order, and those before the default. */
export interface SettingsLayers {
  readonly default: Values;
  readonly wikis: ReadonlyMap<string, Values>;
  readonly tags: ReadonlyMap<string, Values>;
}

/** @param farm undefined: each name in the table may be that of the one wiki. @returns fails with `config/adds-no-array` */
export function compileSettings(
  table: SettingsTable,
  farm: Farm | undefined,
): Outcome<CompiledSettings & { readonly layers: SettingsLayers }> {
  const settings = [...table].sort(([a], [b]) => (a < b ? -1 : 1)).map(prepared);
  const general = new Map(settings.map(({ name, entries }) => [name, entries.get('default')?.value ?? null]));
  const wikis = wikisOf(table, farm);
  const called = byNames(wikis);
  for (const setting of settings) {
    for (const wiki of setting.placeholders ? wikis : whoIsNamed(setting, called)) resolveFor(wiki, setting);
  }
  const origins = new Map(settings.map(({ name, entries }) => [name.replace('+', ''), lastOf(entries)]));
  const layers = { default: general, wikis: partsOf(wikis, 'own'), tags: tagLayers(settings) };
  const compiled = { default: general, wikis: partsOf(wikis, 'whole'), origins, layers };
  return settle(compiled, settings.flatMap(lostAdditions));
}

/** Most entries are for few wikis: to ask each of a thousand about each of a thousand settings would take seconds. */
function whoIsNamed({ named }: Prepared, called: ReadonlyMap<string, readonly AskedWiki[]>): ReadonlySet<AskedWiki> {
  return new Set([...named].flatMap((name) => called.get(name) ?? []));
}

function byNames(wikis: readonly AskedWiki[]): Map<string, AskedWiki[]> {
  const called = new Map<string, AskedWiki[]>();
  for (const wiki of wikis) {
    for (const name of [wiki.name, ...wiki.tags]) {
      const known = called.get(name);
      if (known === undefined) called.set(name, [wiki]);
      else known.push(wiki);
    }
  }
  return called;
}

function partsOf(wikis: readonly AskedWiki[], part: 'own' | 'whole'): Map<string, Values> {
  return new Map(wikis.filter((wiki) => wiki[part].size > 0).map((wiki) => [wiki.name, wiki[part]]));
}

interface AskedWiki extends Asked {
  readonly replacements: Replacements;
  /** What it has instead of the default: all of it, and what none of its tags alone gives. */
  readonly whole: Map<string, PhpValue>;
  readonly own: Map<string, PhpValue>;
}

function wikisOf(table: SettingsTable, farm: Farm | undefined): AskedWiki[] {
  const empty = () => ({ whole: new Map<string, PhpValue>(), own: new Map<string, PhpValue>() });
  if (farm === undefined) return namesIn(table).map((name) => ({ name, tags: ['all'], replacements: {}, ...empty() }));
  return [...farm.wikis.values()].map(({ name, tags, language, site }) => ({
    name,
    tags,
    replacements: replacementsOf(language, site),
    ...empty(),
  }));
}

/** The names that SiteConfiguration gives its `params` here. */
export function replacementsOf(language: string | undefined, site: string | undefined): Replacements {
  return { ...(language === undefined ? {} : { $lang: language }), ...(site === undefined ? {} : { $site: site }) };
}

function namesIn(table: SettingsTable): string[] {
  const keys = [...table.values()].flatMap((entries) => [...entries.keys()].map((key) => key.replace('+', '')));
  return [...new Set(keys)].filter((key) => key !== 'default' && key !== 'all').sort();
}

interface Prepared {
  readonly name: string;
  readonly entries: Entries;
  /** Without a plus and without `default`: who has none of these has the default. */
  readonly named: ReadonlySet<string>;
  /** Values that were merged already: by their keys. */
  readonly merged: Map<string, PhpValue>;
  readonly placeholders: boolean;
  /** Keys with a plus that on some wiki add to what is no array. */
  readonly lost: Set<string>;
}

function prepared([name, entries]: [string, Entries]): Prepared {
  const named = new Set([...entries.keys()].map((key) => key.replace('+', '')));
  named.delete('default');
  const placeholders = [...entries.values()].some(({ value }) => hasPlaceholder(value));
  return { name, entries, named, merged: new Map(), placeholders, lost: new Set() };
}

function resolveFor(wiki: AskedWiki, setting: Prepared): void {
  const { name, entries, placeholders } = setting;
  const chain = chainOf(entries, wiki);
  if (chain.keys.length === 0) return;
  for (const key of chain.lost) setting.lost.add(key);
  const found = mergedOnce(chain, setting);
  const value = placeholders ? replaceIn(found, wiki.replacements) : found;
  const [only] = chain.keys;
  const fromOne = chain.keys.length === 1 && value === found && only !== wiki.name && only?.startsWith('+') === false;
  if (only === 'default' && fromOne) return;
  wiki.whole.set(name, value);
  // A tag's own layer has it, unless a tag before it was asked in vain: there is none, as that would have been the one.
  if (!fromOne) wiki.own.set(name, value);
}

function mergedOnce(
  chain: { readonly keys: readonly string[]; readonly lost: readonly string[] },
  setting: Prepared,
): PhpValue {
  const signature = chain.keys.join(' ');
  const known = setting.merged.get(signature);
  if (known !== undefined) return known;
  const value = valueOfChain(chain, setting.entries);
  setting.merged.set(signature, value);
  return value;
}

/** Every plain entry, under its key: those of wikis are asked first and never reach these. */
function tagLayers(settings: readonly Prepared[]): Map<string, Map<string, PhpValue>> {
  const layers = new Map<string, Map<string, PhpValue>>();
  for (const { name, entries } of settings) {
    for (const [key, { value }] of entries) {
      if (key === 'default' || key.startsWith('+')) continue;
      const layer = layers.get(key) ?? new Map<string, PhpValue>();
      layers.set(key, layer.set(name, value));
    }
  }
  return layers;
}

function lostAdditions({ name, entries, lost }: Prepared): Diagnostic[] {
  return [...lost].flatMap((key): Diagnostic[] => {
    const entry = entries.get(key);
    if (entry === undefined) return [];
    const message = `${key} adds to what is neither a list nor a map: MediaWiki would drop it`;
    const hint = `${name}: { ${key.slice(1)}: ... } replaces it`;
    return [{ code: 'config/adds-no-array', message, hint, at: entry.at() }];
  });
}

function lastOf(entries: Entries): SourceRange {
  const last = [...entries.values()].at(-1);
  return last?.at() ?? { file: '', line: 1, column: 1, length: 1 };
}

/** Why a wiki has the value that it has: each entry that took part, was beaten or replaced, and where it was typed. */
import { quote, type Diagnostic, type SourceRange } from '../../kernel/diagnostic.ts';
import { canonicalJson } from '../../kernel/digest.ts';
import { nearest } from '../../kernel/nearest.ts';
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';
import { replacementsOf } from './compile-settings.ts';
import type { Farm } from './farm.ts';
import { plainValue } from './plain-value.ts';
import { chainOf, replaceIn, valueOfChain } from './setting-chain.ts';
import type { Entries, Entry, SettingsTable } from './settings-table.ts';

/** What settings.yaml says, stacked; a Bundle that was composed here has it. */
export interface SettingsStack {
  readonly table?: SettingsTable;
  readonly farm: Farm | undefined;
}

/**
 * `taken` is the value, or what the others are merged into; `merged` was added to it; `beaten` holds for this wiki but
 * another came first; `replaced` is what an earlier overlay said in the place of the one before it.
 */
type Part = 'taken' | 'merged' | 'beaten' | 'replaced';

interface ChainLink {
  readonly key: string;
  readonly part: Part;
  readonly value: unknown;
  readonly at: SourceRange;
}

export interface ExplainedSetting {
  readonly setting: string;
  /** Undefined where settings.yaml leaves it to MediaWiki (or has no wiki in mind). */
  readonly wiki: string;
  /** Undefined where no settings.yaml sets it for this wiki: MediaWiki's own. */
  readonly value: unknown;
  /** True where it is added to MediaWiki's own value (`+wgFoo`). */
  readonly added: boolean;
  /** Highest precedence first. */
  readonly chain: readonly ChainLink[];
}

/** Pure. What PHP of an overlay makes of it afterwards is not in here. @returns fails with `config/unknown-setting`, `config/unknown-wiki` */
export function explainSetting(
  stack: SettingsStack,
  { setting, wiki }: { readonly setting: string; readonly wiki: string },
): Outcome<ExplainedSetting> {
  const found = findSetting(stack, setting);
  if (!found.ok) return found;
  if (stack.farm !== undefined && !stack.farm.wikis.has(wiki)) return fail(unknownWiki(wiki, stack.farm));
  return ok(explain({ ...found.value, wiki }, stack.farm));
}

interface FoundSetting {
  readonly setting: string;
  readonly entries: Entries;
  readonly added: boolean;
}

function findSetting({ table }: SettingsStack, asked: string): Outcome<FoundSetting> {
  const setting = asked.replace(/^[$+]+/, '');
  const plain = table?.get(setting);
  const entries = plain ?? table?.get(`+${setting}`);
  if (entries !== undefined) return ok({ setting, entries, added: plain === undefined });
  const names = [...(table?.keys() ?? [])].map((name) => name.replace('+', ''));
  const near = nearest(setting, names);
  return fail({
    code: 'config/unknown-setting',
    message: `no settings.yaml sets ${quote(setting)}`,
    hint: near === undefined ? 'it has MediaWiki’s own value, or what PHP gives it' : `did you mean ${near}?`,
  });
}

function explain(
  { setting, entries, added, wiki }: FoundSetting & { readonly wiki: string },
  farm: Farm | undefined,
): ExplainedSetting {
  const { tags = ['all'], language, site } = farm?.wikis.get(wiki) ?? {};
  const chain = chainOf(entries, { name: wiki, tags });
  const value = replaceIn(
    valueOfChain(chain, entries),
    replacementsOf(farm === undefined ? undefined : language, site),
  );
  const order = [wiki, ...tags, 'default'].flatMap((name) => [name, `+${name}`]);
  const links = order.flatMap((key) => {
    const entry = entries.get(key);
    return entry === undefined ? [] : linksOf(key, entry, partOf(key, chain.keys));
  });
  return { setting, wiki, value: value === null ? undefined : plainValue(value), added, chain: links };
}

function partOf(key: string, keys: readonly string[]): Part {
  if (!keys.includes(key)) return 'beaten';
  return keys.at(-1) === key ? 'taken' : 'merged';
}

function linksOf(key: string, entry: Entry, part: Part): ChainLink[] {
  const link = { key, part, value: plainValue(entry.value), at: entry.at() };
  return entry.replaces === undefined ? [link] : [link, ...linksOf(key, entry.replaces, 'replaced')];
}

function unknownWiki(wiki: string, { wikis }: Farm): Diagnostic {
  const near = nearest(wiki, [...wikis.keys()]);
  const hint = near === undefined ? `there are ${wikis.size}: mwpipe wiki list` : `did you mean ${near}?`;
  return { code: 'config/unknown-wiki', message: `no wiki ${quote(wiki)} in wikis.yaml`, hint };
}

interface ValueOnWikis {
  readonly value: unknown;
  /** Sorted; `default` stands for every wiki that isn't named where there is no wikis.yaml. */
  readonly wikis: readonly string[];
}

export interface SettingOverview {
  readonly setting: string;
  readonly added: boolean;
  /** The most common first. */
  readonly values: readonly ValueOnWikis[];
}

/** Every distinct value, and who has it. @returns fails with `config/unknown-setting` */
export function overviewOf(stack: SettingsStack, asked: string): Outcome<SettingOverview> {
  const found = findSetting(stack, asked);
  if (!found.ok) return found;
  const { setting, entries, added } = found.value;
  const named = [...entries.keys()]
    .map((key) => key.replace('+', ''))
    .filter((key) => key !== 'all' && key !== 'default');
  const wikis = stack.farm === undefined ? ['default', ...new Set(named)] : [...stack.farm.wikis.keys()];
  const groups = new Map<string, { value: unknown; wikis: string[] }>();
  for (const wiki of wikis) {
    const { value } = explain({ ...found.value, wiki }, stack.farm);
    const key = canonicalJson(value ?? null);
    const group = groups.get(key) ?? { value, wikis: [] };
    groups.set(key, group);
    group.wikis.push(wiki);
  }
  return ok({ setting, added, values: [...groups.values()].sort((a, b) => b.wikis.length - a.wikis.length) });
}

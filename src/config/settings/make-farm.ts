/** From the wikis.yaml and lists of stacked overlays to the farm: each wiki with all names that settings.yaml may call it. */
import { quote, type Diagnostic } from '../../kernel/diagnostic.ts';
import { ok, settle, type Outcome } from '../../kernel/outcome.ts';
import type { Farm, Wiki } from './farm.ts';
import { evaluateLists, type ListFile } from './lists.ts';
import { chainOf, valueOfChain } from './setting-chain.ts';
import type { SettingsTable } from './settings-table.ts';
import type { WikisDocument } from './wikis-file.ts';

/** Every wiki has this tag, after all others. */
const ALL = 'all';

export interface FarmFiles {
  readonly wikis: readonly WikisDocument[];
  readonly lists: readonly ListFile[];
}

/** @returns undefined where no overlay has a wikis.yaml; fails with `config/host-twice`, `config/name-taken`, ... */
export function makeFarm({ wikis, lists }: FarmFiles, table: SettingsTable): Outcome<Farm | undefined> {
  if (wikis.length === 0) return ok(undefined);
  const typed = stackWikis(wikis);
  const inOrder = [...typed.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  const names = inOrder.map(({ name }) => name);
  const evaluated = evaluateLists(lists, ownLists(typed), names);
  const found = [...evaluated.lists].filter(([name]) => name !== ALL).sort(([a], [b]) => (a < b ? -1 : 1));
  const made = inOrder.map((wiki): [string, Wiki] => [wiki.name, tagged(wiki, { found, table })]);
  const farm = { wikis: new Map(made), lists: new Map([[ALL, names], ...found]) };
  const wrong = [...evaluated.wrong, ...sameHosts(typed), ...takenNames(farm, lists)];
  return settle(farm, wrong);
}

function stackWikis(documents: readonly WikisDocument[]): Map<string, Wiki> {
  const stack = new Map<string, Wiki>();
  for (const document of documents) {
    for (const [name, wiki] of Object.entries(document.value.wikis)) {
      if (wiki === null) stack.delete(name);
      else {
        const hosts = wiki.hosts.map((host) => host.toLowerCase());
        stack.set(name, { ...wiki, name, hosts, at: document.keyAt(['wikis', name]) });
      }
    }
  }
  return stack;
}

function ownLists(wikis: ReadonlyMap<string, Wiki>): Map<string, readonly string[]> {
  const lists = new Map<string, string[]>([[ALL, [...wikis.keys()].sort()]]);
  for (const { name, tags } of wikis.values()) {
    for (const tag of new Set(tags)) if (tag !== ALL) lists.set(tag, [...(lists.get(tag) ?? []), name].sort());
  }
  return lists;
}

/** Its own tags, the lists that name it, its language, its site, `all`: the first that an entry is for has its way. */
function tagged(
  wiki: Wiki,
  { found, table }: { readonly found: readonly [string, readonly string[]][]; readonly table: SettingsTable },
): Wiki {
  const lists = found.filter(([, members]) => isIn(members, wiki.name)).map(([name]) => name);
  const tags = [...wiki.tags.filter((tag) => tag !== ALL), ...lists];
  const language = wiki.language ?? languageIn(table, { name: wiki.name, tags: [...tags, ALL] });
  const site = wiki.site === undefined ? [] : [wiki.site];
  return { ...wiki, language, tags: [...new Set([...tags, language, ...site, ALL])] };
}

/** Sorted members: a thousand wikis in a hundred lists. */
function isIn(members: readonly string[], name: string): boolean {
  let [low, high] = [0, members.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((members[middle] ?? '') < name) low = middle + 1;
    else high = middle;
  }
  return members[low] === name;
}

/** As production does: the language is what the settings say for the tags before it. */
function languageIn(table: SettingsTable, asked: { readonly name: string; readonly tags: readonly string[] }): string {
  const entries = table.get('wgLanguageCode');
  const value = entries === undefined ? null : valueOfChain(chainOf(entries, asked), entries);
  return typeof value === 'string' ? value : 'en';
}

function sameHosts(wikis: ReadonlyMap<string, Wiki>): Diagnostic[] {
  const owner = new Map<string, string>();
  return [...wikis.values()].flatMap(({ name, hosts, at }) =>
    hosts.flatMap((host): Diagnostic[] => {
      const earlier = owner.get(host);
      owner.set(host, name);
      if (earlier === undefined) return [];
      const message = `${name} answers to ${quote(host)}, as ${earlier} does`;
      return [{ code: 'config/host-twice', message, hint: 'a host name is one wiki’s', at }];
    }),
  );
}

/** A key of settings.yaml must mean one thing. */
function takenNames({ wikis }: Farm, lists: readonly ListFile[]): Diagnostic[] {
  const taken = (name: string): boolean => wikis.has(name) || name === 'default';
  const message = (name: string): string =>
    `${quote(name)} is ${name === 'default' ? 'what holds for all' : 'a wiki'} already`;
  const hint = 'choose another name: settings.yaml could not tell them apart';
  const misnamed = lists.filter(({ name }) => taken(name) || name === ALL);
  return [
    ...misnamed.map(({ name, source }): Diagnostic => {
      const at = { file: source, line: 1, column: 1, length: 1 };
      return { code: 'config/name-taken', message: name === ALL ? '"all" needs no file' : message(name), hint, at };
    }),
    ...[...wikis.values()].flatMap(({ tags, at }) =>
      tags.filter(taken).map((tag): Diagnostic => ({ code: 'config/name-taken', message: message(tag), hint, at })),
    ),
  ];
}

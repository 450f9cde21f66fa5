/** The wikis of the payload: languages times families, some special ones, in three groups of a train and a dozen lists. */
import type { Chance } from './random.ts';

export interface PayloadWiki {
  readonly name: string;
  readonly host: string;
  readonly language: string;
  readonly family: string;
  /** Of MediaWiki. */
  readonly version?: string;
  /** Lists that name it, sorted. */
  readonly lists: readonly string[];
}

export type Group = 'group0' | 'group1' | 'group2';

const LANGUAGES = (
  'aa ab af als am an ar arc as ast av ay az ba bar be bg bi bm bn bo br bs ca ce ch co cr cs cv cy da de dv dz ee el ' +
  'en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi hr ht hu hy ia id ig ik io is it iu ja jv ka kg kk ' +
  'kl km kn ko ks ku kv kw ky la lb lg li ln lo lt lv mg mi mk ml mn mr ms mt my na nb nds ne nl nn nv ny oc om or os ' +
  'pa pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tn to tr uk ur'
).split(' ');

/** By family, what its databases end with. */
export const FAMILIES: Readonly<Record<string, string>> = {
  wikipedia: 'wiki',
  wiktionary: 'wiktionary',
  wikibooks: 'wikibooks',
  wikinews: 'wikinews',
  wikiquote: 'wikiquote',
  wikisource: 'wikisource',
  wikiversity: 'wikiversity',
  wikivoyage: 'wikivoyage',
};

const SPECIAL = ['testwiki', 'commonswiki', 'metawiki', 'wikidatawiki', 'sourceswiki', 'incubatorwiki', 'officewiki'];
/** By list, of how many wikis one is in it; what a wiki is in by chance. */
const BY_CHANCE: Readonly<Record<string, number>> = {
  closed: 12,
  private: 90,
  fishbowl: 80,
  small: 2,
  medium: 4,
  large: 25,
  commonsuploads: 3,
  flaggedrevs: 40,
  growthexperiments: 3,
  mobilefirst: 6,
  newparser: 4,
  lockeddown: 60,
};
const RTL = ['ar', 'arc', 'dv', 'fa', 'he', 'ks', 'ps', 'sd', 'ur'];

/** Lists that are made from others: name to expression. */
export const EXPRESSIONS: Readonly<Record<string, string>> = {
  open: 'all - closed',
  publicsmall: 'small - private - fishbowl',
  opengroup1: 'group1 & open',
};

/** @param versions of each group's wikis */
export function makeWikis(
  count: number,
  random: Chance,
  versions: Readonly<Record<Group, string>> | undefined,
): readonly PayloadWiki[] {
  const families = Object.keys(FAMILIES);
  const combined = families.flatMap((family) => LANGUAGES.map((language) => ({ family, language })));
  const special = SPECIAL.map((name) => ({ family: 'wikipedia', language: 'en', name }));
  const named = combined.map((one) => ({ ...one, name: `${one.language}${FAMILIES[one.family] ?? ''}` }));
  return [...special, ...named]
    .slice(0, count)
    .map(({ name, family, language }): PayloadWiki => {
      const group = groupOf({ name, family }, random);
      const host = SPECIAL.includes(name) ? `${name.slice(0, -4)}.wikis.example` : `${language}.${family}.example`;
      const lists = listsOf({ name, family, language, group }, random);
      return { name, host, language, family, lists, ...(versions === undefined ? {} : { version: versions[group] }) };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function groupOf({ name, family }: { readonly name: string; readonly family: string }, random: Chance): Group {
  if (name === 'testwiki' || random.once(100)) return 'group0';
  return family === 'wikipedia' && !SPECIAL.includes(name) ? 'group2' : 'group1';
}

function listsOf(
  wiki: { readonly name: string; readonly family: string; readonly language: string; readonly group: Group },
  random: Chance,
): string[] {
  const byChance = Object.keys(BY_CHANCE).filter((list) => random.once(BY_CHANCE[list] ?? 2));
  const rtl = RTL.includes(wiki.language) ? ['rtl'] : [];
  const special = SPECIAL.includes(wiki.name) ? ['special'] : [];
  return [...byChance, ...rtl, ...special, wiki.group, wiki.family].sort();
}

/** By list, its wikis; expressions and `all` left out. */
export function membersByList(wikis: readonly PayloadWiki[]): ReadonlyMap<string, readonly string[]> {
  const lists = new Map<string, string[]>();
  for (const { name, lists: own } of wikis) for (const list of own) lists.set(list, [...(lists.get(list) ?? []), name]);
  return new Map([...lists].sort(([a], [b]) => (a < b ? -1 : 1)));
}

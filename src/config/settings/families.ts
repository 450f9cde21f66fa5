/** Wikis of a farm that are one another in other languages: what [[en:Foo]] chooses among. */
import type { Wiki } from './farm.ts';

type Member = Pick<Wiki, 'name' | 'language' | 'site'>;

/** Its site; else what its name says after its language: dewikinews and enwikinews are wikinews, commonswiki is alone. */
export function familyOf(wiki: Member): string {
  return wiki.site ?? afterLanguage(wiki) ?? wiki.name;
}

/** Family to language to wiki. Of two in one language the one that is named by it; where both are, or none is: neither. */
export function familiesOf(wikis: readonly Member[]): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const families = new Map<string, Map<string, Member[]>>();
  for (const wiki of wikis) {
    const { language } = wiki;
    if (language === undefined) continue;
    const members = families.get(familyOf(wiki)) ?? new Map<string, Member[]>();
    families.set(familyOf(wiki), members.set(language, [...(members.get(language) ?? []), wiki]));
  }
  const chosen = [...families].map(([family, members]): [string, Map<string, string>] => {
    return [family, new Map([...members].flatMap(([language, all]) => optional(language, chooseAmong(all))))];
  });
  return new Map(chosen.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function chooseAmong(members: readonly Member[]): string | undefined {
  const named = members.length === 1 ? members : members.filter((wiki) => afterLanguage(wiki) !== undefined);
  return named.length === 1 ? named[0]?.name : undefined;
}

/** As databases are named: wiki, wikinews, wiktionary, ... after the language. */
function afterLanguage({ name, language }: Member): string | undefined {
  const prefix = language?.replaceAll('-', '_') ?? '';
  const rest = name.slice(prefix.length);
  return prefix !== '' && name.startsWith(prefix) && rest.startsWith('wik') ? rest : undefined;
}

function optional(language: string, name: string | undefined): [string, string][] {
  return name === undefined ? [] : [[language, name]];
}

/** Names a set of wikis as people would: by the lists and tags that make it up, exactly, or by the first few names. */

export interface Naming {
  /** All wikis there are. */
  readonly all: readonly string[];
  /** Lists and tags, by name. */
  readonly lists: ReadonlyMap<string, readonly string[]>;
}

/** Exactly: all of `lists`, less `without`, and `wikis`. */
export interface WikiGroup {
  readonly count: number;
  /** Every wiki, less `without`. */
  readonly everywhere: boolean;
  readonly lists: readonly string[];
  readonly without: readonly string[];
  readonly wikis: readonly string[];
}

/** More words than these are no name; then it is the first few. */
const MOST_WORDS = 5;
const MOST_WITHOUT = 3;

export function groupWikis(wikis: readonly string[], naming: Naming): WikiGroup {
  const set = new Set(wikis);
  const missing = naming.all.filter((wiki) => !set.has(wiki));
  const cover = coverOf(set, naming.lists);
  const words = cover.lists.length + cover.without.length + cover.wikis.length;
  const base = { count: set.size, everywhere: false };
  if (missing.length === 0) return { ...base, everywhere: true, lists: [], without: [], wikis: [] };
  if (missing.length <= MOST_WITHOUT && missing.length < words && missing.length < set.size) {
    return { ...base, everywhere: true, lists: [], without: missing, wikis: [] };
  }
  if (cover.lists.length > 0 && words <= MOST_WORDS) return { ...base, ...cover };
  return { ...base, lists: [], without: [], wikis: [...set].sort() };
}

interface Cover {
  readonly lists: readonly string[];
  readonly without: readonly string[];
  readonly wikis: readonly string[];
}

/** Greedy: each time the list that names most of what is left, for fewer exceptions than it saves. */
function coverOf(set: ReadonlySet<string>, lists: Naming['lists']): Cover {
  const left = new Set(set);
  const chosen: string[] = [];
  const without = new Set<string>();
  for (;;) {
    const best = [...lists]
      .map(([name, members]) => ({ name, members, gain: gainOf(members, { set, left, without }) }))
      .filter(({ gain }) => gain >= 2)
      .sort((a, b) => b.gain - a.gain || (a.name < b.name ? -1 : 1))[0];
    if (best === undefined) break;
    chosen.push(best.name);
    for (const wiki of best.members) {
      left.delete(wiki);
      if (!set.has(wiki)) without.add(wiki);
    }
  }
  return { lists: chosen, without: [...without].sort(), wikis: [...left].sort() };
}

interface CoverState {
  readonly set: ReadonlySet<string>;
  readonly left: ReadonlySet<string>;
  readonly without: ReadonlySet<string>;
}

function gainOf(members: readonly string[], { set, left, without }: CoverState): number {
  const gained = members.filter((wiki) => left.has(wiki)).length;
  const excepted = members.filter((wiki) => !set.has(wiki) && !without.has(wiki)).length;
  return excepted > 0 && (excepted > 2 || gained < 4 * excepted) ? 0 : gained - excepted;
}

/** The wikis that a group names: the exact set that it was made of. */
export function expandGroup(group: WikiGroup, naming: Naming): string[] {
  const named = group.everywhere ? naming.all : group.lists.flatMap((list) => naming.lists.get(list) ?? []);
  const without = new Set(group.without);
  return [...new Set([...named.filter((wiki) => !without.has(wiki)), ...group.wikis])].sort();
}

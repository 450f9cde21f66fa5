/** Which settings differ between two evaluations, each change once with the wikis that it is on. Pure. */
import type { SourceRange } from '../../kernel/diagnostic.ts';
import type { Effective } from './effective.ts';
import { textOf } from './effective.ts';
import { valueChanges, type ValueChange } from './value-changes.ts';

export interface SettingChange extends ValueChange {
  readonly setting: string;
  readonly wikis: readonly string[];
  /** In a settings.yaml; undefined where raw PHP sets it, or MediaWiki makes it of others. */
  readonly at?: SourceRange;
}

export interface EffectiveDiff {
  readonly changes: readonly SettingChange[];
  /** Wikis on one side only: their settings are no change of a setting. */
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

export interface DiffFilter {
  readonly wiki?: string;
  /** A name, or the beginning of a path: `wgGroupPermissions.user`. */
  readonly setting?: string;
}

export function diffEffective(before: Effective, after: Effective, filter: DiffFilter = {}): EffectiveDiff {
  const pairs = commonWikis(before, after).filter(({ wiki }) => filter.wiki === undefined || wiki === filter.wiki);
  const wanted = filter.setting?.split('.')[0];
  const names = [...new Set([...before.settings.keys(), ...after.settings.keys()])].sort();
  const changes = names
    .filter((name) => wanted === undefined || name === wanted)
    .flatMap((setting) => settingChanges(setting, { before, after, pairs }));
  return {
    changes: changes.filter((change) => isBelow(change, filter.setting)),
    added: after.wikis.filter((wiki) => !before.wikis.includes(wiki)),
    removed: before.wikis.filter((wiki) => !after.wikis.includes(wiki)),
  };
}

function isBelow({ setting, path }: SettingChange, wanted: string | undefined): boolean {
  const full = [setting, ...path].join('.');
  return wanted === undefined || full === wanted || full.startsWith(`${wanted}.`) || wanted.startsWith(`${full}.`);
}

interface Pair {
  readonly wiki: string;
  readonly old: number;
  readonly now: number;
}

function commonWikis(before: Effective, after: Effective): Pair[] {
  const places = new Map(before.wikis.map((wiki, index) => [wiki, index]));
  return after.wikis.flatMap((wiki, now) => {
    const old = places.get(wiki);
    return old === undefined ? [] : [{ wiki, old, now }];
  });
}

interface Sides {
  readonly before: Effective;
  readonly after: Effective;
  readonly pairs: readonly Pair[];
}

/** Wikis with the same two values are compared once. */
function settingChanges(setting: string, { before, after, pairs }: Sides): SettingChange[] {
  const groups = new Map<
    string,
    { readonly old: string | undefined; readonly now: string | undefined; wikis: string[] }
  >();
  const [left, right] = [before.settings.get(setting), after.settings.get(setting)];
  if (left?.of === undefined && right?.of === undefined && left?.texts[0] === right?.texts[0]) return [];
  for (const { wiki, old, now } of pairs) {
    const texts = { old: textOf(before, setting, old), now: textOf(after, setting, now) };
    if (texts.old === texts.now) continue;
    const key = `${left?.of?.[old] ?? 0} ${right?.of?.[now] ?? 0}`;
    const group = groups.get(key) ?? { ...texts, wikis: [] };
    groups.set(key, group);
    group.wikis.push(wiki);
  }
  return joined(
    setting,
    [...groups.values()].flatMap(({ old, now, wikis }) =>
      valueChanges(parse(old), parse(now)).map((change) => ({ change, wikis })),
    ),
  );
}

/** The same change at the same path may come of different values around it. */
function joined(
  setting: string,
  found: readonly { readonly change: ValueChange; readonly wikis: readonly string[] }[],
): SettingChange[] {
  const same = Map.groupBy(found, ({ change: { path, before, after } }) => JSON.stringify([path, { before, after }]));
  return [...same.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    return [{ setting, ...first.change, wikis: group.flatMap(({ wikis }) => wikis).sort() }];
  });
}

function parse(text: string | undefined): unknown {
  return text === undefined ? undefined : JSON.parse(text);
}

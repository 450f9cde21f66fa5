/**
 * Which entries of a setting make its value on one wiki: SiteConfiguration::processSetting, rule by rule. The wiki's own
 * entry, else the first tag's in the order of its tags, else `default`; what has a plus on the way there is added to it.
 */
import { mergeArrays } from './merge-values.ts';
import { isPhpArray, type PhpMap, type PhpValue } from './php-value.ts';
import type { Entries } from './settings-table.ts';

export interface Asked {
  readonly name: string;
  readonly tags: readonly string[];
}

export interface Chain {
  /** Keys whose values are merged, the first has precedence; one key is taken as it is; none: the setting isn't set. */
  readonly keys: readonly string[];
  /** Keys with a plus whose value got lost, since what they would add to is no array. */
  readonly lost: readonly string[];
}

export function chainOf(entries: Entries, { name, tags }: Asked): Chain {
  if (entries.has(name)) return { keys: [name], lost: [] };
  const added = entries.has(`+${name}`) ? [`+${name}`] : [];
  for (const tag of tags) {
    if (entries.has(tag)) return endAt(tag, added, entries);
    if (entries.has(`+${tag}`)) added.push(`+${tag}`);
  }
  return entries.has('default') ? endAt('default', added, entries) : { keys: added, lost: [] };
}

function endAt(key: string, added: readonly string[], entries: Entries): Chain {
  const value = entries.get(key)?.value ?? null;
  return isPhpArray(value) ? { keys: [...added, key], lost: [] } : { keys: [key], lost: added };
}

export function valueOfChain({ keys }: Chain, entries: Entries): PhpValue {
  const [first, ...others] = keys.map((key) => entries.get(key)?.value ?? null);
  let value = first ?? null;
  for (const other of others) if (isPhpArray(value) && isPhpArray(other)) value = mergeArrays(value, other);
  return value;
}

/** `$lang` to `de`: in a text, and in the texts of an array, not deeper (SiteConfiguration::doReplacements). */
export type Replacements = Readonly<Record<string, string>>;

export function replaceIn(value: PhpValue, replacements: Replacements): PhpValue {
  if (typeof value === 'string') return strtr(value, replacements);
  if (!isPhpArray(value) || !hasPlaceholder(value)) return value;
  if (value instanceof Map) {
    const map: PhpMap = value as PhpMap;
    return new Map([...map].map(([key, inner]) => [key, replaceText(inner, replacements)]));
  }
  return (value as readonly PhpValue[]).map((inner) => replaceText(inner, replacements));
}

/** Whether the value may be another one on each wiki. */
export function hasPlaceholder(value: PhpValue): boolean {
  if (typeof value === 'string') return value.includes('$');
  if (!isPhpArray(value)) return false;
  for (const inner of value.values()) if (typeof inner === 'string' && inner.includes('$')) return true;
  return false;
}

function replaceText(value: PhpValue, replacements: Replacements): PhpValue {
  return typeof value === 'string' ? strtr(value, replacements) : value;
}

/** PHP's strtr with an array: the longest name wins, and what was put in isn't looked at again. */
function strtr(text: string, replacements: Replacements): string {
  const names = Object.keys(replacements).sort((a, b) => b.length - a.length);
  if (!text.includes('$') || names.length === 0) return text;
  const any = new RegExp(names.map((name) => name.replaceAll('$', String.raw`\$`)).join('|'), 'g');
  return text.replace(any, (name) => replacements[name] ?? name);
}

/** Where the value of a setting was typed, for one wiki. */
import type { SourceRange } from '../../kernel/diagnostic.ts';
import type { CheckedSource } from './evaluate-bundle.ts';

export interface Origin {
  /** Searched for in its file, so asked for seldom. */
  readonly at: () => SourceRange;
}

/**
 * Of its entry that comes first: the wiki's own, a tag's, the default's; the same one for wikis that share it. Undefined
 * where PHP alone says so.
 */
export function originOf(bundle: CheckedSource, setting: string, wiki: string): Origin | undefined {
  if (bundle.raw !== undefined) return bundle.raw.places.find(setting, wiki);
  const entries = bundle.table?.get(setting) ?? bundle.table?.get(`+${setting}`);
  if (entries === undefined) return undefined;
  const tags = bundle.farm?.wikis.get(wiki)?.tags ?? ['all'];
  const keys = [wiki, ...tags, 'default'].flatMap((key) => [key, `+${key}`]);
  return keys.map((key) => entries.get(key)).find((entry) => entry !== undefined);
}

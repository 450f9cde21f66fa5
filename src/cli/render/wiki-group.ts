/** A group of wikis in words. */
import type { WikiGroup } from '../../config/index.ts';

const MOST_NAMED = 5;
const FIRST_NAMED = 3;

/** `dewiki`, `all 12 wikis`, `12 wikis (group1 + dewiki)`, `12 wikis: a, b, c … and 9 more`. */
export function groupText({ count, everywhere, lists, without, wikis }: WikiGroup): string {
  const head = `${String(count)} wiki${count === 1 ? '' : 's'}`;
  if (everywhere) return without.length === 0 ? `all ${head}` : `${head} (all but ${without.join(', ')})`;
  if (lists.length > 0) {
    const but = without.length === 0 ? '' : ` without ${without.join(', ')}`;
    return `${head} (${lists.join(' + ')}${but}${wikis.map((wiki) => ` + ${wiki}`).join('')})`;
  }
  if (wikis.length <= MOST_NAMED) return wikis.join(', ');
  return `${head}: ${wikis.slice(0, FIRST_NAMED).join(', ')} … and ${String(wikis.length - FIRST_NAMED)} more`;
}

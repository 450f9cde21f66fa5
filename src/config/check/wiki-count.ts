/** How a mistake says on which wikis it shows. */

const MOST_NAMED = 3;

/** ` on 12 wikis: a, b, c … and 9 more`; nothing where there is only one wiki. */
export function wikiCount(wikis: readonly string[], of: number): string {
  if (wikis.length === 0 || of <= 1) return '';
  if (wikis.length === of) return ` on all ${of} wikis`;
  const named = wikis.slice(0, MOST_NAMED).join(', ');
  const more = wikis.length - MOST_NAMED;
  if (wikis.length === 1) return ` on ${named}`;
  return ` on ${wikis.length} wikis: ${named}${more > 0 ? ` … and ${more} more` : ''}`;
}

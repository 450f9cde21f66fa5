/**
 * `Depends-On` lines of a commit message, as Zuul reads them: any line that begins so, after the subject. One may name
 * several changes, and end in a comment.
 */
import { parseChangeUrl, type AskedChange } from './asked-change.ts';

export interface DependsOn {
  /** Change-Ids, each once. */
  readonly ids: readonly string[];
  /** By the address of their page. */
  readonly pages: readonly AskedChange[];
  /** What stands after a `Depends-On:` and names no change. */
  readonly unread: readonly string[];
}

/** A message of a hostile change may be long: dependencies beyond these are none that a person wrote. */
const MOST = 50;

export function dependsOn(message: string): DependsOn {
  const ids = new Set<string>();
  const pages = new Map<string, AskedChange>();
  const unread: string[] = [];
  for (const [, value = ''] of afterSubject(message).matchAll(/^depends-on:[ \t]*(.*)$/gim)) {
    const before = ids.size + pages.size;
    const known = before;
    let named = 0;
    for (const word of value.split(/[\s,]+/)) {
      const page = parseChangeUrl(word);
      if (/^I[0-9a-f]{40}$/i.test(word)) ids.add(`I${word.slice(1).toLowerCase()}`);
      else if (page !== undefined) pages.set(word, page);
      else break;
      named += 1;
    }
    if (named === 0) unread.push(value.trim());
    if (known >= MOST) break;
  }
  return { ids: [...ids], pages: [...pages.values()], unread };
}

function afterSubject(message: string): string {
  const end = message.indexOf('\n');
  return end < 0 ? '' : message.slice(end + 1);
}

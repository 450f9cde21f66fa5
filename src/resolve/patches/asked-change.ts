/** What somebody types to mean a change under review: its number, `1099123/3` for a patchset, or its page's address. */
import { quote } from '../../kernel/diagnostic.ts';
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';

export interface AskedChange {
  readonly number: number;
  /** @default the newest */
  readonly patchset?: number;
  /** Base url of the review server. @default the one that the set's components come from */
  readonly gerrit?: string;
}

/** Fails with `resolve/wrong-change`. */
export function parseAskedChange(text: string): Outcome<AskedChange> {
  const short = /^(\d{1,9})(?:\/(\d{1,5}))?$/.exec(text);
  const asked = short === null ? parseChangeUrl(text) : numbers(short[1], short[2]);
  if (asked !== undefined) return ok(asked);
  return fail({
    code: 'resolve/wrong-change',
    message: `${quote(text)} is no change`,
    hint: 'write its number, 1099123 or 1099123/3 for a patchset, or the address of its page',
  });
}

const PAGE =
  /^(https?:\/\/[^/\s]+(?:\/[^\s+#?]*?)?)\/c\/[^\s+?#]+\/\+\/(\d{1,9})(?:\/(?:\d{1,5}\.\.)?(\d{1,5}))?(?:[/?#]\S*)?$/;
const OLD_PAGE = /^(https?:\/\/[^/\s]+(?:\/[^\s+#?]*?)?)(?:\/#)?(?:\/c)?\/(\d{1,9})(?:\/(\d{1,5}))?(?:[/?#]\S*)?$/;

/** `https://gerrit.wikimedia.org/r/c/mediawiki/core/+/1099123/3`, and the older `/r/1099123`, `/r/#/c/1099123/3`. */
export function parseChangeUrl(text: string): AskedChange | undefined {
  const found = PAGE.exec(text) ?? OLD_PAGE.exec(text);
  if (found === null) return undefined;
  const asked = numbers(found[2], found[3]);
  return asked === undefined ? undefined : { ...asked, gerrit: bareGerrit(found[1] ?? '') };
}

/** The same server, the same text: without `/a` (the prefix for those who are logged in) and final slashes. */
export function bareGerrit(url: string): string {
  const bare = url.replace(/(?:\/a)?\/*$/, '');
  return bare.replace(/^https?:\/\/[^/]*/i, (host) => host.toLowerCase());
}

function numbers(number = '', patchset?: string): AskedChange | undefined {
  if (Number(number) < 1 || patchset === '0') return undefined;
  return { number: Number(number), ...(patchset === undefined ? {} : { patchset: Number(patchset) }) };
}

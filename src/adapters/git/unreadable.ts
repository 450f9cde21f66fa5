/** What reading objects throws: they aren't there, aren't what they should be, or are bigger than anybody means. */
import { quote } from '../../kernel/diagnostic.ts';
import { MwpipeError } from '../../kernel/error.ts';

/** A component's url, and the mirror that its objects are read from. */
export interface MirrorOf {
  readonly url: string;
  readonly mirror: string;
}

export interface Located extends MirrorOf {
  readonly id: string;
}

type Place = Pick<Located, 'url' | 'id'>;

export function unreadable({ url, id }: Place, said: string): MwpipeError {
  return new MwpipeError({
    code: 'git/unreadable',
    message: `object ${id} of ${url} can't be read: ${said}`,
    hint: 'was it fetched? mwpipe resolve fetches what the lock names; mwpipe cache verify looks for damage',
    source: 'outside',
  });
}

export function tooLarge({ url, id }: Place, what: { readonly is: string; readonly most: string }): MwpipeError {
  return new MwpipeError({
    code: 'git/too-large',
    message: `object ${id} of ${url} is ${what.is}; ${what.most} is the most that is read`,
    hint: 'take the file out of the repo, or pin a commit before it',
    source: 'outside',
  });
}

export function oddPath({ url, id }: Place, path: string): MwpipeError {
  return new MwpipeError({
    code: 'git/odd-path',
    message: `tree ${id} of ${url} has a name that no file can have: ${quote(path)}`,
    hint: 'rename the file in the repo: such a name would be another one in an image',
    source: 'outside',
  });
}

/** Whole megabytes, as limits are said. */
export function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1_000_000)} MB`;
}

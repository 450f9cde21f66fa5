/**
 * Urls, refs and paths that others wrote: what git, ssh or a file system could take for something else (an option, a
 * command, a place outside) is refused before it reaches them.
 */
import { quote, type Diagnostic, type SourceRange } from '../../kernel/diagnostic.ts';
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';

/**
 * Where git may fetch from: https, http, ssh, git, file, and `user@host:path`. Helpers (`ext::`, `fd::`) run commands.
 * @returns fails with `resolve/unsafe-url`
 */
export function checkUrl(url: string, at?: SourceRange): Outcome<string> {
  const wrong = wrongUrl(url);
  if (wrong === undefined) return ok(url);
  return fail(unsafe('url', `${quote(url)} is no url to fetch from: ${wrong}`, at));
}

/**
 * A branch or tag, short or whole (`master`, `refs/heads/wmf/1.47`).
 * @returns fails with `resolve/unsafe-ref`
 * @see git-check-ref-format(1); one that begins with "-" would be an option
 */
export function checkRef(ref: string, at?: SourceRange): Outcome<string> {
  const wrong = wrongRef(ref);
  return wrong === undefined ? ok(ref) : fail(unsafe('ref', `${quote(ref)} is no name of a ref: ${wrong}`, at));
}

/**
 * A path inside a tree, with `/` between its parts.
 * @returns fails with `resolve/unsafe-path`
 */
export function checkPath(path: string, at?: SourceRange): Outcome<string> {
  const wrong = wrongPath(path);
  return wrong === undefined ? ok(path) : fail(unsafe('path', `${quote(path)} is no path inside a tree: ${wrong}`, at));
}

const HINTS = {
  url: 'write https://host/path, http, ssh, git or file://, or user@host:path',
  ref: 'write a branch or tag as git branch or git tag shows it',
  path: 'write it relative to the top of the repo, without "..", ".git" and control characters',
} as const;

function unsafe(what: keyof typeof HINTS, message: string, at: SourceRange | undefined): Diagnostic {
  return {
    code: `resolve/unsafe-${what}`,
    message,
    hint: HINTS[what],
    ...(at === undefined ? {} : { at }),
    exit: 'refused',
  };
}

const CONTROL = /[\u0000-\u001f\u007f]/;

function wrongUrl(url: string): string | undefined {
  if (url.startsWith('-')) return 'git would take it for an option';
  if (CONTROL.test(decoded(url))) return 'it holds control characters';
  if (/\s/.test(url)) return 'it holds a space';
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(url)?.[1]?.toLowerCase();
  if (scheme === undefined) return wrongScpUrl(url);
  if (!['https', 'http', 'ssh', 'git', 'file'].includes(scheme)) return `${scheme} is none of the known protocols`;
  return scheme === 'file' ? wrongFileUrl(url) : wrongHostUrl(url);
}

function wrongFileUrl(url: string): string | undefined {
  return url.slice('file://'.length).startsWith('/') ? undefined : 'a file url has three slashes';
}

function wrongHostUrl(url: string): string | undefined {
  const [, authority = '', rest = ''] = /^[^:]+:\/\/([^/?#]*)(.*)$/.exec(url) ?? [];
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  if (host === '' || host.startsWith(':')) return 'it names no host';
  if (decoded(host).startsWith('-') || decoded(authority).startsWith('-'))
    return 'ssh would take its host for an option';
  if (!URL.canParse(url)) return "its host or port can't be";
  if (decoded(rest).split('/').includes('..')) return 'it climbs out of its folder';
  return rest === '' || rest === '/' ? 'it names no repo' : undefined;
}

function wrongScpUrl(url: string): string | undefined {
  const parts = /^([^@:/\\]+)@([^@:/\\]+):(.+)$/.exec(url);
  const [, user = '', host = '', path = ''] = parts ?? [];
  if (parts === null || path.startsWith(':')) return 'it has no protocol that is known';
  return [user, host, path].some((part) => part.startsWith('-'))
    ? 'ssh would take a part of it for an option'
    : undefined;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a stray % is none of a coded character
  }
}

function wrongRef(ref: string): string | undefined {
  if (ref.startsWith('-')) return 'git would take it for an option';
  if (CONTROL.test(ref) || /[ ~^:?*[\\]/.test(ref)) return "it holds a character that refs can't have";
  if (ref === '' || ref === '@' || ref.includes('@{') || ref.includes('..')) return 'it means something else to git';
  if (ref.endsWith('.')) return 'it ends with a dot';
  const parts = ref.split('/');
  if (parts.includes('')) return 'it begins or ends with a slash, or has two in a row';
  return parts.some((part) => part.startsWith('.') || part.endsWith('.lock'))
    ? 'no part may begin with a dot or end with .lock'
    : undefined;
}

function wrongPath(path: string): string | undefined {
  if (path.startsWith('-')) return 'git would take it for an option';
  if (CONTROL.test(path)) return 'it holds control characters';
  if (path.includes('\\') || /^[a-z]:/i.test(path)) return 'it is one of Windows';
  const parts = path.split('/');
  if (parts.some((part) => part === '..')) return 'it leaves the tree';
  if (parts.some((part) => part === '' || part === '.')) return 'it is absolute, or a part of it is empty';
  return parts.some((part) => GIT_FOLDER.test(part)) ? 'it reaches into the folder of git' : undefined;
}

/** Also as file systems that ignore case, trailing dots and spaces, or short names know it. */
const GIT_FOLDER = /^(?:\.git|git~1)[. ]*$/i;

/** Urls, refs and paths that others wrote: whatever git or a file system could take for something else is refused. */
import { quote, type Diagnostic, type SourceRange } from '../../kernel/diagnostic.ts';
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';

/** A path inside a tree. Fails with `resolve/unsafe-path`. */
export function checkPath(path: string, at?: SourceRange): Outcome<string> {
  const parts = path.split('/');
  const bad = parts.some((part) => ['', '.', '..'].includes(part) || part.toLowerCase() === '.git');
  if (!bad && !path.startsWith('-') && !/[\u0000-\u001f\u007f\\:]/.test(path)) return ok(path);
  return fail(unsafe('path', `${quote(path)} is no path inside a tree`, at));
}

/** Where git may fetch from. Fails with `resolve/unsafe-url`. */
export function checkUrl(url: string, at?: SourceRange): Outcome<string> {
  if (/^(https?|git|ssh|file):\/\/[^\s-]\S*$/.test(url) || /^[\w.-]+@[\w.-]+:[^\s-]\S*$/.test(url)) return ok(url);
  return fail(unsafe('url', `${quote(url)} is no url that repos are fetched from`, at));
}

function unsafe(what: 'path' | 'url', message: string, at: SourceRange | undefined): Diagnostic {
  const hint = what === 'path' ? 'relative, without ".." and ".git"' : 'https, http, ssh, git and file are';
  return { code: `resolve/unsafe-${what}`, message, hint, ...(at === undefined ? {} : { at }), exit: 'refused' };
}

/** `.gitmodules`: which repos a tree has inside, from where. Written by others, so whatever could reach outside is refused. */
import { quote, type Diagnostic } from '../../kernel/diagnostic.ts';
import { settle, type Outcome } from '../../kernel/outcome.ts';

export interface DeclaredSubmodule {
  readonly name: string;
  readonly path: string;
  /** As written: absolute, or relative to the url of the repo that names it. */
  readonly url: string;
  readonly branch?: string;
  readonly line: number;
}

/**
 * Reads git's configuration syntax as far as `git submodule` writes it: sections, `key = value`, quotes, comments.
 * @returns fails with `resolve/wrong-gitmodules` where a line is none of these, or a submodule lacks its path or url
 * @see https://git-scm.com/docs/gitmodules
 */
export function parseGitmodules(file: string, text: string): Outcome<DeclaredSubmodule[]> {
  const wrong: Diagnostic[] = [];
  const sections: Section[] = [];
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = { file, number: index + 1, text: raw.trim() };
    if (line.text === '' || /^[#;]/.test(line.text)) continue;
    const section = /^\[submodule "((?:[^"\\]|\\.)*)"\]$/.exec(line.text)?.[1];
    if (section !== undefined) sections.push({ name: unescape(section), line: line.number, values: new Map() });
    else if (/^\[/.test(line.text)) sections.push({ name: undefined, line: line.number, values: new Map() });
    else readValue(line, sections.at(-1), wrong);
  }
  const declared = sections.flatMap((section) => declaredBy(section, file, wrong));
  return settle(declared, wrong);
}

interface Section {
  /** Undefined for one that is no submodule's. */
  readonly name: string | undefined;
  readonly line: number;
  readonly values: Map<string, string>;
}

interface Line {
  readonly file: string;
  readonly number: number;
  readonly text: string;
}

function readValue(line: Line, section: Section | undefined, wrong: Diagnostic[]): void {
  const found = /^([A-Za-z][A-Za-z0-9-]*)\s*(?:=\s*(.*))?$/.exec(line.text);
  if (found === null || section === undefined) {
    const message = `${quote(line.text)} is neither [submodule "..."] nor key = value`;
    wrong.push(wrongAt(line.file, line.number, message));
    return;
  }
  section.values.set((found[1] ?? '').toLowerCase(), unquoted(found[2] ?? 'true'));
}

/** Quotes go, a comment behind the value goes, a backslash keeps what follows it. */
function unquoted(value: string): string {
  let text = '';
  let quoted = false;
  for (let at = 0; at < value.length; at += 1) {
    const letter = value.charAt(at);
    if (letter === '\\') text += value.charAt((at += 1));
    else if (letter === '"') quoted = !quoted;
    else if ((letter === '#' || letter === ';') && !quoted) break;
    else text += letter;
  }
  return quoted ? text : text.trimEnd();
}

function unescape(text: string): string {
  return text.replaceAll(/\\(.)/g, '$1');
}

function declaredBy({ name, line, values }: Section, file: string, wrong: Diagnostic[]): DeclaredSubmodule[] {
  if (name === undefined) return [];
  const [path, url, branch] = [values.get('path'), values.get('url'), values.get('branch')];
  if (path === undefined || url === undefined) {
    const lacking = path === undefined ? 'path' : 'url';
    wrong.push(wrongAt(file, line, `the submodule ${quote(name)} has no ${lacking}`));
    return [];
  }
  return [{ name, path, url, ...(branch === undefined ? {} : { branch }), line }];
}

function wrongAt(file: string, line: number, message: string): Diagnostic {
  const hint = 'git config -f .gitmodules --list shows what git reads';
  return { code: 'resolve/wrong-gitmodules', message, hint, at: { file, line, column: 1, length: 1 } };
}

/**
 * Where a submodule is fetched from: an absolute url stands as it is, `../ve` is taken from the url of its repo.
 * @returns undefined for a relative url that climbs above the host
 * @see https://git-scm.com/docs/git-submodule, "add": relative urls
 */
export function submoduleUrl(parent: string, url: string): string | undefined {
  if (!/^\.\.?\//.test(url)) return url;
  const found = /^([a-z+]+:\/\/[^/]*|[^/:]+@[^/:]+:)(.*)$/i.exec(parent.replace(/\/+$/, ''));
  if (found === null) return undefined;
  const [, host = '', path = ''] = found;
  const parts = path.split('/').filter((part) => part !== '');
  for (const part of url.split('/')) {
    if (part === '..') {
      if (parts.pop() === undefined) return undefined;
    } else if (part !== '.' && part !== '') parts.push(part);
  }
  return `${host}${host.endsWith(':') ? '' : '/'}${parts.join('/')}`;
}

/** `.gitmodules` as git reads it: sections, values with quotes and comments, each value where it stands. */
import { quote, type Diagnostic, type SourceRange } from '../../../kernel/diagnostic.ts';
import { settle, type Outcome } from '../../../kernel/outcome.ts';

export interface Submodule {
  readonly name: string;
  readonly at: SourceRange;
  readonly values: ReadonlyMap<string, { readonly value: string; readonly at: SourceRange }>;
}

/** Fails with `resolve/wrong-gitmodules`, for every line that git wouldn't read. */
export function parseGitmodules(file: string, text: string): Outcome<Submodule[]> {
  const wrong: Diagnostic[] = [];
  const found: { name: string; at: SourceRange; values: Map<string, { value: string; at: SourceRange }> }[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    const written = line.trim();
    if (written === '' || /^[#;]/.test(written)) continue;
    const at = { file, line: index + 1, column: line.indexOf(written) + 1, length: written.length };
    const section = /^\[submodule\s+"((?:[^"\\]|\\.)*)"\]\s*(?:[#;].*)?$/.exec(written)?.[1];
    const setting = /^([A-Za-z][A-Za-z0-9-]*)\s*=\s*(.*)$/.exec(written);
    const [, key = '', raw = ''] = setting ?? [];
    const last = found.at(-1);
    if (section !== undefined) found.push({ name: unescaped(section), at, values: new Map() });
    else if (setting !== null && last !== undefined) last.values.set(key.toLowerCase(), valueAt(raw, { line, at }));
    else wrong.push(notRead(written, at));
  }
  return settle(found, wrong);
}

function valueAt(raw: string, { line, at }: { readonly line: string; readonly at: SourceRange }) {
  const quoted = /^"((?:[^"\\]|\\.)*)"/.exec(raw)?.[1];
  const value = quoted === undefined ? raw.replace(/\s*[#;].*$/, '').trim() : unescaped(quoted);
  const column = line.indexOf(raw, line.indexOf('=')) + 1;
  return { value, at: { ...at, column: Math.max(1, column), length: Math.max(1, raw.trimEnd().length) } };
}

function unescaped(text: string): string {
  return text.replaceAll(/\\(.)/g, '$1');
}

function notRead(written: string, at: SourceRange): Diagnostic {
  const message = `${quote(written)} is no line of a .gitmodules`;
  return { code: 'resolve/wrong-gitmodules', message, hint: 'expected [submodule "NAME"], path, url or branch', at };
}

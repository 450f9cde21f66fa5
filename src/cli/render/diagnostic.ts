/** A diagnostic as people read it: place, message, code, the line that is meant with a squiggle, the hint. */
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import type { Diagnostic, SourceRange } from '../../kernel/diagnostic.ts';
import { workingDirectory } from '../process.ts';

export function diagnosticText(diagnostic: Diagnostic, colour: boolean): string {
  const paint = (code: number, text: string): string => (colour ? `\u001B[${String(code)}m${text}\u001B[0m` : text);
  const place = diagnostic.at === undefined ? '' : `${placeText(diagnostic.at)}  `;
  const frame = diagnostic.at === undefined ? [] : frameOf(diagnostic.at);
  const hint = diagnostic.hint === undefined ? [] : [`  hint: ${diagnostic.hint}`];
  const head = `${paint(1, place)}${paint(31, diagnostic.message)}  [${diagnostic.code}]`;
  return `${[head, ...frame, ...hint].join('\n')}\n`;
}

/** An embargoed patch's diagnostic says that there is one, and nothing of it. */
export function publicDiagnostic(diagnostic: Diagnostic): Diagnostic {
  if (diagnostic.visibility !== 'private') return diagnostic;
  return {
    code: diagnostic.code,
    message: 'about a private patch: the details are shown to its owners only',
    ...(diagnostic.exit === undefined ? {} : { exit: diagnostic.exit }),
  };
}

export function placeText(at: SourceRange): string {
  const path = relative(workingDirectory(), at.file);
  const shown = path.startsWith('..') || path === '' ? at.file : path;
  return `${shown}:${String(at.line)}:${String(at.column)}`;
}

/** The line meant and the one before it, where the file can be read (a file inside a commit can't). */
function frameOf(at: SourceRange): string[] {
  const lines = linesOf(at.file);
  const meant = lines?.[at.line - 1];
  if (meant === undefined) return [];
  const width = String(at.line).length + 2;
  const numbered = (number: number, text: string): string =>
    `${String(number).padStart(width)} │ ${text.slice(0, 160)}`;
  const before = at.line > 1 ? [numbered(at.line - 1, lines?.[at.line - 2] ?? '')] : [];
  const squiggle = `${' '.repeat(width)} │ ${' '.repeat(at.column - 1)}${'^'.repeat(Math.min(at.length, 80))}`;
  return [...before, numbered(at.line, meant), squiggle];
}

function linesOf(file: string): string[] | undefined {
  try {
    return readFileSync(file, 'utf8').split('\n');
  } catch {
    return undefined;
  }
}

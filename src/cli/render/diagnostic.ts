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

/** For the owner of a private patch, at their own terminal. */
export function revealedDiagnostic({ secret, ...diagnostic }: Diagnostic): Diagnostic {
  return secret === undefined
    ? diagnostic
    : { ...diagnostic, message: `${diagnostic.message}: ${harmless(secret.reveal())}` };
}

/** Without what would steer a terminal: the text was written by others. */
function harmless(text: string): string {
  return text.replaceAll(/[^\P{C}\n]/gu, '?');
}

/** An embargoed patch's diagnostic says that there is one, and nothing of it. */
export function publicDiagnostic(diagnostic: Diagnostic): Diagnostic {
  const { secret, ...told } = diagnostic;
  if (diagnostic.visibility !== 'private') return secret === undefined ? diagnostic : told;
  return {
    code: diagnostic.code,
    message: 'about a private patch: the details are shown to its owners only',
    ...(diagnostic.exit === undefined ? {} : { exit: diagnostic.exit }),
  };
}

const MOST_SHOWN = 20;

/** All of them, or the first ones and how many more there are: a screen is enough to start with. */
export function diagnosticsText(diagnostics: readonly Diagnostic[], colour: boolean): string {
  const shown = diagnostics.slice(0, MOST_SHOWN).map((one) => diagnosticText(one, colour));
  const more = diagnostics.length - shown.length;
  return [...shown, ...(more > 0 ? [`and ${String(more)} more; --json gives all of them\n`] : [])].join('\n');
}

/** As a person here would type it. */
export function placeName(file: string): string {
  const path = relative(workingDirectory(), file);
  return path.startsWith('..') || path === '' ? file : path;
}

export function placeText(at: SourceRange): string {
  return `${placeName(at.file)}:${String(at.line)}:${String(at.column)}`;
}

const WIDEST = 160;

/** The line meant and the one before it, where the file can be read (a file inside a commit can't). */
function frameOf(at: SourceRange): string[] {
  const lines = linesOf(at.file);
  const meant = lines?.[at.line - 1];
  if (meant === undefined) return [];
  const from = at.column > WIDEST - 40 ? at.column - WIDEST / 2 : 0; // of a very long line, the part that is meant
  const width = String(at.line).length + 2;
  const numbered = (number: number, text: string): string =>
    `${String(number).padStart(width)} │ ${text.slice(from, from + WIDEST)}`;
  const before = at.line > 1 ? [numbered(at.line - 1, lines?.[at.line - 2] ?? '')] : [];
  // What a reader sees above stays above: a tab is kept as one.
  const indent = meant.slice(from, at.column - 1).replaceAll(/[^\t]/g, ' ');
  const squiggle = `${' '.repeat(width)} │ ${indent}${'^'.repeat(Math.min(at.length, 80))}`;
  return [...before, numbered(at.line, meant), squiggle];
}

function linesOf(file: string): string[] | undefined {
  try {
    return readFileSync(file, 'utf8').split(/\r?\n/);
  } catch {
    return undefined;
  }
}

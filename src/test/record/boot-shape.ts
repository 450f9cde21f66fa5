/**
 * What of a file that is loaded before any test can touch a test that doesn't run it: all but the bodies of functions
 * that didn't run then. Two contents with the same shape are the same to such a test.
 */
import { digestOf, type Digest } from '../../kernel/digest.ts';
import type { FileSymbols, Unit } from '../php/symbols.ts';

/** Functions and methods with a line that ran: `mediawiki\html\html::element`. */
export function functionsRun(symbols: FileSymbols, lines: readonly number[]): string[] {
  const ran = functionsOf(symbols).filter(({ from, to }) => lines.some((line) => from <= line && line <= to));
  return [...new Set(ran.map(nameOf))].sort();
}

/** @param ran as `functionsRun` names them */
export function bootShape(source: string, symbols: FileSymbols, ran: readonly string[]): Digest {
  const lines = source.split('\n');
  const left = new Set(lines.keys());
  for (const unit of functionsOf(symbols)) {
    if (ran.includes(nameOf(unit))) continue;
    for (let line = opening(lines, unit); line < unit.to; line += 1) left.delete(line);
  }
  for (const [first, last] of symbols.comments) {
    for (let line = first; line <= last; line += 1) left.delete(line - 1);
  }
  return digestOf([...left].map((line) => lines[line]?.trim()).filter((line) => line !== ''));
}

function functionsOf(symbols: FileSymbols): Unit[] {
  return symbols.units.filter(({ name }) => name !== '' && !name.startsWith('service:'));
}

function nameOf({ owner, name }: Unit): string {
  return `${owner.toLowerCase()}::${name.toLowerCase()}`;
}

/** Index of the first line of the body: after the one with its brace, which its parameters may share. */
function opening(lines: readonly string[], { from, to }: Unit): number {
  for (let line = from - 1; line < to; line += 1) if (lines[line]?.includes('{') === true) return line + 1;
  return to;
}

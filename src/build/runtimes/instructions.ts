/** A Dockerfile's instructions, each where it stands: continued lines joined, comments left out. */
import type { SourceRange } from '../../kernel/diagnostic.ts';

export interface Instruction {
  readonly name: string;
  readonly words: readonly string[];
  readonly text: string;
  readonly at: SourceRange;
}

export function instructions(file: string, text: string): Instruction[] {
  const found: Instruction[] = [];
  let open: { line: number; parts: string[] } | undefined;
  for (const [index, raw] of text.split('\n').entries()) {
    if (/^\s*(#|$)/.test(raw)) continue;
    const continues = /\\\s*$/.test(raw);
    open ??= { line: index, parts: [] };
    open.parts.push(continues ? raw.replace(/\\\s*$/, '') : raw);
    if (continues) continue;
    found.push(instruction(file, open));
    open = undefined;
  }
  if (open !== undefined) found.push(instruction(file, open));
  return found;
}

function instruction(file: string, { line, parts }: { line: number; parts: readonly string[] }): Instruction {
  const first = parts[0] ?? '';
  const text = parts.join(' ').trim();
  const [name = '', ...words] = text.split(/\s+/);
  const column = first.length - first.trimStart().length + 1;
  return { name: name.toUpperCase(), words, text, at: { file, line: line + 1, column, length: first.trim().length } };
}

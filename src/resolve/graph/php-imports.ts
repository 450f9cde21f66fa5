/** `use` statements of a file: `use A\B;`, `use A\{B, C as D, function f};`, `use function A\f, A\g;`. */
import { tokenText, type PhpTokens } from './lex-php.ts';

export interface Import {
  /** `A\B`, without a leading `\`. */
  readonly name: string;
  /** What it is called in this file. */
  readonly alias: string;
  readonly of: 'class' | 'function' | 'const';
  readonly at: number;
}

/** @param start of the token after `use`. @returns the imports, and the token that ends the statement */
export function readImports(tokens: PhpTokens, start: number): { readonly imports: Import[]; readonly end: number } {
  const imports: Import[] = [];
  const state: Reading = { prefix: '', inGroup: false, outer: 'class', of: 'class', imports };
  let index = start;
  for (; index < tokens.kinds.length; index += 1) {
    const text = tokenText(tokens, index);
    if (text === ';' || (text === '}' && !state.inGroup)) break;
    if (tokens.kinds[index] === 'word') index = readWord(tokens, index, state);
    else readSign(text, state);
  }
  return { imports, end: index };
}

interface Reading {
  prefix: string;
  inGroup: boolean;
  /** Before the group, and of the one that is read. */
  outer: Import['of'];
  of: Import['of'];
  readonly imports: Import[];
}

function readSign(text: string, state: Reading): void {
  if (text === '{') {
    // What looked like an import was the prefix of the group.
    const prefix = state.imports.pop();
    state.prefix = prefix === undefined ? '' : `${prefix.name}\\`;
    state.inGroup = true;
  }
  if (text === '}') state.inGroup = false;
  if (text === ',') state.of = state.outer;
}

/** @returns the last token that was used */
function readWord(tokens: PhpTokens, index: number, state: Reading): number {
  const text = tokenText(tokens, index);
  if (text === '\\') return index; // of `A\{`
  const lower = text.toLowerCase();
  const isKind = (lower === 'function' || lower === 'const') && tokens.kinds[index + 1] === 'word';
  if (isKind) {
    state.of = lower;
    if (!state.inGroup) state.outer = lower;
    return index;
  }
  const last = state.imports.at(-1);
  if (lower === 'as' && last !== undefined) {
    state.imports[state.imports.length - 1] = { ...last, alias: tokenText(tokens, index + 1) };
    return index + 1;
  }
  const name = `${state.inGroup ? state.prefix : ''}${text.replace(/^\\/, '')}`;
  const alias = name.slice(name.lastIndexOf('\\') + 1);
  state.imports.push({ name, alias, of: state.of, at: tokens.starts[index] ?? 0 });
  return index;
}

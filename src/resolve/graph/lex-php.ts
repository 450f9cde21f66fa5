/**
 * PHP as a row of words, strings, variables and signs, without comments: enough to see what a file names, at a tenth of
 * the time of a parser. What isn't PHP (text before `<?php`) and what can't end (an open string) is passed over.
 */

type TokenKind = 'word' | 'string' | 'variable' | 'sign';

/** Parallel lists: one object a token would cost more than the reading. */
export interface PhpTokens {
  readonly text: string;
  readonly kinds: readonly TokenKind[];
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  /** Doc comments' `@requires extension X`, which PHPUnit reads. */
  readonly required: readonly { readonly name: string; readonly at: number }[];
}

interface Lexing {
  readonly text: string;
  at: number;
  readonly kinds: TokenKind[];
  readonly starts: number[];
  readonly ends: number[];
  readonly required: { readonly name: string; readonly at: number }[];
}

export function lexPhp(text: string): PhpTokens {
  const lexing: Lexing = { text, at: 0, kinds: [], starts: [], ends: [], required: [] };
  skipToCode(lexing);
  while (lexing.at < text.length) lexOne(lexing);
  return lexing;
}

/** The token's own text; of a string what stands between its quotes, as it was typed. */
export function tokenText({ text, kinds, starts, ends }: PhpTokens, index: number): string {
  const [start, end] = [starts[index], ends[index]];
  if (start === undefined || end === undefined) return '';
  return kinds[index] === 'string' ? text.slice(start + 1, end - 1) : text.slice(start, end);
}

/** A `\` that PHP reads as one is typed twice in strings, where it is typed right. */
export function unescaped(string: string): string {
  return string.replaceAll('\\\\', '\\');
}

function lexOne(lexing: Lexing): void {
  const { text, at } = lexing;
  const code = text.charCodeAt(at);
  if (code <= SPACE) lexing.at = at + 1;
  else if (code === SLASH && text.charCodeAt(at + 1) === SLASH) skipLine(lexing);
  else if (code === SLASH && text.charCodeAt(at + 1) === STAR) skipBlock(lexing);
  else if (code === HASH && text.charCodeAt(at + 1) !== BRACKET) skipLine(lexing);
  else if (code === HASH) push(lexing, 'sign', at + 2);
  else if (code === SINGLE || code === BACKTICK) push(lexing, 'string', endOfPlain(text, at, code));
  else if (code === DOUBLE) push(lexing, 'string', endOfDouble(text, at));
  else if (code === LESS && text.startsWith('<<<', at)) skipHeredoc(lexing);
  else if (code === QUESTION && text.charCodeAt(at + 1) === GREATER) skipToCode(lexing);
  else if (code === DOLLAR) push(lexing, 'variable', matchEnd(NAME, text, at + 1));
  else if (isNameStart(code) || code === BACKSLASH) push(lexing, 'word', matchEnd(QUALIFIED, text, at));
  else push(lexing, 'sign', at + signLength(text, at));
}

const SPACE = 0x20;
const [DOUBLE, HASH, DOLLAR, SINGLE, STAR, SLASH] = [0x22, 0x23, 0x24, 0x27, 0x2a, 0x2f];
const [LESS, GREATER, QUESTION, BRACKET, BACKSLASH, BACKTICK] = [0x3c, 0x3e, 0x3f, 0x5b, 0x5c, 0x60];
const [OPEN, CLOSE, NEWLINE] = [0x7b, 0x7d, 0x0a];

const NAME = /[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*/y;
const QUALIFIED = /\\?[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*(?:\\[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)*/y;
const HEREDOC = /<<<[ \t]*(["']?)([A-Za-z_]\w*)\1\r?\n/y;

function isNameStart(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || code === 0x5f || code >= 0x80;
}

/** A lone `\\` or `$` is a token of one character: reading goes on in any case. */
function push(lexing: Lexing, kind: TokenKind, wanted: number): void {
  const end = Math.max(wanted, lexing.at + 1);
  lexing.kinds.push(kind);
  lexing.starts.push(lexing.at);
  lexing.ends.push(end);
  lexing.at = end;
}

function matchEnd(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}

function signLength(text: string, at: number): number {
  const two = text.slice(at, at + 2);
  if (two === '::' || two === '->' || two === '=>') return 2;
  return text.startsWith('?->', at) ? 3 : 1;
}

function endOr(found: number, text: string): number {
  return found < 0 ? text.length : found;
}

/** A line comment ends at its line, or before the `?>` in it. */
function skipLine(lexing: Lexing): void {
  const { text, at } = lexing;
  const end = endOr(text.indexOf('\n', at), text);
  const close = text.slice(at, end).indexOf('?>');
  lexing.at = close < 0 ? end : at + close;
}

function skipBlock(lexing: Lexing): void {
  const { text, at } = lexing;
  const close = text.indexOf('*/', at + 2);
  const end = close < 0 ? text.length : close + 2;
  const comment = text.slice(at, end);
  if (comment.includes('@requires')) {
    for (const found of comment.matchAll(/@requires\s+extension\s+([\w.-]{1,100})/g)) {
      lexing.required.push({ name: found[1] ?? '', at: at + found.index });
    }
  }
  lexing.at = end;
}

function skipToCode(lexing: Lexing): void {
  const { text } = lexing;
  const pattern = /<\?(?:php\b|=)/gi;
  pattern.lastIndex = lexing.at;
  lexing.at = pattern.test(text) ? pattern.lastIndex : text.length;
}

function endOfPlain(text: string, start: number, quote: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH) at += 1;
    else if (code === quote) return at + 1;
  }
  return text.length;
}

/** `"a {$b["c"]} d"` is one string: quotes between `{$` and its `}` don't end it. */
function endOfDouble(text: string, start: number): number {
  let inner = 0;
  for (let at = start + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH) at += 1;
    else if (code === OPEN && (inner > 0 || text.charCodeAt(at + 1) === DOLLAR)) inner += 1;
    else if (code === CLOSE && inner > 0) inner -= 1;
    else if (code === DOUBLE && inner === 0) return at + 1;
    else if (code === NEWLINE && inner > 8) inner = 0; // no code nests so deeply: an open brace, not an expression
  }
  return text.length;
}

/** Its end stands alone on a line, indented or not; what it holds is text. */
function skipHeredoc(lexing: Lexing): void {
  const { text, at } = lexing;
  HEREDOC.lastIndex = at;
  const word = HEREDOC.exec(text)?.[2];
  if (word === undefined) {
    push(lexing, 'sign', at + 3);
    return;
  }
  const end = new RegExp(`^[ \\t]*${word}\\b`, 'gm');
  end.lastIndex = HEREDOC.lastIndex;
  lexing.at = end.test(text) ? end.lastIndex : text.length;
}

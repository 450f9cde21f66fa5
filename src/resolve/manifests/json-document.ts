/** JSON that keeps where each value stands, so that a mistake in an extension.json is shown where it was typed. */
import type { Diagnostic, SourceRange } from '../../kernel/diagnostic.ts';
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';

type JsonPath = readonly string[];

export interface JsonDocument {
  readonly value: unknown;
  /** Where the value at `path` stands; its nearest ancestor where there is none. */
  readonly at: (path: JsonPath) => SourceRange;
}

interface Scanned {
  readonly value: unknown;
  readonly start: number;
  readonly end: number;
  readonly members?: ReadonlyMap<string, Scanned>;
}

/** As strict as PHP's json_decode: no comments, no trailing commas; of two members of one name the last counts. Fails with `json/syntax`. */
export function parseJson(file: string, text: string): Outcome<JsonDocument> {
  const range = (start: number, end: number): SourceRange => rangeIn({ file, text }, start, end);
  try {
    const root = scanDocument(text);
    return ok({ value: root.value, at: (path) => placeOf(root, path, range) });
  } catch (thrown) {
    if (!(thrown instanceof SyntaxAt)) throw thrown;
    const at = range(thrown.position, thrown.position + 1);
    const diagnostic: Diagnostic = { code: 'json/syntax', message: thrown.message, hint: thrown.hint, at };
    return fail(diagnostic);
  }
}

function placeOf(root: Scanned, path: JsonPath, range: (start: number, end: number) => SourceRange): SourceRange {
  let here = root;
  for (const name of path) {
    const next = here.members?.get(name);
    if (next === undefined) break;
    here = next;
  }
  return range(here.start, here.end);
}

function rangeIn(source: { readonly file: string; readonly text: string }, start: number, end: number): SourceRange {
  const before = source.text.slice(0, start);
  const line = before.split('\n').length;
  const column = start - (before.lastIndexOf('\n') + 1) + 1;
  const lineEnd = source.text.indexOf('\n', start);
  const last = Math.min(end, lineEnd < 0 ? source.text.length : lineEnd);
  return { file: source.file, line, column, length: Math.max(1, last - start) };
}

class SyntaxAt extends Error {
  readonly position: number;
  readonly hint: string;

  constructor(position: number, message: string, hint: string) {
    super(message);
    this.position = position;
    this.hint = hint;
  }
}

function scanDocument(text: string): Scanned {
  const root = scanValue(text, skipSpace(text, 0), 0);
  const end = skipSpace(text, root.end);
  if (end < text.length) throw unexpected(text, end, 'the end of the file');
  return root;
}

/** Objects and lists inside each other: as json_decode, whose 512 counts one more. */
const DEEPEST = 511;

function scanValue(text: string, start: number, depth: number): Scanned {
  const first = text[start];
  if (depth >= DEEPEST && (first === '{' || first === '[')) {
    throw new SyntaxAt(start, 'nested too deeply', `${DEEPEST} levels are PHP's limit`);
  }
  if (first === '{') return scanObject(text, start, depth);
  if (first === '[') return scanList(text, start, depth);
  if (first === '"') return scanString(text, start);
  LITERAL.lastIndex = start;
  const literal = LITERAL.exec(text)?.[0];
  if (literal === undefined) throw unexpected(text, start, 'a value');
  return { value: JSON.parse(literal) as unknown, start, end: start + literal.length };
}

const LITERAL = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.])/y;
const HEX = '[0-9a-fA-F]';
/** PHP takes a surrogate only with its other half. */
const PAIR = String.raw`[dD][89abAB]${HEX}{2}\\u[dD][c-fC-F]${HEX}{2}`;
const ESCAPE = new RegExp(String.raw`\\(?:["\\/bfnrt]|u(?:${PAIR}|(?![dD][89a-fA-F])${HEX}{4}))`, 'y');
const BACKSLASH = 0x5c;
const QUOTE = 0x22;

function scanString(text: string, start: number): Scanned & { readonly value: string } {
  if (text[start] !== '"') throw unexpected(text, start, 'a name in double quotes');
  for (let at = start + 1; at < text.length;) {
    const unit = text.charCodeAt(at);
    if (unit < 0x20) break;
    if (unit === QUOTE) return { value: JSON.parse(text.slice(start, at + 1)) as string, start, end: at + 1 };
    at = unit === BACKSLASH ? afterEscape(text, at) : at + 1;
  }
  throw new SyntaxAt(start, 'a string that does not end on its line', 'close it with "');
}

function afterEscape(text: string, at: number): number {
  ESCAPE.lastIndex = at;
  const escape = ESCAPE.exec(text)?.[0];
  if (escape !== undefined) return at + escape.length;
  if (/^\\u[dD][89a-fA-F]/.test(text.slice(at, at + 4))) {
    throw new SyntaxAt(at, 'half of a surrogate pair', 'write both halves, or the character itself');
  }
  throw new SyntaxAt(
    at,
    `the escape ${JSON.stringify(text.slice(at, at + 2))} is none of JSON's`,
    'write \\\\ for one backslash',
  );
}

function scanObject(text: string, start: number, depth: number): Scanned {
  const members = new Map<string, Scanned>();
  let at = skipSpace(text, start + 1);
  while (text[at] !== '}' || members.size > 0) {
    const name = scanString(text, at);
    const colon = skipSpace(text, name.end);
    if (text[colon] !== ':') throw unexpected(text, colon, '":"');
    const member = scanValue(text, skipSpace(text, colon + 1), depth + 1);
    members.set(name.value, member);
    at = skipSpace(text, member.end);
    if (text[at] === '}') break;
    if (text[at] !== ',') throw unexpected(text, at, '"," or "}"');
    at = skipSpace(text, at + 1);
  }
  const value = Object.fromEntries([...members].map(([name, member]) => [name, member.value]));
  return { value, start, end: at + 1, members };
}

function scanList(text: string, start: number, depth: number): Scanned {
  const items: Scanned[] = [];
  let at = skipSpace(text, start + 1);
  while (text[at] !== ']' || items.length > 0) {
    const item = scanValue(text, at, depth + 1);
    items.push(item);
    at = skipSpace(text, item.end);
    if (text[at] === ']') break;
    if (text[at] !== ',') throw unexpected(text, at, '"," or "]"');
    at = skipSpace(text, at + 1);
  }
  const members = new Map(items.map((item, index) => [String(index), item]));
  return { value: items.map((item) => item.value), start, end: at + 1, members };
}

function skipSpace(text: string, start: number): number {
  let at = start;
  while (text[at] === ' ' || text[at] === '\t' || text[at] === '\n' || text[at] === '\r') at += 1;
  return at;
}

function unexpected(text: string, at: number, wanted: string): SyntaxAt {
  const found = text[at] === undefined ? 'the end of the file' : JSON.stringify(text[at]);
  const trailing = /,\s*$/.test(text.slice(0, at)) && /[\]}]/.test(text[at] ?? '');
  const hint = trailing ? 'remove the comma before it: JSON has no trailing commas' : 'MediaWiki reads strict JSON';
  return new SyntaxAt(at, `expected ${wanted}, found ${found}`, hint);
}

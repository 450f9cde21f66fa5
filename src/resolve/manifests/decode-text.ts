/** Bytes to text as PHP's json_decode takes them: UTF-8 and nothing else. What isn't is named, with the byte where it begins. */
import type { Diagnostic } from '../../kernel/diagnostic.ts';
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';

/** Fails with `json/encoding`. */
export function decodeText(file: string, bytes: Uint8Array): Outcome<string> {
  const mark = MARKS.find(({ starts }) => starts.every((byte, at) => bytes[at] === byte));
  if (mark !== undefined) return fail(notUtf8(file, mark));
  try {
    return ok(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    return fail(notUtf8(file, { what: `isn't UTF-8, first at byte ${validPrefix(bytes)}`, at: placeOf(bytes) }));
  }
}

interface Mark {
  readonly starts: readonly number[];
  readonly what: string;
}

/** Editors of Windows write them; PHP calls each a syntax error. UTF-16 of JSON has a 0 in its first two bytes. */
const MARKS: readonly Mark[] = [
  { starts: [0xef, 0xbb, 0xbf], what: 'begins with a byte order mark' },
  { starts: [0xff, 0xfe], what: 'is UTF-16' },
  { starts: [0xfe, 0xff], what: 'is UTF-16' },
  { starts: [0x7b, 0x00], what: 'is UTF-16' },
  { starts: [0x00, 0x7b], what: 'is UTF-16' },
];

function notUtf8(file: string, { what, at }: { what: string; at?: { line: number; column: number } }): Diagnostic {
  return {
    code: 'json/encoding',
    message: `the file ${what}: MediaWiki can't read it`,
    hint: 'save it as UTF-8 without a byte order mark',
    at: { file, line: 1, column: 1, ...at, length: 1 },
  };
}

/** Bytes before the first that no UTF-8 has there. */
function validPrefix(bytes: Uint8Array): number {
  let [sound, broken] = [0, bytes.length];
  while (sound + 1 < broken) {
    const middle = (sound + broken) >> 1;
    // As a stream: a character that the cut parts is no mistake.
    if (decodes(bytes.subarray(0, middle))) sound = middle;
    else broken = middle;
  }
  return sound;
}

function decodes(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}

function placeOf(bytes: Uint8Array): { line: number; column: number } {
  const before = Buffer.from(bytes.subarray(0, validPrefix(bytes))).toString('utf8');
  return { line: before.split('\n').length, column: before.length - before.lastIndexOf('\n') };
}

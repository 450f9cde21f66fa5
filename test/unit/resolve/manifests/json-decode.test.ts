/** Bytes of an extension.json as PHP's own json_decode took or refused them (`data/json-decode.json`, recorded). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { decodeText } from '../../../../src/resolve/manifests/decode-text.ts';
import { parseJson } from '../../../../src/resolve/manifests/json-document.ts';

interface Recorded {
  readonly cases: readonly {
    readonly case: string;
    readonly bytes: string;
    readonly error?: string;
    readonly value?: string;
  }[];
}

const recorded = JSON.parse(readFileSync(join(import.meta.dirname, 'data/json-decode.json'), 'utf8')) as Recorded;

const read = (bytes: Uint8Array) => {
  const text = decodeText('extension.json', bytes);
  return text.ok ? parseJson('extension.json', text.value) : text;
};

it.each(recorded.cases)('$case: as PHP', ({ bytes, error, value }) => {
  const parsed = read(Buffer.from(bytes, 'base64'));
  expect(parsed.ok ? undefined : 'refused').toBe(error === undefined ? undefined : 'refused');
  if (parsed.ok && value !== undefined) {
    // PHP has numbers for names, and lists where they count from 0: as JSON they are the same text only after this.
    const expected: unknown = JSON.parse(Buffer.from(value, 'base64').toString());
    expect(JSON.stringify(parsed.value.value)).toBe(JSON.stringify(expected));
  }
});

it('says where UTF-8 ends', () => {
  const parsed = read(Buffer.from([...Buffer.from('{\n  "name": "é'), 0xff, ...Buffer.from('"\n}')]));
  expect(parsed).toMatchObject({
    ok: false,
    diagnostics: [
      {
        code: 'json/encoding',
        message: "the file isn't UTF-8, first at byte 15: MediaWiki can't read it",
        at: { line: 2, column: 13 },
      },
    ],
  });
});

it('calls a byte order mark and UTF-16 what they are', () => {
  const message = (bytes: Buffer) => {
    const parsed = read(bytes);
    return parsed.ok ? '' : parsed.diagnostics[0].message;
  };
  expect(message(Buffer.from('\ufeff{}'))).toContain('begins with a byte order mark');
  expect(message(Buffer.from('\ufeff{}', 'utf16le'))).toContain('is UTF-16');
  expect(message(Buffer.from('{}', 'utf16le'))).toContain('is UTF-16');
});

it('reads a string of a million characters, and names the one that never ends', () => {
  const long = 'x'.repeat(1_000_000);
  expect(read(Buffer.from(`{"name":"${long}"}`))).toMatchObject({ ok: true, value: { value: { name: long } } });
  expect(read(Buffer.from(`{"name":"${long}`))).toMatchObject({ ok: false, diagnostics: [{ code: 'json/syntax' }] });
});

it('is done with 100,000 brackets before it counts them', () => {
  const parsed = read(Buffer.from('['.repeat(100_000)));
  expect(parsed).toMatchObject({ ok: false, diagnostics: [{ message: 'nested too deeply', at: { column: 512 } }] });
});

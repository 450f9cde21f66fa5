import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseJson } from '../../../../src/resolve/manifests/json-document.ts';

const mistake = (text: string) => {
  const parsed = parseJson('extension.json', text);
  return parsed.ok ? undefined : parsed.diagnostics[0];
};

it('reads what JSON.parse reads, and the same', () => {
  fc.assert(
    fc.property(fc.json(), fc.constantFrom(undefined, 2, '\t'), (json, indent) => {
      const text = JSON.stringify(JSON.parse(json), undefined, indent);
      const parsed = parseJson('a.json', text);
      expect(parsed.ok && JSON.stringify(parsed.value.value)).toBe(JSON.stringify(JSON.parse(json)));
    }),
  );
});

it('refuses what JSON.parse refuses', () => {
  const damaged = fc.tuple(fc.json(), fc.nat(200), fc.constantFrom('', ',', '}', '"', ']', ':', 'x', '\n', '0'));
  fc.assert(
    fc.property(damaged, ([json, at, inserted]) => {
      const text = json.slice(0, at) + inserted + json.slice(at + 1);
      let readable = true;
      try {
        JSON.parse(text);
      } catch {
        readable = false;
      }
      expect(parseJson('a.json', text).ok).toBe(readable);
    }),
    { numRuns: 500 },
  );
});

it('points at a trailing comma', () => {
  expect(mistake('{\n\t"name": "Cite",\n\t"requires": {\n\t\t"MediaWiki": ">= 1.43",\n\t}\n}')).toEqual({
    code: 'json/syntax',
    message: 'expected a name in double quotes, found "}"',
    hint: 'remove the comma before it: JSON has no trailing commas',
    at: { file: 'extension.json', line: 5, column: 2, length: 1 },
  });
});

it('points at a missing comma, a bad word and the end', () => {
  expect(mistake('{"a": 1\n "b": 2}')).toMatchObject({
    message: 'expected "," or "}", found "\\""',
    at: { line: 2, column: 2 },
  });
  expect(mistake('{"a": True}')).toMatchObject({ message: 'expected a value, found "T"', at: { column: 7 } });
  expect(mistake('{"a": [1')).toMatchObject({ message: 'expected "," or "]", found the end of the file' });
  expect(mistake('{"a": "b\n"}')).toMatchObject({ hint: 'close it with "', at: { line: 1, column: 7 } });
});

it('knows where a value stands', () => {
  const parsed = parseJson('a.json', '{\n  "requires": {\n    "extensions": { "Echo": "*" }\n  }\n}');
  const at = (...path: string[]) => (parsed.ok ? parsed.value.at(path) : undefined);
  expect(at('requires', 'extensions', 'Echo')).toEqual({ file: 'a.json', line: 3, column: 29, length: 3 });
  expect(at('requires', 'skins')).toMatchObject({ line: 2, column: 15 });
});

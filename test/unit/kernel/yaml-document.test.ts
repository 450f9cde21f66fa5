import { expect, it } from 'vitest';
import { z } from 'zod';
import type { Diagnostic } from '../../../src/kernel/diagnostic.ts';
import { parseYaml, readYaml } from '../../../src/kernel/yaml-document.ts';

const schema = z.strictObject({
  version: z.literal(1),
  database: z.enum(['sqlite', 'mariadb']).default('sqlite'),
  mirrors: z.array(z.strictObject({ from: z.string(), to: z.string() })).default([]),
  components: z
    .array(z.union([z.string(), z.strictObject({ name: z.string(), pin: z.string().optional() })]))
    .default([]),
  targets: z
    .record(z.string().regex(/^[a-z]+$/, 'a target is named by a-z'), z.strictObject({ port: z.int() }))
    .default({}),
});

it('gives the value, and where each key and value was typed', () => {
  const read = parseYaml('set.yaml', 'version: 1\nmirrors:\n  - from: a\n    to: "b c"\n', schema);
  if (!read.ok) throw new Error('expected to parse');
  expect(read.value.value.mirrors).toEqual([{ from: 'a', to: 'b c' }]);
  expect(read.value.at(['mirrors', 0, 'to'])).toEqual({ file: 'set.yaml', line: 4, column: 9, length: 5 });
  expect(read.value.keyAt(['mirrors', 0, 'to'])).toEqual({ file: 'set.yaml', line: 4, column: 5, length: 2 });
});

it('points at the nearest known ancestor of what is not in the file', () => {
  const read = parseYaml('set.yaml', 'version: 1\nmirrors: []\n', schema);
  if (!read.ok) throw new Error('expected to parse');
  expect(read.value.at(['mirrors', 3, 'from'])).toMatchObject({ line: 2, column: 10 });
});

it.each([
  ['an unclosed list', 'version: [1', ['1:12 yaml/syntax']],
  ['a tab as indentation', 'version: 1\ntargets:\n\ta: {}\n', ['3:1 yaml/syntax']],
  ['a second document', 'version: 1\n---\nversion: 1\n', ['2:1 yaml/syntax']],
  ['a key twice', 'version: 1\n"version": 1\n', ['2:1 yaml/duplicate-key "version" is here twice']],
  ['an empty file', '', ['1:1 yaml/empty']],
  ['a file of comments', '# later\n', ['1:1 yaml/empty']],
  ['plain text', 'hello\n', ['1:1 yaml/wrong-value this file: expected a map, found "hello"']],
  [
    'another type deep in a list',
    'version: 1\nmirrors:\n  - {from: a, to: b}\n  - from: a\n    to: 3\n',
    ['5:9 yaml/wrong-value "mirrors.1.to": expected text, found 3 (write it in quotes: "3")'],
  ],
  [
    'line ends of Windows',
    'version: 1\r\nmirrors:\r\n  - from: a\r\n    to: true\r\n',
    ['4:9 yaml/wrong-value "mirrors.0.to": expected text, found true (write it in quotes: "true")'],
  ],
  [
    'a misspelt key, told once',
    'version: 1\nmirrors:\n  - form: a\n    to: b\n',
    ['3:5 yaml/unknown-key unknown key "form" (did you mean from?)'],
  ],
  [
    'a key that means nothing here',
    'version: 1\ntargets: {a: {port: 1, colour: red}}\n',
    ['2:24 yaml/unknown-key unknown key "colour" (known here: port)'],
  ],
  ['a missing key', 'version: 1\ntargets:\n  a: {}\n', ['3:3 yaml/missing-key "targets.a.port" is missing']],
  [
    'a key that may not be named so',
    'version: 1\ntargets: {B2: {port: 1}}\n',
    ['2:11 yaml/wrong-value "targets.B2": a target is named by a-z'],
  ],
  [
    'a misspelt choice',
    'version: 1\ndatabase: sqllite\n',
    ['2:11 yaml/wrong-value "database": expected one of sqlite, mariadb, found "sqllite" (did you mean sqlite?)'],
  ],
  ['the wrong version', 'version: 2\n', ['1:10 yaml/wrong-value "version": expected 1, found 2']],
  [
    'the member of a union that was meant',
    'version: 1\ncomponents:\n  - Cite\n  - nmae: Echo\n',
    ['4:5 yaml/unknown-key unknown key "nmae" (did you mean name?)'],
  ],
  [
    'no member of a union',
    'version: 1\ncomponents:\n  - 7\n',
    ['3:5 yaml/wrong-value "components.0": expected text or a map, found 7'],
  ],
  ['an alias without its anchor', 'version: *one\n', ['1:10 yaml/unknown-alias']],
  ['a key named __proto__', 'version: 1\n__proto__: {a: 1}\n', ['2:1 yaml/unknown-key unknown key "__proto__"']],
])('points at %s', (_what, text, expected) => {
  const shown = mistakes(text);
  expect(shown).toHaveLength(expected.length);
  for (const [index, line] of expected.entries()) expect(shown[index]).toContain(line);
});

it('shows every mistake at once, in the order of the file', () => {
  const text = 'databas: x\nversion: 3\ntargets:\n  a: {port: b, extra: 1}\n';
  expect(mistakes(text).map((line) => line.split(' ')[0])).toEqual(['1:1', '2:10', '4:13', '4:16']);
});

it('refuses aliases of aliases that would fill all memory', () => {
  const tens = (name: string): string => `[${Array.from({ length: 10 }, () => name).join(', ')}]`;
  const levels = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
  const bomb = levels
    .map((name, at) => `${name}: &${name} ${tens(at === 0 ? 'x' : `*${levels[at - 1] ?? ''}`)}\n`)
    .join('');
  expect(mistakes(bomb)).toEqual([expect.stringContaining('yaml/too-many-aliases')]);
});

it('reads a megabyte, and finds the one mistake at its end', () => {
  const rows = '  - {from: aaaaaaaaaaaaaaaaaaaaaaa, to: bbbbbbbbbbbbbbbbbbbbb}\n'.repeat(16_000);
  expect(mistakes(`version: 1\nmirrors:\n${rows}  - {from: a}\n`)).toEqual([
    expect.stringContaining('16003:5 yaml/missing-key'),
  ]);
});

it('survives nesting deeper than the stack', () => {
  expect(mistakes('['.repeat(50_000))).toEqual([expect.stringContaining('yaml/syntax')]);
});

it('says that a file is not there, or is a folder', async () => {
  expect(await readYaml('/nowhere/mwpipe.yaml', schema)).toMatchObject({ diagnostics: [{ code: 'yaml/no-file' }] });
  expect(await readYaml('/', schema)).toMatchObject({ diagnostics: [{ code: 'yaml/unreadable' }] });
});

/** `line:column code message (hint)` */
function mistakes(text: string): string[] {
  const read = parseYaml('set.yaml', text, schema);
  return read.ok ? [] : read.diagnostics.map(asLine);
}

function asLine({ at, code, message, hint }: Diagnostic): string {
  return `${String(at?.line)}:${String(at?.column)} ${code} ${message}${hint === undefined ? '' : ` (${hint})`}`;
}

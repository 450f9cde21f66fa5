/** What a wiki gets from stacked settings.yaml files. */
import { describe, expect, it } from 'vitest';
import { compileSettings } from '../../../../src/config/settings/compile-settings.ts';
import { stackTable } from '../../../../src/config/settings/settings-table.ts';
import { parseYamlMaps } from '../../../../src/kernel/yaml-document.ts';
import { mistakesOf, valueOf } from '../../../worlds/overlays.ts';

const tableOf = (...texts: readonly string[]) =>
  stackTable(texts.map((text, index) => valueOf(parseYamlMaps(`/o${String(index)}/settings.yaml`, text))));

/** Without a wikis.yaml: each key may be the one wiki's. */
const compiled = (...texts: readonly string[]) => valueOf(compileSettings(valueOf(tableOf(...texts)), undefined));

it("takes the wiki's own value, and the default elsewhere", () => {
  const settings = compiled('wgA: { default: 1, dewiki: 2 }\nwgB: { default: x }\n');
  expect([...settings.default]).toEqual([
    ['wgA', 1],
    ['wgB', 'x'],
  ]);
  expect(settings.wikis.get('dewiki')).toEqual(new Map([['wgA', 2]]));
});

it('lets a later overlay replace what it names, and nothing else', () => {
  const settings = compiled('wgA: { default: 1, dewiki: 2, frwiki: 3 }\n', 'wgA: { default: 9, frwiki: 8 }\n');
  expect(settings.default.get('wgA')).toBe(9);
  expect(settings.wikis.get('dewiki')?.get('wgA')).toBe(2);
  expect(settings.wikis.get('frwiki')?.get('wgA')).toBe(8);
});

it('adds what has a plus to the value for all', () => {
  const settings = compiled(
    'wgA:\n  default: { user: { edit: true, move: false } }\n  +dewiki: { user: { move: true }, bot: [x] }\n',
  );
  const user = new Map([
    ['move', true],
    ['edit', true],
  ]);
  expect(settings.wikis.get('dewiki')?.get('wgA')).toEqual(
    new Map<string, unknown>([
      ['user', user],
      ['bot', ['x']],
    ]),
  );
});

it('leaves to MediaWiki what has no default, or null', () => {
  const settings = compiled('wgA: { dewiki: 1 }\nwgB: { default: 5, dewiki: null }\n');
  expect(settings.default.get('wgA')).toBeNull();
  expect(settings.wikis.get('dewiki')?.get('wgB')).toBeNull();
});

it('remembers where each setting was typed last', () => {
  const settings = compiled('wgA: { default: 1, dewiki: 2 }\n', 'wgB: { default: 1 }\nwgA: { default: 2 }\n');
  expect(settings.origins.get('wgA')).toMatchObject({ file: '/o1/settings.yaml', line: 2, column: 17 });
});

it('has nothing to say about an empty file', () => {
  expect(compiled('# later\n').default.size).toBe(0);
});

it('keeps the order of keys that are numbers, and takes 1 and "1" for one', () => {
  const settings = compiled('wgA: { default: { 10: a, 2: b, x: c, 1: d } }\n');
  expect([...(settings.default.get('wgA') as Map<string, string>).keys()]).toEqual(['10', '2', 'x', '1']);
  expect(mistakesOf(tableOf('wgA:\n  default:\n    1: a\n    "1": b\n'))).toEqual([
    'config/bad-value /o0/settings.yaml:3:5',
  ]);
});

describe('what it refuses, all at once', () => {
  it.each([
    ['a plus without an array', 'wgA: { default: [], +dewiki: 7 }', 'config/adds-no-array /o0/settings.yaml:1:30'],
    ['a plus on the default', 'wgA: { +default: [] }', 'config/bad-setting-name /o0/settings.yaml:1:8'],
    ['wgA beside +wgA', 'wgA: { default: [] }\n+wgA: { default: [] }', 'config/two-ways /o0/settings.yaml:2:1'],
    ['a merge key', 'wgA: { default: { <<: { a: 1 } } }', 'config/bad-value /o0/settings.yaml:1:19'],
    ['a date', 'wgA: { default: !!timestamp 2001-01-01 }', 'config/bad-value /o0/settings.yaml:1:29'],
    ['bytes', 'wgA: { default: [!!binary aGk=] }', 'config/bad-value /o0/settings.yaml:1:27'],
    ['a set', 'wgA: { default: !!set { a, b } }', 'config/bad-value /o0/settings.yaml:1:23'],
    ['a list as a key', 'wgA: { default: { ? [a] : 1 } }', 'config/bad-value /o0/settings.yaml:1:17'],
    ['a list of settings', '- wgA', 'config/bad-value /o0/settings.yaml:1:1'],
    ['__proto__ as a wiki', 'wgA: { __proto__: 1 }', 'config/bad-setting-name /o0/settings.yaml:1:8'],
    ['a secret with a path', 'wgA: { default: { $secret: ../x } }', 'config/bad-value /o0/settings.yaml:1:17'],
    ['a secret beside something', 'wgA: { default: { $secret: x, b: 1 } }', 'config/bad-value /o0/settings.yaml:1:17'],
    [
      "a text in the form of a bundle's secret",
      "wgA: { default: '$secret:x' }",
      'config/bad-value /o0/settings.yaml:1:17',
    ],
  ])('%s', (_what, text, expected) => {
    expect(mistakesOf(tableOf(`${text}\n`))).toContain(expected);
  });

  it('a plus that adds to a text', () => {
    const table = valueOf(tableOf('wgA: { default: text, +dewiki: [1] }\n'));
    expect(mistakesOf(compileSettings(table, undefined))).toEqual(['config/adds-no-array /o0/settings.yaml:1:32']);
  });
});

it('keeps __proto__ as a key like others', () => {
  const value = compiled('wgA: { default: { __proto__: { x: 1 } } }\n').default.get('wgA');
  expect(value).toEqual(new Map([['__proto__', new Map([['x', 1]])]]));
});

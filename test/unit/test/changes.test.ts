/** What kind of file a path is, and what differs between two texts of one. */
import { expect, it } from 'vitest';
import { changedMessages, kindOf } from '../../../src/test/changes.ts';
import { changedKeys, isInertKey, readRegistration } from '../../../src/test/registration.ts';

it.each([
  ['extension.json', 'registration'],
  ['i18n/api/en.json', 'messages'],
  ['i18n/qqq.json', 'message-docs'],
  ['src/Cite.php', 'php'],
  ['maintenance/run.php', 'php'],
  ['tests/phpunit/CiteTest.php', 'test-php'],
  ['tests/parser/cite.txt', 'parser-tests'],
  ['tests/phpunit/data/page.html', 'test-data'],
  ['tests/qunit/cite.test.js', 'front-end-test'],
  ['sql/mysql/tables-generated.sql', 'database'],
  ['db_patches/tables.json', 'database'],
  ['modules/ext.cite.js', 'front-end'],
  ['templates/Note.mustache', 'template'],
  ['README.md', 'docs'],
  ['COPYING', 'docs'],
  ['.eslintrc.json', 'tooling'],
  ['.github/workflows/ci.yml', 'tooling'],
  ['composer.json', 'unknown'],
  ['data/map.bin', 'unknown'],
])('%s is %s', (path, kind) => {
  expect(kindOf(path)).toBe(kind);
});

it('names messages that were added, changed or removed', () => {
  const before = JSON.stringify({ '@metadata': { authors: ['a'] }, same: 'x', old: 'y', other: 'z' });
  const after = JSON.stringify({ '@metadata': { authors: ['b'] }, same: 'x', other: 'Z', new: 'n' });
  expect(changedMessages(before, after)).toEqual(['old', 'other', 'new']);
  expect(changedMessages(before, '{')).toBeUndefined();
});

it('tells keys of extension.json that PHP runs by from those that it only shows', () => {
  const keys = changedKeys('{"version":"1","Hooks":{},"name":"X"}', '{"version":"2","Hooks":{"A":"m"},"name":"X"}');
  expect(keys).toEqual(['version', 'Hooks']);
  expect(keys?.filter(isInertKey)).toEqual(['version']);
});

it('reads every form in which a hook handler is named', () => {
  const registration = readRegistration(
    JSON.stringify({
      name: 'Foo',
      Hooks: { A: 'main', B: ['N\\Old::onB', 'main'], C: { handler: 'main', deprecated: true } },
      HookHandlers: { main: { class: 'N\\Hooks', services: ['S'] } },
      APIModules: { foo: 'N\\Api\\ApiFoo' },
      config: { FooClasses: { value: ['N\\X'] } },
      attributes: { Echo: { Things: ['N\\Thing'] } },
    }),
  );
  expect(registration?.hooks.map(({ hook, entry }) => [hook, entry.classes[0]])).toEqual([
    ['A', 'n\\hooks'],
    ['B', 'n\\old'],
    ['B', 'n\\hooks'],
    ['C', 'n\\hooks'],
  ]);
  expect(registration?.hooks[1]?.entry.methods).toEqual(['n\\old::onb']);
  expect(registration?.entries.map(({ kind, item }) => `${kind} ${item}`)).toEqual([
    'APIModules foo',
    'attributes Echo',
  ]);
  expect(registration?.settings.get('FooClasses')).toEqual(['value', 'N\\X']);
});

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { planLock } from '../../../../src/resolve/lock/plan-lock.ts';
import { facts, setOf, type FactsOf } from '../facts.ts';

const CORE = { core: { version: '1.43.0-wmf.1' } };

/** `CODE file:line message | hint` of each unmet requirement. */
function unmet(components: Readonly<Record<string, FactsOf>>, platform = {}): string[] {
  const lock = planLock(setOf(platform), facts({ ...CORE, ...components }), { setFile: 'extension-sets/demo.yaml' });
  if (lock.ok) return [];
  return lock.diagnostics.map(
    ({ code, message, hint, at }) => `${code} ${at?.file ?? ''}:${at?.line ?? 0} ${message} | ${hint ?? ''}`,
  );
}

it('names a missing extension, where it is required, and the line to add', () => {
  expect(unmet({ Thanks: { requires: { MediaWiki: '>= 1.43', extensions: { Echo: '*' } } } })).toEqual([
    'resolve/missing-dependency Thanks@ccccccc:extension.json:3 Thanks requires the extension "Echo", which the set "demo" doesn\'t have | add the line "  - Echo" under components: in extension-sets/demo.yaml',
  ]);
});

it('finds a dependency by the name that it registers, not by the name of its repo', () => {
  const SyntaxHighlight_GeSHi = { registered: 'SyntaxHighlight' };
  expect(unmet({ SyntaxHighlight_GeSHi, A: { requires: { extensions: { SyntaxHighlight: '*' } } } })).toEqual([]);
  expect(
    unmet({ SyntaxHighlight_GeSHi, A: { requires: { extensions: { SyntaxHighlight_GeSHi: '*' } } } }),
  ).toHaveLength(1);
});

it('a skin stands in for an extension of the same name, since MediaWiki keeps one list of both', () => {
  expect(unmet({ 'skins/Vector': {}, A: { requires: { extensions: { Vector: '*' } } } })).toEqual([]);
  expect(unmet({ 'skins/Vector': {}, A: { requires: { skins: { Vector: '*' } } } })).toEqual([]);
});

it('compares versions of extensions and of MediaWiki', () => {
  const CodeEditor = { requires: { MediaWiki: '>= 1.44', extensions: { WikiEditor: '>= 0.5.2' } } };
  expect(unmet({ CodeEditor, WikiEditor: { version: '0.5.4' } })).toEqual([
    'resolve/unmet-version CodeEditor@ccccccc:extension.json:2 CodeEditor requires MediaWiki >= 1.44, the set has 1.43.0-wmf.1 | take a branch of CodeEditor for MediaWiki 1.43.0-wmf.1, or another core',
  ]);
  const older = unmet({
    CodeEditor: { requires: { extensions: { WikiEditor: '>= 0.5.2' } } },
    WikiEditor: { version: '0.5.1' },
  });
  expect(older).toEqual([
    'resolve/unmet-version CodeEditor@ccccccc:extension.json:3 CodeEditor requires WikiEditor >= 0.5.2, the set has 0.5.1 | take a branch of WikiEditor that has it',
  ]);
});

it('says when a version is unknown or a constraint unreadable', () => {
  expect(unmet({ A: { requires: { extensions: { B: '>= 1' } } }, B: {} })[0]).toMatch(
    'B >= 1, but that one says no version',
  );
  expect(unmet({ A: { requires: { MediaWiki: 'newest' } } })[0]).toMatch('resolve/wrong-constraint A@ccccccc');
});

it('checks PHP and its extensions where the set says what its runtime offers', () => {
  const Math = { requires: { platform: { php: '>= 8.3', 'ext-gmp': '*', 'ext-intl': '*', 'ability-shell': true } } };
  expect(unmet({ Math })).toEqual([]);
  expect(unmet({ Math }, { php: '8.2', extensions: ['intl'] })).toEqual([
    'resolve/unmet-version Math@ccccccc:extension.json:3 Math requires PHP >= 8.3, the set has 8.2 | take a runtime with that PHP, then say so under platform in extension-sets/demo.yaml',
    "resolve/missing-php-extension Math@ccccccc:extension.json:3 Math requires PHP's gmp, which the runtime doesn't have | add it to the runtime, then say so under platform in extension-sets/demo.yaml",
  ]);
});

it('refuses a set without core', () => {
  const lock = planLock(setOf(), facts({ Cite: {} }), { setFile: 'extension-sets/demo.yaml' });
  expect(lock).toMatchObject({ ok: false, diagnostics: [{ code: 'resolve/no-core' }] });
});

it('gives the same lock in whatever order the facts came', () => {
  const known = facts({
    ...CORE,
    vendor: {},
    'skins/Vector': {},
    'skins/Timeless': {},
    Echo: {},
    Cite: {},
    Thanks: {},
  });
  const planned = (order: typeof known) => planLock(setOf(), order, { setFile: '' });
  const expected = planned(known);
  expect(expected.ok && expected.value.components.map(({ name }) => name)).toEqual([
    ...['core', 'vendor', 'skins/Timeless', 'skins/Vector', 'Cite', 'Echo', 'Thanks'],
  ]);
  fc.assert(
    fc.property(fc.shuffledSubarray(known, { minLength: known.length }), (order) => {
      expect(planned(order)).toEqual(expected);
    }),
  );
});

import { expect, it } from 'vitest';
import { checkSetRequires } from '../../../../src/resolve/constraints/check-set-requires.ts';
import type { KnownSet } from '../../../../src/resolve/constraints/set-facts.ts';
import { planLock } from '../../../../src/resolve/lock/plan-lock.ts';
import { facts, setOf, type FactsOf } from '../facts.ts';

interface World {
  readonly platform?: { php?: string; extensions?: readonly string[]; abilities?: readonly string[] };
  readonly known?: readonly KnownSet[];
}

/** `code file:line message | hint`, of a set with core 1.43 and these. */
function mistakes(components: Readonly<Record<string, FactsOf>>, { platform = {}, known = [] }: World = {}): string[] {
  const all = facts({ core: { version: '1.43.0-wmf.1' }, ...components });
  const lock = planLock(setOf(platform), all, { setFile: 'extension-sets/demo.yaml', known });
  if (lock.ok) return [];
  return lock.diagnostics.map(
    ({ code, message, hint, at }) => `${code} ${at?.file ?? ''}:${at?.line ?? 0} ${message} | ${hint ?? ''}`,
  );
}

const hints = (...args: Parameters<typeof mistakes>): string[] =>
  mistakes(...args).map((text) => text.split(' | ')[1] ?? '');
const needs = (...names: string[]): FactsOf => ({
  requires: { extensions: Object.fromEntries(names.map((name) => [name, '*'])) },
});
const knownSet = (name: string, components: Readonly<Record<string, readonly string[]>>): KnownSet => ({
  name,
  components: Object.entries(components).map(([component, registered]) => ({ name: component, registered })),
});

it('names the sets of this workspace that have what is missing, and how they list it', () => {
  const known = [knownSet('tarball', { Echo: ['Echo'], Cite: ['Cite'] }), knownSet('wikimedia', { Echo: [] })];
  expect(hints({ Thanks: needs('Echo') }, { known })).toEqual([
    'add the line "  - Echo" under components: in extension-sets/demo.yaml (tarball, wikimedia have it)',
  ]);
  const repo = [knownSet('tarball', { SyntaxHighlight_GeSHi: ['SyntaxHighlight'], Cite: ['Cite'] })];
  expect(hints({ A: needs('SyntaxHighlight') }, { known: repo })).toEqual([
    'add the line "  - SyntaxHighlight_GeSHi" under components: in extension-sets/demo.yaml (tarball has it)',
  ]);
});

it('names a set to extend only where it brings what is missing and nothing else', () => {
  const talk = knownSet('talk', { core: [], Echo: ['Echo'], Linter: ['Linter'] });
  const tarball = knownSet('tarball', { core: [], Echo: ['Echo'], Linter: ['Linter'], Math: ['Math'] });
  const set = { DiscussionTools: needs('Echo', 'Linter') };
  expect(new Set(hints(set, { known: [tarball, talk] }))).toEqual(
    new Set(['extend a set that has all that is missing: extends: [talk] in extension-sets/demo.yaml']),
  );
  expect(hints(set, { known: [tarball] })[0]).toMatch('add the line "  - Echo"');
  expect(hints({ Thanks: needs('Echo') }, { known: [talk] })[0]).toMatch('add the line "  - Echo"');
});

it('asks whether a component of the set was meant: other capitals, a slip, the name of a repo', () => {
  expect(hints({ A: needs('echo'), Echo: {} })).toEqual([
    'did you mean "Echo", which the set has? MediaWiki tells capitals from small letters',
  ]);
  expect(hints({ A: needs('WikiEdtior'), WikiEditor: {} })).toEqual(['did you mean "WikiEditor", which the set has?']);
  expect(
    hints({ A: needs('SyntaxHighlight_GeSHi'), SyntaxHighlight_GeSHi: { registered: 'SyntaxHighlight' } }),
  ).toEqual(['SyntaxHighlight_GeSHi registers itself as "SyntaxHighlight": require that name']);
});

it('what another set has by that very name is no slip', () => {
  const known = [knownSet('tarball', { Maps: ['Maps'] })];
  expect(hints({ A: needs('Maps'), Math: {} }, { known })[0]).toMatch('add the line "  - Maps"');
});

it('refuses a name that is registered twice, in other capitals too, where the later one is listed', () => {
  const set = { Cite: { line: 4 }, Cites: { registered: 'Cite', line: 9 }, Zitat: { registered: 'cite', line: 7 } };
  expect(mistakes(set)).toEqual([
    'resolve/registered-twice a.yaml:7 Cite and Zitat register "Cite" and "cite", which differ in case only | keep one of them; the other is in a.yaml:4',
    'resolve/registered-twice a.yaml:9 Cite and Cites register "Cite", which MediaWiki loads once only | keep one of them; the other is in a.yaml:4',
  ]);
});

it('an extension and a skin of one name are refused too', () => {
  expect(mistakes({ 'skins/Vector': {}, Vector: { line: 3 } })).toHaveLength(1);
});

it('says once that one repo is two components, by whatever url', () => {
  const set = {
    Cite: { url: 'https://e/r/mediawiki/Cite', line: 2 },
    Other: { url: 'ssh://me@e:29418/mediawiki/Cite.git', line: 3 },
  };
  expect(mistakes({ ...set, Other: { ...set.Other, registered: 'Cite' } })).toEqual([
    'resolve/same-repo a.yaml:3 Other and Cite are one repo: ssh://me@e:29418/mediawiki/Cite.git | keep one of them; the other is in a.yaml:2',
  ]);
});

const platform = (value: Readonly<Record<string, string | boolean>>): Readonly<Record<string, FactsOf>> => ({
  A: { requires: { platform: value } },
});

it('a PHP that is told by two numbers is any of its releases', () => {
  expect(mistakes(platform({ php: '>= 8.2.5' }), { platform: { php: '8.2' } })).toEqual([]);
  expect(mistakes(platform({ php: '>= 8.2.5' }), { platform: { php: '8.2.4' } })).toHaveLength(1);
  expect(mistakes(platform({ php: '>= 8.3' }), { platform: { php: '8.2' } })).toHaveLength(1);
});

it("takes PHP's extensions in any case, and of versions only *, as MediaWiki does", () => {
  const offered = { platform: { extensions: ['pdo', 'SimpleXML'] } };
  expect(mistakes(platform({ 'ext-PDO': '*', 'ext-simplexml': '*' }), offered)).toEqual([]);
  expect(mistakes(platform({ 'ext-pdo': '>= 1' }))).toEqual([
    'resolve/wrong-constraint A@ccccccc:extension.json:3 "ext-pdo" takes "*": MediaWiki takes no other | write it so',
  ]);
});

it('knows the abilities of MediaWiki, and refuses what it would stop at', () => {
  expect(mistakes(platform({ 'ability-shell': true }))).toEqual([]);
  expect(mistakes(platform({ 'ability-shell': false }), { platform: { abilities: [] } })).toEqual([]);
  expect(mistakes(platform({ 'ability-shell': true }), { platform: { abilities: [] } })[0]).toMatch(
    'resolve/missing-ability A@ccccccc:extension.json:3 A requires the ability "shell"',
  );
  expect(mistakes(platform({ 'ability-shel': true }))[0]).toMatch('did you mean ability-shell?');
  expect(mistakes(platform({ 'ability-shell': '*' }))[0]).toMatch('"ability-shell" takes true or false');
  expect(mistakes(platform({ nodejs: '*' }))[0]).toMatch('resolve/unknown-platform');
});

it('checks what the set itself requires, in the file that says so', () => {
  const at = { file: 'a.yaml', line: 5, column: 14, length: 7 };
  const demo = { set: 'demo', setFile: 'a.yaml', mediawiki: '1.43.0-wmf.1', platform: { php: '8.1' }, components: [] };
  const wants = (what: 'MediaWiki' | 'php', constraint: string) =>
    checkSetRequires([{ what, constraint, set: 'base', at }], demo).map(({ code, message }) => `${code} ${message}`);
  expect(wants('MediaWiki', '>= 1.43')).toEqual([]);
  expect(wants('MediaWiki', '>= 1.44')).toEqual([
    'resolve/unmet-version the set "base" requires MediaWiki >= 1.44, the set has 1.43.0-wmf.1',
  ]);
  expect(wants('php', '>= 8.2')).toHaveLength(1);
  expect(wants('php', 'eight')).toEqual(['resolve/wrong-constraint "eight" is no constraint that Composer reads']);
});

it('the lock of a set is refused that does not give what the set itself requires', () => {
  const at = { file: 'a.yaml', line: 5, column: 14, length: 7 };
  const requires = [{ what: 'MediaWiki', constraint: '>= 1.44', set: 'demo', at }] as const;
  const lock = planLock({ ...setOf(), requires }, facts({ core: { version: '1.43.0' } }), { setFile: '' });
  expect(lock).toMatchObject({ ok: false, diagnostics: [{ code: 'resolve/unmet-version', at }] });
});

it("says nothing of a core's version that nobody can read, as MediaWiki doesn't", () => {
  const all = facts({ core: { version: 'ours-2' }, A: { requires: { MediaWiki: '>= 1.43' } } });
  expect(planLock(setOf(), all, { setFile: '' }).ok).toBe(true);
});

it('tells every mistake, by file and from top to bottom', () => {
  const set = { Cite: { line: 4 }, Cites: { registered: 'Cite', line: 9 }, B: needs('X', 'Y'), A: needs('X') };
  expect(mistakes(set).map((text) => text.split(' ').slice(0, 2).join(' '))).toEqual([
    'resolve/registered-twice a.yaml:9',
    'resolve/missing-dependency A@ccccccc:extension.json:3',
    'resolve/missing-dependency B@ccccccc:extension.json:3',
    'resolve/missing-dependency B@ccccccc:extension.json:3',
  ]);
});

import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ReadComponent } from '../../../../src/resolve/graph/aliases.ts';
import type { ReferenceKind } from '../../../../src/resolve/graph/code-facts.ts';
import { cyclesOf, formatGraph } from '../../../../src/resolve/index.ts';
import { graphSchema } from '../../../../src/resolve/graph/graph-document.ts';
import { arrows, component, graphOf } from './components.ts';

const SHARED = 'MediaWiki\\Extension';

it('finds what is meant by whatever name it has there: registered, repo, namespace, hook, service, path', () => {
  const Echo = component('Echo', {
    ...{
      namespaces: [`${SHARED}\\Notifications`],
      hooks: ['EchoGetEvents', 'Title__getText_x'],
      services: ['EchoNotifier'],
    },
  });
  const GeSHi = component('SyntaxHighlight_GeSHi', { registered: ['SyntaxHighlight'] });
  const uses = (kind: ReferenceKind, name: string) =>
    arrows(graphOf([Echo, GeSHi, component('A', { uses: [{ kind, name }] })]));
  expect(uses('hard', 'Echo')).toEqual(['A -hard-> Echo']);
  expect(uses('hard', 'SyntaxHighlight')).toEqual(['A -hard-> SyntaxHighlight_GeSHi']);
  expect(uses('loaded', 'SyntaxHighlight_GeSHi')).toEqual(['A -isLoaded-> SyntaxHighlight_GeSHi']);
  expect(uses('attribute', 'Echo')).toEqual(['A -attribute-> Echo']);
  expect(uses('key', 'EchoNotifications')).toEqual(['A -attribute-> Echo']);
  expect(uses('key', 'Echolot')).toEqual([]);
  expect(uses('class', `${SHARED}\\Notifications\\Model\\Event`)).toEqual(['A -import-> Echo']);
  expect(uses('hook', 'EchoGetEvents')).toEqual(['A -hook-> Echo']);
  expect(uses('hook', 'Title::getText:x')).toEqual(['A -hook-> Echo']);
  expect(uses('service', 'EchoNotifier')).toEqual(['A -service-> Echo']);
  expect(uses('phan', 'extensions/Echo')).toEqual(['A -phan-> Echo']);
});

it('takes the class itself, then the longest namespace, and never what everybody shares', () => {
  const core = component('core', { namespaces: ['MediaWiki', 'MediaWiki\\Title'], classes: ['Title'] });
  const Wikibase = component('Wikibase', { namespaces: ['Wikibase'] });
  const Lexeme = component('WikibaseLexeme', { namespaces: ['Wikibase\\Lexeme'], classes: ['Wikibase\\Old'] });
  const to = (name: string) =>
    arrows(graphOf([core, Wikibase, Lexeme, component('A', { uses: [{ kind: 'class', name }] })], true));
  expect(to('Wikibase\\Lexeme\\Domain\\X')).toEqual(['A -import-> WikibaseLexeme']);
  expect(to('Wikibase\\Lib\\X')).toEqual(['A -import-> Wikibase']);
  expect(to('Wikibase\\Old')).toEqual(['A -import-> WikibaseLexeme']);
  expect(to('MediaWiki\\Title\\TitleFactory')).toEqual(['A -import-> core']);
  expect(to('MediaWiki\\Linter\\Database')).toEqual([]);
  expect(to(`${SHARED}\\Flow\\Model\\X`)).toEqual([]);
});

it('a skin does not stand in for an extension that is required', () => {
  const needs = (of: 'extension' | 'skin') => component('A', { uses: [{ kind: 'hard', name: 'Vector', of }] });
  expect(arrows(graphOf([component('skins/Vector'), needs('skin')]))).toEqual(['A -hard-> skins/Vector']);
  expect(arrows(graphOf([component('skins/Vector'), needs('extension')]))).toEqual([]);
});

it('what only tests name is a test-extra, whatever it is', () => {
  const B = component('B', { services: ['BStore'], namespaces: ['B'] });
  const uses = (['class', 'service', 'loaded'] as const).map((kind) => ({
    kind,
    name: { class: 'B\\C', service: 'BStore', loaded: 'B' }[kind],
  }));
  expect(arrows(graphOf([B, component('A', { uses: uses.map((use) => ({ ...use, test: true as const })) })]))).toEqual([
    'A -test-extra-> B',
  ]);
});

it("leaves core out unless it is asked for, and doesn't take it for outside", () => {
  const core = component('core', { registered: [], hooks: ['BeforePageDisplay'], services: ['TitleFactory'] });
  const A = component('A', {
    uses: [
      { kind: 'hook', name: 'BeforePageDisplay' },
      { kind: 'service', name: 'TitleFactory' },
    ],
  });
  expect(graphOf([core, A])).toMatchObject({ edges: [], outside: [] });
  expect(arrows(graphOf([core, A], true))).toEqual(['A -hook-> core', 'A -service-> core']);
});

it('a hook is its interface’s owner’s; where none has one, of all who run it; never edges to oneself', () => {
  const run = (name: string) => component(name, { runs: ['Old'], uses: [{ kind: 'hook', name: 'Old' }] });
  const owner = component('Owner', { hooks: ['Old'] });
  expect(arrows(graphOf([run('A'), run('B'), owner]))).toEqual(['A -hook-> Owner', 'B -hook-> Owner']);
  expect(arrows(graphOf([run('A'), component('C', { uses: [{ kind: 'hook', name: 'Old' }] })]))).toEqual([
    'C -hook-> A',
  ]);
});

it('gathers the reasons of an edge, the first three and how many; optional where every one is', () => {
  const B = component('B', { services: ['S', 'T'] });
  const place = (file: string, line: number) => ({ places: [{ file, line }] });
  const S = { kind: 'service', name: 'S', optional: true, ...place('b.json', 2), count: 7 } as const;
  const T = { kind: 'service', name: 'T', ...place('a.php', 9) } as const;
  expect(graphOf([B, component('A', { uses: [S] })]).edges).toMatchObject([{ optional: true, count: 7 }]);
  expect(graphOf([B, component('A', { uses: [S, T] })]).edges).toEqual([
    {
      from: 'A',
      to: 'B',
      kind: 'service',
      because: [
        { file: 'a.php', line: 9, what: 'T' },
        { file: 'b.json', line: 2, what: 'S' },
      ],
      count: 8,
    },
  ]);
});

it('keeps apart what leads outside the set; PHP’s own names are nobody’s', () => {
  const uses = [
    ...[`${SHARED}\\Flow\\Model\\A`, `${SHARED}\\Flow\\B`, 'Firebase\\JWT\\Key', 'Exception'].map((name) => ({
      kind: 'class' as const,
      name,
    })),
    ...[
      { kind: 'loaded' as const, name: 'Flow' },
      { kind: 'required' as const, name: 'pcntl' },
      { kind: 'key' as const, name: 'SpecialPages' },
    ],
  ];
  expect(graphOf([component('A', { uses })]).outside).toEqual([
    { kind: 'import', name: 'Firebase\\JWT', from: ['A'] },
    { kind: 'import', name: `${SHARED}\\Flow`, from: ['A'] },
    { kind: 'isLoaded', name: 'Flow', from: ['A'] },
  ]);
});

const NAMES = ['A', 'B', '3D', 'Wikidata.org', 'skins/Vector', '__proto__', 'constructor'];
const someUse = fc.record({
  kind: fc.constantFrom<ReferenceKind>('hard', 'loaded', 'attribute', 'class', 'hook', 'service', 'key', 'needed'),
  name: fc.constantFrom(...NAMES, 'HookOfA', 'A\\B', 'toString'),
  places: fc.array(fc.record({ file: fc.constantFrom('a', 'b'), line: fc.nat(9) }), { minLength: 1, maxLength: 3 }),
});
const someComponents = fc
  .uniqueArray(fc.constantFrom(...NAMES), { minLength: 1 })
  .chain((names) =>
    fc.tuple(
      ...names.map((name) =>
        fc
          .array(someUse, { maxLength: 5 })
          .map((uses): ReadComponent => component(name, { uses, services: [name], runs: [`HookOf${name}`] })),
      ),
    ),
  );

it('gives the same bytes in whatever order the facts came, and what its schema says', () => {
  fc.assert(
    fc.property(
      someComponents.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
      ([all, shuffled]) => {
        const text = formatGraph(graphOf(all));
        expect(formatGraph(graphOf(shuffled))).toBe(text);
        expect(graphSchema.parse(JSON.parse(text))).toEqual(graphOf(all));
      },
    ),
  );
});

it('finds circles of the kinds that are asked for', () => {
  const needs = (name: string, to: string, kind: ReferenceKind = 'hard') =>
    component(name, { uses: [{ kind, name: to }] });
  const graph = graphOf([
    needs('A', 'B'),
    needs('B', 'A', 'loaded'),
    needs('C', 'D'),
    needs('D', 'E'),
    needs('E', 'C'),
    component('F'),
  ]);
  expect(cyclesOf(graph, ['hard'])).toEqual([['C', 'D', 'E']]);
  expect(cyclesOf(graph, ['hard', 'isLoaded'])).toEqual([
    ['C', 'D', 'E'],
    ['A', 'B'],
  ]);
});

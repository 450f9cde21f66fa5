/** Which tests a change selects, over small sets of PHP: what must be in, what may stay out, and the way between. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadPhpReader } from '../../../src/test/php/load-grammar.ts';
import type { FileChange } from '../../../src/test/changes.ts';
import { planTests, type TestPlan } from '../../../src/test/plan-tests.ts';
import { phpGrammar } from '../../worlds/php-grammar.ts';
import { patchedComponent, phpSet, type Files } from '../../worlds/php-set.ts';

let read: Awaited<ReturnType<typeof loadPhpReader>>;
beforeAll(async () => {
  read = await loadPhpReader(phpGrammar);
});
afterAll(() => read[Symbol.dispose]());

const test = (body: string): string => `<?php\nnamespace N\\Tests;\nuse N\\{A, B, C, Hooks, Special};\n${body}\n`;
const FOO = {
  'extension.json': {
    name: 'Foo',
    Hooks: { ParserAfterParse: 'main', FooRan: 'main' },
    HookHandlers: { main: { class: 'N\\Hooks', services: ['Foo.B'] } },
    SpecialPages: { Foo: { class: 'N\\Special' } },
    ServiceWiringFiles: ['src/ServiceWiring.php'],
  },
  'src/A.php':
    '<?php\nnamespace N;\nclass A {\n  const K = 1;\n  // words\n  public function one() {\n    return 1;\n  }\n  public function two() {\n    return 2;\n  }\n}\n',
  'src/B.php':
    '<?php\nnamespace N;\nclass B {\n  public function __construct( private A $a ) {\n  }\n  public function viaOne() {\n    return $this->a->one();\n  }\n}\n',
  'src/C.php': '<?php\nnamespace N;\nclass C {\n  public function alone() {\n    return 3;\n  }\n}\n',
  'src/Hooks.php':
    '<?php\nnamespace N;\nclass Hooks {\n  public function __construct( B $b ) {}\n  public function onParserAfterParse( $parser ) {\n    return $this->b->viaOne();\n  }\n  public function onFooRan() {\n    return ( new C )->alone();\n  }\n}\n',
  'src/Special.php':
    '<?php\nnamespace N;\nclass Special extends \\SpecialPage {\n  public function execute( $sub ) {\n    return wfMessage( "foo-title" );\n  }\n}\n',
  'src/ServiceWiring.php':
    "<?php\nreturn [\n  'Foo.B' => static function ( $services ) {\n    return new \\N\\B( new \\N\\A );\n  },\n];\n",
  'tests/phpunit/unit/ATest.php': test('class ATest extends T { public function testOne() { ( new A )->one(); } }'),
  'tests/phpunit/unit/BTest.php': test(
    'class BTest extends T { public function testVia() { ( new B( $a ) )->viaOne(); } }',
  ),
  'tests/phpunit/unit/CTest.php': test('class CTest extends T { public function testAlone() { ( new C )->alone(); } }'),
  'tests/phpunit/integration/PageTest.php': test('class PageTest extends T { public function testPage() {} }'),
  'tests/parser/foo.txt': '!! test',
  'i18n/en.json': { 'foo-title': 'Foo' },
  'README.md': '# Foo',
} satisfies Files;
const BAR: Files = {
  'extension.json': { name: 'Bar', requires: { extensions: { Foo: '*' } } },
  'tests/phpunit/integration/BarTest.php': '<?php\nclass BarTest extends T {}\n',
  'tests/phpunit/unit/BarUnitTest.php': '<?php\nclass BarUnitTest extends T {}\n',
};
const BAZ: Files = {
  'extension.json': { name: 'Baz' },
  'tests/phpunit/integration/BazTest.php': '<?php\nclass BazTest extends T {}\n',
  'tests/phpunit/unit/BazUnitTest.php': '<?php\nclass BazUnitTest extends T {}\n',
};

const PATCHED = 'extensions/Foo';
const line = (path: string, at: number): FileChange => ({
  path,
  status: 'M',
  before: [],
  after: [{ from: at, to: at }],
});
const planOf = (changes: readonly FileChange[], foo: Files = FOO): TestPlan =>
  planTests({
    components: phpSet(read, { [PATCHED]: foo, 'extensions/Bar': BAR, 'extensions/Baz': BAZ }),
    patched: PATCHED,
    changes,
  }).plan;
const textOf = (path: string): string => Object.entries<unknown>(FOO).find(([name]) => name === path)?.[1] as string;
const names = (plan: TestPlan): string[] => plan.selected.map((one) => one.class.replace(/^.*\\/, ''));

it('selects the tests of a method and of its callers, and not those of its neighbours', () => {
  const plan = planOf([line('src/A.php', 10)]);
  expect(names(plan)).toEqual(expect.arrayContaining(['ATest']));
  expect(names(plan)).not.toContain('CTest');
  expect(names(planOf([line('src/A.php', 7)]))).toEqual(expect.arrayContaining(['ATest', 'BTest']));
});

it('says the way from the changed line to the test', () => {
  const because = planOf([line('src/A.php', 7)]).selected.find((one) => one.class.endsWith('BTest'))?.because;
  expect(because?.map(({ what, how }) => `${what} ${how}`)).toEqual([
    'N\\A::one changed',
    'N\\B::viaone calls one()',
    expect.stringContaining('calls viaone()') as string,
  ]);
  expect(because?.[0]?.at).toBe('extensions/Foo/src/A.php:6');
});

it('takes every test with a wiki where a hook of MediaWiki leads to the change, and says that it is wider', () => {
  const plan = planOf([line('src/A.php', 7)]);
  expect(names(plan)).toEqual(expect.arrayContaining(['PageTest', 'BarTest', 'BazTest']));
  expect(names(plan)).not.toContain('BazUnitTest');
  expect(plan.wider).toEqual(['MediaWiki runs the hook ParserAfterParse in any wiki']);
  expect(plan.parserTests.map(({ component }) => component)).toEqual([PATCHED]);
});

it('stays in the component and what requires it where MediaWiki calls only what was asked for', () => {
  const plan = planOf([line('src/Special.php', 5)]);
  expect(names(plan).toSorted()).toEqual(['BarTest', 'PageTest']);
  expect(plan.wider).toEqual([]);
  expect(plan.notRun).toEqual({ 'extensions/Foo': 3, 'extensions/Bar': 1, 'extensions/Baz': 2 });
});

it('follows a service from its factory to the hook handler that is given it', () => {
  const because = planOf([line('src/ServiceWiring.php', 4)]).selected.find((one) => one.class === 'BazTest')?.because;
  expect(because?.map(({ what }) => what)).toEqual(['service:Foo.B', 'extensions/Foo', 'BazTest']);
});

it('follows a hook of the set to the code that runs it', () => {
  const runner = { 'src/Runner.php': '<?php\nclass Runner { function go( $hooks ) { $hooks->onFooRan(); } }\n' };
  const user = {
    'tests/phpunit/unit/RunnerTest.php': '<?php\nclass RunnerTest { function t() { ( new Runner )->go( 1 ); } }\n',
  };
  expect(names(planOf([line('src/C.php', 5)], { ...FOO, ...runner, ...user }))).toContain('RunnerTest');
});

it('takes parser tests of another component that use the tag which changed, and no others', () => {
  const tag = {
    'extension.json': {
      name: 'Foo',
      Hooks: { ParserFirstCallInit: 'main' },
      HookHandlers: { main: { class: 'Tags' } },
    },
    'src/Tags.php':
      "<?php\nclass Tags {\n  function onParserFirstCallInit( $p ) {\n    $p->setHook( 'foo', [ $this, 'tag' ] );\n  }\n  function tag() {\n    return '';\n  }\n}\n",
  };
  const bar = { ...BAR, 'tests/parser/with.txt': '<foo>x</foo>', 'tests/parser/without.txt': "''x''" };
  const components = phpSet(read, { [PATCHED]: tag, 'extensions/Bar': bar, 'extensions/Baz': BAZ });
  const { plan } = planTests({ components, patched: PATCHED, changes: [line('src/Tags.php', 7)] });
  expect(plan.parserTests).toMatchObject([{ component: 'extensions/Bar', files: ['tests/parser/with.txt'] }]);
  expect(plan.wider).toEqual([]);
});

it('takes those who show a message that changed', () => {
  const plan = planOf([{ ...line('i18n/en.json', 1), messages: ['foo-title'] }]);
  expect(names(plan)).toContain('PageTest');
  expect(names(plan)).not.toContain('ATest');
});

it.each([
  ['README.md', 'documentation'],
  ['i18n/qqq.json', 'documentation of messages'],
  ['resources/foo.less', 'no PHP names it'],
  ['.phpcs.xml', 'settings of tools'],
])('runs nothing for %s, and says why', (path, because) => {
  const plan = planOf([line(path, 1)]);
  expect(plan.selected).toEqual([]);
  expect(plan.unseen).toEqual([{ path, because }]);
});

it('sees nothing in a changed comment', () => {
  expect(planOf([line('src/A.php', 5)])).toMatchObject({
    selected: [],
    unseen: [{ because: 'only comments changed' }],
  });
});

it.each(['sql/tables.json', 'data.bin'])('takes all of the component and every test with a wiki for %s', (path) => {
  const plan = planOf([line(path, 1)]);
  expect(names(plan).toSorted()).toEqual(['ATest', 'BTest', 'BarTest', 'BarUnitTest', 'BazTest', 'CTest', 'PageTest']);
  expect(plan.wider).toHaveLength(1);
});

it('takes everything for a change of core', () => {
  const components = phpSet(read, { '': {}, 'extensions/Bar': BAR, 'extensions/Baz': BAZ });
  const { plan } = planTests({ components, patched: '', changes: [line('includes/Title.php', 1)] });
  expect(plan.selected).toHaveLength(plan.total);
});

it('knows who used a method that the patch removed', () => {
  const after = { ...FOO, 'src/C.php': '<?php\nnamespace N;\nclass C {\n}\n' };
  const components = [patchedComponent(read, { path: PATCHED, before: FOO, after })];
  const change: FileChange = { path: 'src/C.php', status: 'M', before: [{ from: 4, to: 6 }], after: [] };
  expect(names(planTests({ components, patched: PATCHED, changes: [change] }).plan)).toContain('CTest');
});

it('takes the component where nobody is seen to use what changed', () => {
  const lonely = { ...FOO, 'src/D.php': '<?php\nclass D {\n  function m() {\n    return 1;\n  }\n}\n' };
  const plan = planOf([line('src/D.php', 4)], lonely);
  expect(names(plan)).toContain('PageTest');
});

it('never selects less when a file uses more', () => {
  const users = ['A', 'B', 'C', 'Hooks', 'Special'];
  const places = [
    ['src/A.php', 7],
    ['src/A.php', 10],
    ['src/B.php', 7],
    ['src/C.php', 5],
    ['src/Hooks.php', 6],
  ] as const;
  const files = Object.keys(FOO).filter((path) => path.endsWith('.php') && !path.includes('Wiring'));
  fc.assert(
    fc.property(
      fc.constantFrom(...places),
      fc.constantFrom(...files),
      fc.tuple(fc.constantFrom(...users), fc.constantFrom('one', 'two', 'viaOne', 'alone')),
      ([path, at], file, [used, method]) => {
        const more = `\nclass Extra${used} { function extra() { ( new \\N\\${used} )->${method}(); } }\n`;
        const grown = { ...FOO, [file]: `${textOf(file)}${more}` };
        const before = names(planOf([line(path, at)]));
        expect(names(planOf([line(path, at)], grown))).toEqual(expect.arrayContaining(before));
      },
    ),
    { numRuns: 60 },
  );
});

it('selects every test file that names the changed class, wherever in it the change is', () => {
  fc.assert(
    fc.property(fc.constantFrom('A', 'B', 'C'), fc.integer({ min: 3, max: 12 }), fc.boolean(), (name, at, asString) => {
      const body = asString ? `f( 'N\\\\${name}' );` : `g( ${name}::class );`;
      const mention = { 'tests/phpunit/unit/MentionTest.php': test(`class MentionTest { function t() { ${body} } }`) };
      const path = `src/${name}.php`;
      const lines = textOf(path).split('\n');
      fc.pre(at < lines.length && !(lines[at - 1] ?? '').includes('//'));
      expect(names(planOf([line(path, at)], { ...FOO, ...mention }))).toContain('MentionTest');
    }),
    { numRuns: 60 },
  );
});

it('follows recorded tests by what they executed, others by names, and both from what a recording can not know', () => {
  const because = [{ what: 'src/A.php', how: 'changed' }];
  const verdicts: Record<string, typeof because | []> = {
    'extensions/Foo/tests/phpunit/unit/ATest.php': [],
    'extensions/Foo/tests/phpunit/unit/CTest.php': because,
  };
  const recorded = {
    verdictOf: (path: string) => verdicts[path],
    isFollowed: ({ path }: FileChange) => path.endsWith('.php'),
  };
  const components = phpSet(read, { [PATCHED]: FOO, 'extensions/Bar': BAR, 'extensions/Baz': BAZ });
  const planWith = (changes: readonly FileChange[]) =>
    planTests({ components, patched: PATCHED, changes, recorded }).plan;
  const plan = planWith([line('src/A.php', 7)]);
  expect(names(plan)).toEqual(expect.arrayContaining(['BTest', 'CTest', 'PageTest']));
  expect(names(plan)).not.toContain('ATest');
  expect(plan.recorded).toBe(2);
  expect(plan.selected.find((one) => one.class.endsWith('CTest'))?.because).toBe(because);
  expect(names(planWith([{ ...line('db/x.sql', 1) }]))).toContain('ATest');
});

it('takes everything for a change of core, but only those that use it for one of its tests', () => {
  const core: Files = {
    'tests/phpunit/unit/CoreTest.php': '<?php\nclass CoreTest extends T {\n  function test() {}\n}\n',
    'tests/phpunit/includes/OtherTest.php': '<?php\nclass OtherTest extends T {}\n',
  };
  const components = phpSet(read, { '': core, [PATCHED]: FOO }).map((one) =>
    one.path === '' ? { ...one, kind: 'core' as const } : one,
  );
  const planOfCore = (path: string) => planTests({ components, patched: '', changes: [line(path, 3)] }).plan;
  const all = planOfCore('includes/Html.php');
  expect(all.selected).toHaveLength(all.total);
  expect(all.wider).toEqual(['includes/Html.php: core is under everything']);
  expect(names(planOfCore('tests/phpunit/unit/CoreTest.php'))).toEqual(['CoreTest']);
  expect(names(planOfCore('docs/Hooks.md'))).toEqual([]);
  expect(names(planOfCore('tests/common/TestSetup.php'))).toHaveLength(all.total);
});

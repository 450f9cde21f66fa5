import fc from 'fast-check';
import { expect, it } from 'vitest';
import { scanPhp } from '../../../../src/resolve/graph/scan-php.ts';
import { readWiring } from '../../../../src/resolve/graph/service-wiring.ts';

const named = (php: string): string[] => scanPhp(`<?php\n${php}`).references.map(({ kind, name }) => `${kind} ${name}`);
const classes = (php: string): readonly string[] => scanPhp(`<?php\n${php}`).classes;

it('reads imports: single, aliased, several in one, grouped, of functions and constants', () => {
  expect(named('namespace A; use B\\C; use \\D\\E as F, G\\H;')).toEqual(['class B\\C', 'class D\\E', 'class G\\H']);
  expect(named('use A\\B\\{C, D\\E as F, function g, const H,};\nuse I\\J;')).toEqual([
    ...['class A\\B\\C', 'class A\\B\\D\\E', 'class A\\B\\g', 'class A\\B\\H', 'class I\\J'],
  ]);
  expect(named('use function A\\f, A\\g; use const A\\X;')).toEqual(['class A\\f', 'class A\\g', 'class A\\X']);
});

it("tells an import from a closure's use and from a trait's", () => {
  expect(named('namespace A; $f = function () use ( $b ) {}; $g = static fn () => 1;')).toEqual([]);
  expect(named('namespace A; class C { use T; use \\B\\U { x as y; } } use D\\E;')).toEqual([
    'class B\\U',
    'class D\\E',
  ]);
  expect(named('namespace A { use B\\C; } namespace { use D\\E; }')).toEqual(['class B\\C', 'class D\\E']);
});

it('sees nothing in comments, strings, heredocs, nowdocs, and text outside PHP', () => {
  const silent = [
    ...['// use A\\B;', '# use A\\B;', '/* use A\\B; */', '/** new \\A\\B */', "$a = 'use A\\B;';"],
    ...[
      '$a = "new \\A\\B {$b["\\A\\C"]} \\" use A\\B;";',
      '$a = `use A\\B`;',
      '?> use A\\B; new \\A\\B <?php',
      '// ?> <b> use A\\B;',
    ],
    ...['$a = <<<X\nnew \\A\\B\nuse A\\B;\n  X;', "$a = <<<'X'\nuse A\\B;\nX\n;", '$a = <<<"X"\nX1 use A\\B;\nX;'],
  ];
  for (const php of silent)
    expect([php, ...named(`${php}\nuse Z\\Y;`)]).toEqual([php, ...(php.startsWith('// ?>') ? [] : ['class Z\\Y'])]);
});

it('goes on behind an attribute, a heredoc and a string with quotes in braces', () => {
  expect(named('#[\\A\\Attr( "x" )]\nclass C {}\n$x = "{$a["b"]}" . \\D\\E::f();')).toEqual([
    'class A\\Attr',
    'class D\\E',
  ]);
  expect(named('$x = <<<T\n{$a["b"]}\nT . new \\D\\E;')).toEqual(['class D\\E']);
});

it('declares classes, interfaces, traits, enums and aliases of classes, but no anonymous ones', () => {
  const php = `namespace A;
    final class B extends \\X\\Y {} interface CHook {} trait D {} enum E: string { case F = 'f'; }
    $x = new class extends G {}; $y = B::class; class_alias( B::class, 'OldB' );`;
  expect(classes(php)).toEqual(['A\\B', 'A\\CHook', 'A\\D', 'A\\E', 'OldB']);
  expect(scanPhp(`<?php ${php}`).hooks).toEqual(['C']);
});

it('takes plain names for classes only where there is no namespace, and functions for none', () => {
  expect(
    named('class A extends B implements C, D { function f( X $x ) { return new E( F::g(), \\strlen( 1 ) ); } }'),
  ).toEqual(['B', 'C', 'D', 'E', 'F'].map((name) => `class ${name}`));
  expect(named('namespace N; class A extends B { function f() { return new E( self::g() ); } }')).toEqual([]);
  expect(named('namespace N; use Wikibase\\Lib; $a = new Lib\\Store( Own\\Thing::X );')).toEqual([
    ...['class Wikibase\\Lib', 'class Wikibase\\Lib\\Store'],
  ]);
});

it('reads calls that name what they use', () => {
  const php = `ExtensionRegistry::getInstance()->isLoaded( 'Echo' ); isLoaded( 'no method' );
    $this->markTestSkippedIfExtensionNotLoaded( 'Cite' );
    MediaWikiServices::getInstance()->get( 'A' ); $services->getService( "B" ); $this->getServiceContainer()->get( 'C' );
    $config->get( 'NotAService' ); $hookContainer->run( 'FooBar', [] ); $this->isLoaded( 'Fl' . $ow );
    $wgHooks['Baz'][] = 'f'; $GLOBALS['wgHooks']['Qux'][] = 'g'; $this->hookContainer->register( 'Quux', 1 );
    $registry->register( 'no hook', 1 );
    /** @requires extension Math */`;
  expect(
    named(php)
      .filter((name) => !name.startsWith('class '))
      .sort(),
  ).toEqual([
    ...['handles Baz', 'handles Quux', 'handles Qux', 'loaded Echo', 'needed Cite', 'required Math', 'runs FooBar'],
    ...['service A', 'service B', 'service C'],
  ]);
});

it('reads the keys of a service wiring: names, constants of classes, and none of what is deeper', () => {
  const php = `<?php
    use A\\Db;
    /** @phpcs-require-sorted-array */
    return [
      'First' => static function ( MediaWikiServices $services ): First { return new First( [ 'no' => 1 ] ); },
      Db::SERVICE_NAME => fn () => match ( 1 ) { 1 => 2 },
      'A.Third' => 'f',
    ];`;
  expect(readWiring(scanPhp(php))).toEqual([
    { name: 'First' },
    { constant: 'A\\Db::SERVICE_NAME' },
    { name: 'A.Third' },
  ]);
  expect([
    ...scanPhp("<?php namespace A; class Db { public const string SERVICE_NAME = 'Dbs'; const B = 1; }").constants,
  ]).toEqual([['A\\Db::SERVICE_NAME', 'Dbs']]);
});

it('reads whatever it is given to its end', () => {
  const piece = fc.constantFrom(
    ...[
      '<?php',
      '?>',
      '"',
      "'",
      '`',
      '{$',
      '}',
      '\\',
      '$',
      '<<<X\n',
      'X\n',
      'use ',
      'A\\B',
      ';',
      '/*',
      '*/',
      '#[',
      ']',
      '//',
      '\n',
      'namespace',
      'class',
      '(',
      ')',
      '::',
      '\u0000',
      'é',
    ],
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
      const { tokens } = scanPhp(`<?php ${pieces.join('')}`);
      expect(tokens.ends.every((end, index) => end > (tokens.starts[index] ?? 0))).toBe(true);
    }),
  );
});

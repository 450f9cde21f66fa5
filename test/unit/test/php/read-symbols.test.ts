/** What is read from PHP: definitions by unit, and the names that each unit uses. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadPhpReader } from '../../../../src/test/php/load-grammar.ts';
import type { FileSymbols, Unit } from '../../../../src/test/php/symbols.ts';
import { phpGrammar } from '../../../worlds/php-grammar.ts';

let read: Awaited<ReturnType<typeof loadPhpReader>>;
beforeAll(async () => {
  read = await loadPhpReader(phpGrammar);
});
afterAll(() => read[Symbol.dispose]());

const unit = (file: FileSymbols, name: string): Unit => file.units.find((one) => one.name === name)!;

it('resolves names by namespace, imports, aliases and groups', () => {
  const file = read(`<?php
namespace A\\B;
use X\\{Y, Z as W};
use Foo\\Bar as Baz;
final class C extends Baz implements I, \\J {
  use T;
  public function m( ?Y $p ): W { return new D( W::K ); }
}`);
  expect(file.classes).toMatchObject([
    { name: 'A\\B\\C', kind: 'class', supers: ['foo\\bar', 'a\\b\\i', 'j', 'a\\b\\t'] },
  ]);
  expect(unit(file, 'm')).toMatchObject({ owner: 'A\\B\\C', from: 7, to: 7, names: ['x\\y', 'x\\z', 'a\\b\\d', 'd'] });
});

it('lists calls, and a star where the method or the class is computed', () => {
  const file = read(
    '<?php class C { function m() { $a->b()?->c(); self::d(); } function n() { $a->$b(); } function o() { new $x; } }',
  );
  expect(unit(file, 'm').calls.toSorted()).toEqual(['b', 'c', 'd']);
  expect(unit(file, 'n').calls).toEqual(['*']);
  expect(unit(file, 'o').calls).toEqual(['*']);
});

it('reads strings as classes, as words, and as beginnings of words', () => {
  const file = read(
    `<?php function f() { g( 'Cite\\\\Cite::ref', "echo-$x", 'cite-' . $y, 'Cite.Svc', $wgCite, 'a b  c!' ); }`,
  );
  expect(unit(file, 'f')).toMatchObject({
    names: expect.arrayContaining(['cite\\cite']) as unknown,
    strings: ['echo-*', 'cite-*', 'Cite.Svc', 'wgCite'],
  });
});

it('makes a unit of each service in a wiring file', () => {
  const file = read(`<?php return [
  'Cite.A' => static function ( S $s ): A { return new A( $s->getB() ); },
  'Cite.C' => static fn () => new C,
];`);
  expect(file.units.map((one) => [one.name, one.from])).toEqual([
    ['', 1],
    ['service:Cite.A', 2],
    ['service:Cite.C', 3],
  ]);
  expect(unit(file, 'service:Cite.A').names).toEqual(['s', 'a']);
});

it('takes @covers as a use, and tells lines of comments', () => {
  const file = read(`<?php
/**
 * @covers \\Cite\\Cite
 */
class T {
  // nothing
  function m() { /* in a line */ return 1; }
}`);
  expect(file.units[0]?.names).toEqual(['cite\\cite']);
  expect(file.comments).toEqual([
    [2, 4],
    [6, 6],
  ]);
});

it('keeps methods that are handed to the parser apart', () => {
  const file = read(`<?php class C { function on( $p ) { $p->setHook( 'ref', [ $this, 'handleRef' ] ); } }`);
  expect(unit(file, 'on').deferred).toEqual(['handleref']);
});

it('points at the first place that does not parse', () => {
  expect(read('<?php\nclass C {\n  function m() { return 1 + ; }\n}').error).toMatchObject({ line: 3 });
  expect(read('<?php\n$a = 1\n$b = 2;').error).toBeDefined();
});

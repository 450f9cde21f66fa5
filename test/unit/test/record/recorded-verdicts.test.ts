/** What a recording says of a patch, and when it says nothing. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadPhpReader } from '../../../../src/test/php/load-grammar.ts';
import { bootReader } from '../../../../src/test/record/boot-shapes.ts';
import { cachedResults } from '../../../../src/test/gate/cached-results.ts';
import type { RecordedMap } from '../../../../src/test/record/recorded-map.ts';
import { recordedVerdicts } from '../../../../src/test/record/recorded-verdicts.ts';
import type { ComponentData, WorldFiles } from '../../../../src/test/record/world-files.ts';
import { sha256 } from '../../../../src/kernel/digest.ts';
import { phpGrammar } from '../../../worlds/php-grammar.ts';

let read: Awaited<ReturnType<typeof loadPhpReader>>;
beforeAll(async () => {
  read = await loadPhpReader(phpGrammar);
});
afterAll(() => read[Symbol.dispose]());
const php = () => Promise.resolve(read);

const FILES = {
  'includes/Boot.php':
    '<?php\nclass Boot {\n  public const K = 1;\n  public static function run() {\n    return 1;\n  }\n  public function later( $x ) {\n    return 2;\n  }\n}\n',
  'includes/A.php': '<?php\nclass A {}\n',
  'includes/B.php': '<?php\nclass B {}\n',
  'tests/ATest.php': '<?php\nclass ATest {}\n',
  'tests/BTest.php': '<?php\nclass BTest {}\n',
  'tests/LaterTest.php': '<?php\nclass LaterTest {}\n',
};
type Files = Partial<typeof FILES>;

const DATA: ComponentData = { everywhere: sha256('e'), inside: sha256('i'), shown: sha256('s') };
function world(changed: Files = {}, data = DATA): WorldFiles {
  const files = new Map<string, string>(Object.entries({ ...FILES, ...changed }));
  return {
    oid: (path) => (files.has(path) ? sha256(files.get(path) ?? '') : undefined),
    data: new Map([['', data]]),
    texts: (paths) =>
      Promise.resolve(new Map(paths.flatMap((path) => (files.has(path) ? [[path, files.get(path) ?? '']] : [])))),
  };
}

const TOOK = {
  'tests/ATest.php': ['tests/ATest.php', 'includes/A.php'],
  'tests/BTest.php': ['tests/BTest.php', 'includes/B.php'],
  'tests/LaterTest.php': ['tests/LaterTest.php', 'includes/Boot.php'],
};

async function recordedMap(): Promise<RecordedMap> {
  const here = world();
  const read = await bootReader(here, php)(new Map([['includes/Boot.php', [2, 5, 11]]]));
  const boot = { environment: 'php82', ...read };
  return new Map(
    Object.entries(TOOK).map(([test, files]) => [
      test,
      [{ outcome: 'passed' as const, boot, took: new Map(files.map((file) => [file, here.oid(file) ?? ''])) }],
    ]),
  );
}

/** `ATest BTest?`: tests that are affected; those with a question mark are unknown. */
async function affected(patched: Files, base: WorldFiles = world()): Promise<string[]> {
  const map = await recordedMap();
  const verdicts = await recordedVerdicts(map, { base, patched: world({ ...patched }, base.data.get('')) }, php);
  return Object.keys(TOOK).flatMap((test) => {
    const name = test.replace(/^.*\/|\.php$/g, '');
    const verdict = verdicts.get(test);
    return verdict === undefined ? [`${name}?`] : verdict.length > 0 ? [name] : [];
  });
}

const edited = (path: keyof typeof FILES, from: string, to: string): Files => {
  if (!FILES[path].includes(from)) throw new Error(`${path} has no ${from}`);
  return { [path]: FILES[path].replace(from, to) };
};

it('selects the tests that executed a changed file, and no others', async () => {
  expect(await affected({})).toEqual([]);
  expect(await affected({ 'includes/A.php': '<?php\nclass A { public $x; }\n' })).toEqual(['ATest']);
  expect(await affected({ 'tests/BTest.php': '<?php\n' })).toEqual(['BTest']);
});

it('selects all where a file changed in what runs before any test, or in its shape', async () => {
  const all = ['ATest', 'BTest', 'LaterTest'];
  expect(await affected(edited('includes/Boot.php', 'return 1', 'return 3'))).toEqual(all);
  expect(await affected(edited('includes/Boot.php', 'K = 1', 'K = 2'))).toEqual(all);
  expect(await affected(edited('includes/Boot.php', '( $x )', '( $x, $y )'))).toEqual(all);
});

it('selects who executed it where a body changed that did not run before', async () => {
  expect(await affected(edited('includes/Boot.php', 'return 2', 'return 3'))).toEqual(['LaterTest']);
  expect(await affected(edited('includes/Boot.php', '    return 2;', '\n    // why\n    return 2;'))).toEqual([
    'LaterTest',
  ]);
});

it('says nothing of tests whose files changed since the recording', async () => {
  expect(await affected({}, world({ 'includes/A.php': '<?php\nclass A { public $old; }\n' }))).toEqual(['ATest?']);
  const body = edited('includes/Boot.php', 'return 2', 'return 4');
  expect(await affected(body, world(body))).toEqual(['LaterTest?']);
});

it('says nothing at all where what came before the tests was otherwise', async () => {
  const none = ['ATest?', 'BTest?', 'LaterTest?'];
  const shape = edited('includes/Boot.php', 'K = 1', 'K = 2');
  expect(await affected(shape, world(shape))).toEqual(none);
  expect(await affected({}, world({}, { ...DATA, everywhere: sha256('other') }))).toEqual(none);
  expect(await affected({}, world({}, { ...DATA, inside: sha256('other') }))).toEqual(none);
});

/** `ATest: passed`, or why it has to run. */
async function results(now: WorldFiles, environment = 'php82', map?: RecordedMap): Promise<string[]> {
  const cached = await cachedResults(map ?? (await recordedMap()), { world: now, environment }, php);
  return [...cached].map(([test, { outcome, because }]) => {
    const name = test.replace(/^.*\/|\.php$/g, '');
    return `${name}: ${because === undefined ? outcome : `${because.what} ${because.how}`}`;
  });
}

it('takes a result over where all that the test may have seen is as it was', async () => {
  expect(await results(world())).toEqual(['ATest: passed', 'BTest: passed', 'LaterTest: passed']);
  expect(await results(world({ 'includes/A.php': '<?php\n' }))).toEqual([
    'ATest: includes/A.php changed',
    'BTest: passed',
    'LaterTest: passed',
  ]);
  const body = edited('includes/Boot.php', 'return 2', 'return 4');
  expect(await results(world(body))).toEqual([
    'ATest: passed',
    'BTest: passed',
    'LaterTest: includes/Boot.php changed',
  ]);
});

it('takes none over where something changed that it can not follow', async () => {
  const all = (because: string) => ['ATest', 'BTest', 'LaterTest'].map((name) => `${name}: ${because}`);
  expect(await results(world(), 'php84')).toEqual(all('the runtime is another'));
  const data = 'core has another registration, database or data';
  expect(await results(world({}, { ...DATA, everywhere: sha256('x') }))).toEqual(all(data));
  const other = 'core has other messages, templates, data or files';
  expect(await results(world({}, { ...DATA, inside: sha256('x') }))).toEqual(all(other));
  expect(await results(world({}, { ...DATA, shown: sha256('x') }))).toEqual(all(other));
  const boot = 'includes/Boot.php changed in what runs before any test';
  expect(await results(world(edited('includes/Boot.php', 'K = 1', 'K = 2')))).toEqual(all(boot));
});

it('finds the record that fits, be it not the newest', async () => {
  const [base] = (await recordedMap()).get('tests/ATest.php') ?? [];
  if (base === undefined) throw new Error('no record');
  const patched = { ...base, outcome: 'failed' as const, took: new Map(base.took).set('includes/A.php', 'other') };
  const map = new Map([['tests/ATest.php', [patched, base]]]);
  expect(await results(world(), 'php82', map)).toEqual(['ATest: passed']);
  const neither = world({ 'includes/A.php': '<?php // third\n' });
  expect(await results(neither, 'php82', map)).toEqual(['ATest: includes/A.php changed']);
});

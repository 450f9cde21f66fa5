/** What the output of PHPUnit and of parserTests.php says, however it is cut into chunks. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readJunit } from '../../../src/test/junit.ts';
import type { Shard } from '../../../src/test/plan-shards.ts';
import { lacksExtension, parserResults, phpunitResults, type Progress } from '../../../src/test/shard-results.ts';

const shard: Shard = {
  name: 'Cite unit',
  component: 'extensions/Cite',
  kind: 'unit',
  tests: [{ file: 'tests/phpunit/ATest.php', class: 'N\\ATest' }],
};

const OUTPUT = [
  'Using PHP 8.2',
  `##teamcity[testCount count='3' flowId='1']`,
  `##teamcity[testSuiteStarted name='selected' flowId='1']`,
  String.raw`##teamcity[testSuiteStarted name='N\ATest' locationHint='php_qn:///x/ATest.php::\N\ATest' flowId='1']`,
  String.raw`##teamcity[testSuiteStarted name='testOne' locationHint='php_qn:///x/ATest.php::\N\ATest::testOne' flowId='1']`,
  `##teamcity[testFailed name='testOne with data set "a|'b"' message='Expected |[x|]|n|0x00e9' details=' /srv/mediawiki/includes/X.php:1|n /srv/mediawiki/extensions/Cite/tests/phpunit/ATest.php:12|n' flowId='1']`,
  `##teamcity[testFinished name='testOne with data set "a|'b"' duration='4' flowId='1']`,
  `##teamcity[testSuiteFinished name='testOne' flowId='1']`,
  `##teamcity[testIgnored name='testTwo' message='Extension CLDR is required for this test' details='' flowId='1']`,
  `##teamcity[testFinished name='testTwo' duration='0' flowId='1']`,
  String.raw`##teamcity[testSuiteFinished name='N\ATest' flowId='1']`,
  `##teamcity[testSuiteFinished name='selected' flowId='1']`,
  '',
].join('\n');

it('reads tests, failures with their place, and skips, in whatever chunks they come', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: OUTPUT.length }), { maxLength: 8 }), (cuts) => {
      const seen: Progress[] = [];
      const reader = phpunitResults(shard, (now) => seen.push(now));
      const places = [0, ...cuts.toSorted((a, b) => a - b), OUTPUT.length];
      places.slice(1).forEach((end, index) => reader.write(OUTPUT.slice(places[index], end)));
      expect(reader.read()).toMatchObject({
        tests: 2,
        finished: new Set(['N\\ATest']),
        running: undefined,
        failed: [{ class: 'N\\ATest', message: 'Expected [x]\né', file: 'tests/phpunit/ATest.php', line: 12 }],
        skipped: [{ test: 'testTwo', because: 'Extension CLDR is required for this test' }],
      });
      expect(seen.at(-1)).toEqual({ done: 2, tests: 3 });
    }),
  );
});

it('knows which class was running when the output ends', () => {
  const reader = phpunitResults(shard, () => undefined);
  reader.write(OUTPUT.slice(0, OUTPUT.indexOf('##teamcity[testFailed')));
  expect(reader.read()).toMatchObject({ running: 'N\\ATest', finished: new Set() });
});

it('blames a crash on the class that was running, or on that of the file, and goes on after it', () => {
  const seen: Progress[] = [];
  const crash = (message: string): string =>
    `\n##teamcity[mwpipeCrashed file='/srv/mediawiki/extensions/Cite/tests/phpunit/ATest.php' message='${message}']\n`;
  const failed = (message: string) => ({
    class: 'N\\ATest',
    test: '(PHP ended)',
    file: 'tests/phpunit/ATest.php',
    message,
  });
  const reader = phpunitResults(shard, (now) => seen.push(now));
  reader.write(OUTPUT.slice(0, OUTPUT.indexOf('##teamcity[testFailed')) + crash('killed by signal 11'));
  expect(reader.read()).toMatchObject({ running: undefined, failed: [failed('killed by signal 11')] });
  reader.write(crash('ended before its tests did, with 2') + OUTPUT);
  expect(reader.read()).toMatchObject({ tests: 2, finished: new Set(['N\\ATest']) });
  expect(reader.read().failed).toHaveLength(3);
  expect(seen.at(-1)).toEqual({ done: 2, tests: 6 });
});

it('tells a test that lacks an extension from one that skips for another reason', () => {
  const skipped = { component: 'c', class: 'c', test: 't' };
  expect(lacksExtension({ ...skipped, because: 'Extension CLDR is required for this test' })).toBe(true);
  expect(lacksExtension({ ...skipped, because: 'WikibaseClient is not installed. Skipping tests.' })).toBe(true);
  expect(lacksExtension({ ...skipped, because: 'The script only works on MySQL' })).toBe(false);
});

it('reads parser tests file by file', () => {
  const parser: Shard = {
    ...shard,
    kind: 'parser',
    tests: [{ file: 'tests/parser/a.txt', class: 'tests/parser/a.txt' }],
  };
  const reader = parserResults(parser, () => undefined);
  reader.write(
    'Running parser tests from "extensions/Cite/tests/parser/a.txt"...\nRunning test One [legacy]... PASSED\n',
  );
  reader.write('Running test Two... FAILED!\n--- x\nRunning test Three... SKIPPED\n');
  expect(reader.read().running).toBe('tests/parser/a.txt');
  reader.write('Passed 1 of 2 tests (50%), skipped 1...\n');
  expect(reader.read()).toMatchObject({
    tests: 3,
    failed: [{ class: 'tests/parser/a.txt', test: 'Two' }],
    skipped: [{ test: 'Three' }],
    running: undefined,
  });
});

it('counts the tests of a JUnit file, and takes a cut one for none', () => {
  const xml = `<?xml version="1.0"?><testsuites><testsuite name="s"><testcase name="a" class="N\\A" assertions="2" time="1"/>
    <testcase name="b" class="N\\A" assertions="1"><failure>x</failure></testcase><testcase name="c" class="N\\B" assertions="0"><skipped/></testcase></testsuite></testsuites>`;
  expect(readJunit(xml)).toEqual({
    tests: 3,
    assertions: 3,
    failed: 1,
    skipped: 1,
    classes: new Map([
      ['N\\A', 2],
      ['N\\B', 1],
    ]),
  });
  expect(readJunit(xml.slice(0, 200))).toBeUndefined();
  expect(readJunit('')).toBeUndefined();
});

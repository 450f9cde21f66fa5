/** `mwpipe test --changed` in real checkouts of the real world: what is selected, what runs, whose failures it says. */
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { checkoutRoot } from '../../src/cli/checkout.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import type { FailedTest, TestPlan, TestReport } from '../../src/test/index.ts';
import { readJunit } from '../../src/test/junit.ts';
import { cacheWithoutMaps } from '../worlds/cache-without-maps.ts';
import { runCommand } from '../worlds/command.ts';
import { ensureWorld, worldCheckout, type World } from '../worlds/mediawiki/index.ts';
import { breakCiteClass, changeCiteClass, changeEchoModel } from '../worlds/patches/index.ts';

const cache = process.env['MWPIPE_CACHE'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'mwpipe');
const program = join(import.meta.dirname, '../../src/cli/mwpipe.ts');

let folder: string;
let world: World;
/** A cache without maps: those of this machine would choose other tests. */
let unrecorded: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mwpipe-test-e2e-'));
  const made = await ensureWorld({
    cache,
    context: { signal: new AbortController().signal, clock: systemClock, emit: () => undefined },
  });
  if (!made.ok) throw new Error(made.diagnostics[0].message);
  world = made.value;
  unrecorded = await cacheWithoutMaps(cache, folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A fresh checkout of the commit that the demo's lock has. */
async function checkout(name: string): Promise<string> {
  const into = join(await mkdtemp(join(folder, 'src-')), name);
  await worldCheckout(world, { component: `extensions/${name}`, branch: 'wmf/1.43.0-wmf.1', into });
  return into;
}

interface Ended {
  readonly exit: number;
  readonly plan: TestPlan;
  readonly report: TestReport;
  readonly diagnostics: readonly { code: string; at?: { file: string; line: number; column: number } }[];
}

async function mwpipe(cwd: string, ...args: string[]): Promise<Ended> {
  return mwpipeWith({ MWPIPE_CACHE: unrecorded }, cwd, ...args);
}

async function mwpipeWith(env: Record<string, string>, cwd: string, ...args: string[]): Promise<Ended> {
  const { code, stdout, stderr } = await runCommand([process.execPath, program, '--json', ...args], { cwd, env });
  const result = JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}') as { value?: object; diagnostics?: unknown };
  if (result.value === undefined && result.diagnostics === undefined) throw new Error(stdout + stderr);
  return { exit: code, diagnostics: result.diagnostics, ...result.value } as Ended;
}

const nameOf = (one: FailedTest): string => `${one.class}::${one.test}`;
const componentsOf = (plan: TestPlan): string[] => [...new Set(plan.selected.map(({ component }) => component))];
const failing = (tests: readonly FailedTest[]): string[] => tests.map((one) => one.class.replace(/^.*\\/, ''));

it('runs a strict part of an extension’s tests for a change of one class, and says why each', async () => {
  const cite = await checkout('Cite');
  await changeCiteClass(cite);
  const { exit, plan, report } = await mwpipe(cite, 'test', '--changed');
  expect(exit).toBe(0);
  expect(componentsOf(plan)).toEqual(['extensions/Cite']);
  expect(plan.selected.length).toBeGreaterThan(3);
  expect(plan.notRun['extensions/Cite']).toBeGreaterThan(3);
  expect(plan.selected.every(({ because }) => because[0]?.what === 'Cite\\Validator::validateref')).toBe(true);
  const parserFiles = plan.parserTests.flatMap(({ component, files }) => files.map((file) => `${component}/${file}`));
  // Poem's wikitext has a <ref> in it.
  expect(parserFiles).toContain('extensions/Poem/tests/parser/parserTests.txt');
  expect(report).toMatchObject({ failed: [], silent: [], classes: plan.selected.length + parserFiles.length });
  const junit = report.shards.flatMap((shard) => shard.junit);
  const totals = await Promise.all(junit.map(async (file) => readJunit(await readFile(file, 'utf8'))));
  expect(totals.map((one) => one?.tests ?? 0).every((tests) => tests > 10)).toBe(true);
});

it('runs tests of a second component that builds on the changed one', async () => {
  const echo = await checkout('Echo');
  await changeEchoModel(echo);
  const { exit, plan, report } = await mwpipe(echo, 'test', '--changed');
  expect(exit).toBe(0);
  expect(componentsOf(plan)).toEqual(['extensions/Echo', 'extensions/Thanks']);
  expect(report.shards.map(({ name }) => name).toSorted()).toEqual(['Echo integration', 'Thanks integration']);
  expect(report.tests).toBeGreaterThan(200);
});

it('fails for what the patch broke, and only for that', async () => {
  const cite = await checkout('Cite');
  const test = join(cite, 'tests/phpunit/integration/BrokenBeforeTest.php');
  await writeFile(test, brokenBefore);
  await git(cite, 'add', '--all');
  await git(cite, 'commit', '--quiet', '--message', 'a test that fails here before any patch');
  await breakCiteClass(cite);
  const { exit, report } = await mwpipe(cite, 'test', '--changed', '--base', 'HEAD');
  expect(exit).toBe(1);
  expect(failing(report.failed)).toContain('ValidatorTest');
  expect(report.failed.find(({ class: name }) => name.endsWith('ValidatorTest'))).toMatchObject({
    file: 'tests/phpunit/integration/ValidatorTest.php',
    line: expect.any(Number) as number,
  });
  expect(failing(report.failed)).not.toContain('BrokenBeforeTest');
  expect(failing(report.notYours)).toEqual(['BrokenBeforeTest']);
});

it('does a run again from the folder that it left, whatever became of the checkout', async () => {
  const cite = await checkout('Cite');
  await breakCiteClass(cite);
  await rm(join(cite, 'CODE_OF_CONDUCT.md'));
  const { report } = await mwpipe(cite, 'test', '--changed');
  expect(failing(report.failed)).toContain('ValidatorTest');
  const copied = join(folder, 'copied');
  await cp(report.folder, copied, { recursive: true });
  await rm(cite, { recursive: true });
  const replay = (...args: string[]) => mwpipe(checkoutRoot, 'test', '--replay', ...args);
  const again = await replay(copied);
  expect(again.exit).toBe(1);
  expect(again.report.failed.map(nameOf).toSorted()).toEqual(report.failed.map(nameOf).toSorted());
  const [first] = report.shards.filter(({ failed }) => failed === 0);
  const one = await replay(report.run, '--shard', first?.name ?? '');
  expect(one).toMatchObject({ exit: 0, report: { shards: [{ name: first?.name, tests: first?.tests }] } });

  expect(await replay('nowhere')).toMatchObject({ exit: 2, diagnostics: [{ code: 'test/no-such-run' }] });
  expect(await replay(copied, '--shard', 'x')).toMatchObject({ diagnostics: [{ code: 'test/no-such-shard' }] });
  const document = join(copied, 'run.json');
  const text = await readFile(document, 'utf8');
  for (const broken of ['', '{', text.slice(0, 200), text.replace('"src/Validator.php"', '"../../../etc/passwd"')]) {
    await writeFile(document, broken);
    expect(await replay(copied)).toMatchObject({ exit: 2, diagnostics: [{ code: 'test/broken-run' }] });
  }
});

it('names the class that takes PHP down with it, and still runs those after it', async () => {
  const cite = await checkout('Cite');
  const unit = join(cite, 'tests/phpunit/unit');
  await mkdir(unit, { recursive: true });
  await writeFile(join(unit, 'AaExitTest.php'), exitsQuietly);
  await writeFile(join(unit, 'AbAfterTest.php'), exitsQuietly.replace('AaExit', 'AbAfter').replace('exit( 0 );', ''));
  const { exit, report } = await mwpipe(cite, 'test', '--changed');
  expect(exit).toBe(1);
  expect(failing(report.failed)).toEqual(['AaExitTest']);
  expect(report).toMatchObject({ classes: 2, passed: 2, silent: [] });
});

it('gives each test file a process, a database and caches that no other has touched', async () => {
  const cite = await checkout('Cite');
  const integration = join(cite, 'tests/phpunit/integration');
  await writeFile(join(integration, 'AaLeavesTest.php'), leavesBehind('AaLeavesTest'));
  await writeFile(join(integration, 'AbLeavesTest.php'), leavesBehind('AbLeavesTest'));
  const { exit, report } = await mwpipe(cite, 'test', '--changed');
  expect(report).toMatchObject({ failed: [], silent: [], classes: 2, passed: 4 });
  expect(exit).toBe(0);
});

it('follows a patch by what the tests executed when they were recorded', async () => {
  const own = { MWPIPE_CACHE: await cacheWithoutMaps(cache, folder) };
  const cite = await checkout('Cite');
  await changeCiteClass(cite);
  await git(cite, 'commit', '--all', '--quiet', '--message', 'what is recorded');
  const all = (await mwpipeWith(own, cite, 'test', '--changed', '--base', 'HEAD~1', '--record')).report;
  expect(all).toMatchObject({ failed: [], silent: [] });

  const file = join(cite, 'src/Validator.php');
  await writeFile(file, (await readFile(file, 'utf8')).replace(/(function validateRef\([^{]*\{)/, '$1\n\t\t$x = 1;'));
  const { plan } = await mwpipeWith(own, cite, 'test', '--changed', '--base', 'HEAD', '--dry-run');
  const { plan: traced } = await mwpipe(cite, 'test', '--changed', '--base', 'HEAD', '--dry-run');
  expect(plan.recorded).toBeGreaterThan(10);
  expect(traced.recorded).toBe(0);
  expect(plan.selected.length).toBeLessThan(traced.selected.length);
  const of = (name: string) => plan.selected.find((one) => one.class.endsWith(name))?.because;
  expect(of('ValidatorTest')).toEqual([
    { what: 'extensions/Cite/src/Validator.php', how: 'changed' },
    { what: 'extensions/Cite/tests/phpunit/integration/ValidatorTest.php', how: 'executed it when it was recorded' },
  ]);
  expect(of('ErrorReporterTest')).toBeUndefined();
});

it('runs a test of core that a patch changed in a wiki without extensions, and all of the set for its code', async () => {
  const core = join(await mkdtemp(join(folder, 'src-')), 'core');
  await worldCheckout(world, { component: 'core', branch: 'wmf/1.43.0-wmf.1', into: core });
  const test = join(core, 'tests/phpunit/integration/includes/NewTest.php');
  await writeFile(test, loadsNothing);
  const { exit, report } = await mwpipe(core, 'test', '--changed');
  expect(report).toMatchObject({ classes: 1, passed: 2, failed: [], shards: [{ name: 'core integration' }] });
  expect(exit).toBe(0);
  await writeFile(join(core, 'includes/Html/Html.php'), '<?php // gone\n');
  const { plan } = await mwpipe(core, 'test', '--changed', '--dry-run');
  expect(plan.selected).toHaveLength(plan.total);
  expect(plan.total).toBeGreaterThan(1000);
  expect(plan.wider).toEqual(['includes/Html/Html.php: core is under everything']);
});

it('has nothing to run for documentation, and for no change', async () => {
  const cite = await checkout('Cite');
  expect(await mwpipe(cite, 'test', '--changed')).toMatchObject({ exit: 0, plan: { selected: [] } });
  await writeFile(join(cite, 'README.md'), '# Cite\n');
  expect(await mwpipe(cite, 'test', '--changed')).toMatchObject({
    exit: 0,
    plan: { selected: [], unseen: [{ path: 'README.md', because: 'documentation' }] },
  });
});

it('stops before anything runs at PHP or JSON that does not parse, and says where', async () => {
  const cite = await checkout('Cite');
  await writeFile(join(cite, 'src/Cite.php'), '<?php\nclass Cite {\n\tfunction ref( {\n}\n');
  await writeFile(join(cite, 'extension.json'), '{\n\t"name": "Cite",\n\t"Hooks": {,\n}');
  const { exit, diagnostics } = await mwpipe(cite, 'test', '--changed');
  expect(exit).toBe(2);
  expect(diagnostics).toMatchObject([
    { code: 'test/php-syntax', at: { file: join(cite, 'src/Cite.php'), line: 3 } },
    { code: 'test/broken-registration', at: { file: join(cite, 'extension.json'), line: 3 } },
  ]);
});

it('refuses a folder that is no checkout of the set, with a hint', async () => {
  const stranger = await mkdtemp(join(folder, 'stranger-'));
  expect(await mwpipe(stranger, 'test')).toMatchObject({ exit: 2, diagnostics: [{ code: 'git/not-a-repo' }] });
  await git(stranger, 'init', '--quiet');
  await writeFile(join(stranger, 'extension.json'), '{"name":"Citte"}');
  expect(await mwpipe(stranger, 'test')).toMatchObject({
    exit: 2,
    diagnostics: [{ code: 'test/unknown-component', hint: expect.stringContaining('did you mean Cite?') as string }],
  });
});

it('explains the way from a changed line to a test', async () => {
  const cite = await checkout('Cite');
  await changeCiteClass(cite);
  const explain = (test: string) =>
    runCommand([process.execPath, program, 'test', 'explain', test], {
      cwd: cite,
      env: { MWPIPE_CACHE: unrecorded },
    }).then(({ stdout }) => stdout);
  expect(await explain('ValidatorTest')).toMatch(/ValidatorTest is selected[\s\S]*Validator::validateref changed/);
  expect(await explain('ReferenceListFormatterTest')).toContain('is not selected');
});

async function git(cwd: string, ...args: string[]): Promise<void> {
  const done = await runCommand(['git', ...args], { cwd });
  if (done.code !== 0) throw new Error(done.stderr);
}

const brokenBefore = `<?php
namespace Cite\\Tests\\Integration;
/** @covers \\Cite\\Validator */
class BrokenBeforeTest extends \\MediaWikiIntegrationTestCase {
	public function testNothing() {
		$this->assertTrue( false );
	}
}
`;

const exitsQuietly = `<?php
namespace Cite\\Tests\\Unit;
/** @covers \\Cite\\Validator */
class AaExitTest extends \\MediaWikiUnitTestCase {
	public function testExits() {
		exit( 0 );
		$this->assertTrue( true );
	}
}
`;

const leavesBehind = (name: string): string => `<?php
namespace Cite\\Tests\\Integration;
use MediaWiki\\MediaWikiServices;
/** @covers \\Cite\\Validator */
class ${name} extends \\MediaWikiIntegrationTestCase {
	public function testIsAlone() {
		global $wgLeftByAnother;
		$this->assertNull( $wgLeftByAnother );
		$wgLeftByAnother = true;
		$cache = MediaWikiServices::getInstance()->getMainConfig()->get( 'CacheDirectory' );
		$this->assertFileDoesNotExist( "$cache/left" );
		touch( "$cache/left" );
		$database = new \\PDO( 'sqlite:/srv/data/testwiki.sqlite' );
		$tables = $database->query( "SELECT name FROM sqlite_master WHERE name = 'left_behind'" )->fetchAll();
		$this->assertSame( [], $tables );
		$database->exec( 'CREATE TABLE left_behind ( id INTEGER )' );
	}
}
`;

const loadsNothing = `<?php
/** @coversNothing */
class NewTest extends \\MediaWikiIntegrationTestCase {
	public function testHasNoExtensions() {
		$this->assertSame( [], \\MediaWiki\\Registration\\ExtensionRegistry::getInstance()->getAllThings() );
	}
}
`;

// needs: docker, the world
/** Real PHP and real MediaWiki judge a bundle: what it does wrong is said with its place, and hurts one wiki alone. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { dockerEngine } from '../../src/adapters/docker/engine.ts';
import { dockerRunner } from '../../src/adapters/docker/runner.ts';
import { checkBundle, diffConfig, effectiveValue, type CheckTools } from '../../src/config/index.ts';
import type { Diagnostic } from '../../src/kernel/diagnostic.ts';
import { diffEffective } from '../../src/config/check/diff-effective.ts';
import { testContext } from '../worlds/context.ts';
import { demoImage } from '../worlds/docker/demo-image.ts';
import { overlayWorld, valueOf } from '../worlds/overlays.ts';

let image: string;
let tools: CheckTools;
beforeAll(async () => {
  image = await demoImage();
  tools = { runner: dockerRunner(dockerEngine()), cache: await mkdtemp(join(tmpdir(), 'mwpipe-check-')) };
}, 900_000);
afterAll(() => rm(tools.cache, { recursive: true, force: true }));

async function composed(yaml: string, php: string) {
  await using world = await overlayWorld({ 'demo/settings.yaml': yaml, 'demo/CommonSettings.php': php });
  return valueOf(await world.compose('demo'));
}

const check = async (yaml: string, php: string) =>
  checkBundle({ bundle: await composed(yaml, php), image }, tools, testContext());

function said({ code, message, at }: Diagnostic): string {
  return `${code} ${at === undefined ? '-' : `${String(at.line)}:${String(at.column)}`} ${message}`;
}

/** Each on a line of its own, for a wiki of its own, from line 3 on. */
const HOSTILE: readonly (readonly [wiki: string, php: string, said: RegExp])[] = [
  ['throws', "throw new DomainException( 'boom' );", /^config\/php-fatal 3:\d+ DomainException: boom on throws$/],
  [
    'fatal',
    'nosuchfunction();',
    /^config\/php-fatal 4:\d+ Error: Call to undefined function nosuchfunction\(\) on fatal$/,
  ],
  [
    'notices',
    'for ( $i = 0; $i < 2e5; $i++ ) { $wgA = $nothing; }',
    /^config\/php-notice 5:\d+ Undefined variable \$nothing, 200000 times on notices$/,
  ],
  ['loops', 'for ( ;; );', /^config\/php-too-long 6:\d+ is still busy here when its time is up on loops$/],
  [
    'eats',
    '$a = []; while ( true ) { $a[] = str_repeat( "x", 5e7 ); }',
    /^config\/php-fatal 7:\d+ Allowed memory size of \d+ bytes exhausted.* on eats$/,
  ],
  ['prints', 'echo "hello";', /^config\/php-prints 8:\d+ prints "hello" on prints$/],
  ['exits', 'exit( 0 );', /^config\/php-exits 9:\d+ ends the script before all settings are read on exits$/],
  ['forks', 'if ( pcntl_fork() === 0 ) { sleep( 60 ); }', /^config\/php-process - leaves a process behind on forks$/],
  [
    'handles',
    'set_error_handler( static fn () => true );',
    /^config\/php-handler 11:\d+ sets an error handler: .* on handles$/,
  ],
  [
    'reaches',
    'file_get_contents( "http://198.51.100.1/" );',
    /^config\/php-notice 12:\d+ file_get_contents\(http:.* on reaches$/,
  ],
  [
    'reads',
    'require "/srv/private/PrivateSettings.php";',
    /^config\/php-notice 13:\d+ require\(\/srv\/private.* on reads$/,
  ],
  [
    'writes',
    'file_put_contents( "/srv/mediawiki/x.php", "" );',
    /^config\/php-notice 14:\d+ file_put_contents\(\/srv\/mediawiki.* on writes$/,
  ],
  ['killed', 'posix_kill( getmypid(), 9 );', /^config\/php-fatal - PHP died on killed$/],
  ['lacks', "wfLoadExtension( 'Echoo' );", /^config\/php-fatal 16:\d+ .*Echoo.* on lacks$/],
  [
    'recurses',
    '$f = static function () use ( &$f ) { $f(); }; $f();',
    /^config\/php-fatal 17:\d+ Allowed memory size.* on recurses$/,
  ],
];

it('finds whatever bad PHP does, where it does it, and evaluates the other wikis', async () => {
  const lines = HOSTILE.map(([wiki, php]) => `if ( MWPIPE_WIKI === '${wiki}' ) { ${php} }`);
  const yaml = `wgSitename: { default: Good, ${HOSTILE.map(([wiki]) => `${wiki}: Bad`).join(', ')} }\n`;
  const outcome = await check(yaml, `<?php\n\n${lines.join('\n')}\n`);
  const found = (outcome.ok ? [] : outcome.diagnostics).map(said);
  for (const [, , expected] of HOSTILE) expect(found).toContainEqual(expect.stringMatching(expected));
  expect(found.filter((one) => / on wiki\b/.test(one))).toEqual([]);
}, 120_000);

it.each([
  ['chance', '$wgSitename = uniqid( "r" );'],
  ['the time', '$wgSitename = "It is " . time();'],
])('finds settings that depend on %s', async (_what, php) => {
  const outcome = await check('', `<?php\n${php}\n`);
  expect((outcome.ok ? [] : outcome.diagnostics).map(said)).toEqual([
    expect.stringMatching(/^config\/unsteady - .*wgSitename.* of wiki came out differently/),
  ]);
});

it('compiles all files at once, and says each mistake', async () => {
  await using world = await overlayWorld({
    'demo/CommonSettings.php': '<?php\nfunction twice() {}\nfunction twice() {}\n',
    'demo/a.php': '<?php\nbreak;\n',
    'demo/b.php': '<?php\n$x = [ 1, ;\n',
    'demo/c.php': '<?php\nfunction shared() {}\n',
    'demo/d.php': '<?php\nfunction shared() {}\n',
  });
  const outcome = await checkBundle({ bundle: valueOf(await world.compose('demo')), image }, tools, testContext());
  const found = outcome.ok ? [] : outcome.diagnostics.map(said);
  expect(found.sort()).toEqual([
    expect.stringMatching(/^config\/php-fatal 2:\d+ 'break' not in the 'loop' or 'switch' context$/),
    expect.stringMatching(/^config\/php-fatal 3:\d+ Cannot redeclare twice\(\)/),
    expect.stringMatching(/^config\/php-syntax 2:11 syntax error, unexpected token ";"/),
  ]);
});

it('refuses wrong types with what was expected, and warns of what is deprecated or unknown', async () => {
  const wrong = await check('wgJobRunRate: { default: 1 }\nwgGroupPermissions: { default: yes please }\n', '<?php');
  expect(wrong.ok ? [] : wrong.diagnostics.map(said)).toEqual([
    expect.stringMatching(/^config\/wrong-type 2:\d+ wgGroupPermissions is a text \("yes please"\); expected/),
  ]);
  const good = await check('wgSiteName: { default: X }\n', "<?php\ntrigger_error( 'old', E_USER_DEPRECATED );\n");
  expect(valueOf(good).warnings.map(said)).toEqual([
    expect.stringMatching(/^config\/php-notice 2:\d+ old$/),
    expect.stringMatching(/^config\/unknown-setting 1:\d+ nothing declares wgSiteName$/),
  ]);
});

it('warns of files that settings leave behind, whatever time they give them', async () => {
  const php = "<?php\nfile_put_contents( '/tmp/left', 'x' );\ntouch( '/tmp/left', 1 );\n";
  const found = valueOf(await check('', php)).warnings.map(said);
  expect(found).toEqual([expect.stringMatching(/\/tmp\/left/)]);
});

it('shows settings of PHP by path, and remembers what an image said', async () => {
  const before = await composed('wgSitename: { default: X, onewiki: Y }\n', "<?php\nwfLoadExtension( 'Cite' );\n");
  const php = "<?php\nwfLoadExtension( 'Cite' );\n$wgGroupPermissions['user']['edit'] = false;\n";
  const after = await composed('wgSitename: { default: X, onewiki: Z }\n', php);
  const wish = {
    after: { label: 'work', bundle: after },
    images: [{ image, slots: ['blue'], before: { label: 'live', bundle: before } }],
  };
  const diff = valueOf(await diffConfig(wish, tools, testContext()));
  expect(diff.images[0]?.changes).toEqual([
    { setting: 'wgGroupPermissions', path: ['user', 'edit'], before: true, after: false, wikis: ['onewiki', 'wiki'] },
    // MediaWiki makes it of the site's name.
    expect.objectContaining({ setting: 'wgMetaNamespace', path: [], before: 'Y', after: 'Z', wikis: ['onewiki'] }),
    expect.objectContaining({ setting: 'wgSitename', path: [], before: 'Y', after: 'Z', wikis: ['onewiki'] }),
  ]);
  const unable = { runner: { run: () => Promise.reject(new Error('asked again')) }, cache: tools.cache };
  expect(valueOf(await diffConfig(wish, unable, testContext()))).toEqual(diff);
  const { effective } = valueOf(await checkBundle({ bundle: after, image }, unable, testContext()));
  expect(effectiveValue(effective, 'wgSitename', 'onewiki')).toBe('Z');
});

it('gives each of many wikis what it would have alone, where no PHP of overlays is asked', async () => {
  const names = Array.from({ length: 60 }, (_, index) => `w${String(index).padStart(2, '0')}`);
  const wikis = names.map(
    (name, index) =>
      `  ${name}: { hosts: [${name}.test], language: ${index % 3 === 0 ? 'de' : 'en'}, tags: [g${index % 5}] }\n`,
  );
  const settings = [
    `wgSitename: { default: Shared, ${names.map((name) => `${name}: "Wiki ${name}"`).join(', ')} }`,
    '+wgGroupPermissions: { default: { user: { edit: false } }, +g1: { sysop: { delete: false } } }',
    'wgExtraNamespaces: { w07: { 100: Portal } }',
    'wgMetaNamespace: { g2: Project_of_two }',
    '+wgDefaultUserOptions: { g3: { rows: 5 } }',
    'wgSharedDB: { g4: w00 }',
  ];
  const farm = {
    'demo/wikis.yaml': `wikis:\n${wikis.join('')}`,
    'demo/settings.yaml': `${settings.join('\n')}\n`,
  };
  const effective = async (files: Readonly<Record<string, string>>) => {
    await using world = await overlayWorld(files);
    const bundle = valueOf(await world.compose('demo'));
    return valueOf(await checkBundle({ bundle, image }, tools, testContext())).effective;
  };
  const together = await effective(farm);
  const alone = await effective({ ...farm, 'demo/CommonSettings.php': '<?php\n' });
  expect(diffEffective(alone, together)).toEqual({ changes: [], added: [], removed: [] });
  expect(effectiveValue(together, 'wgMetaNamespace', 'w01')).toBe('Wiki_w01');
  expect(effectiveValue(together, 'wgServer', 'w59')).toMatch(/w59\.test/);
});

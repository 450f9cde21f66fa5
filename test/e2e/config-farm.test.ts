// needs: docker, the world
/** A farm of real MediaWiki: one container, one bundle, and each wiki its own by the host name that is asked for. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeBundle, packBundle } from '../../src/config/bundle/bundle.ts';
import { testContext } from '../worlds/context.ts';
import { valueOf } from '../worlds/overlays.ts';
import { farmWorld, SITEINFO, type FarmWorld } from '../worlds/docker/farm-world.ts';

let farm: FarmWorld;
beforeAll(async () => (farm = await farmWorld()), 1_200_000);
afterAll(() => farm[Symbol.asyncDispose]());

interface Siteinfo {
  readonly sitename: string;
  readonly lang: string;
  readonly wikiid: string;
  readonly server: string;
  readonly rights: string;
}

async function siteinfo(host: string): Promise<Siteinfo> {
  const { status, text } = await farm.get(host);
  if (status !== 200 || !text.includes('"general"')) throw new Error(`${String(status)}: ${text}`);
  const { query } = JSON.parse(text) as { query: { general: Siteinfo; rightsinfo: { text: string } } };
  const { sitename, lang, wikiid, server } = query.general;
  return { sitename, lang, wikiid, server, rights: query.rightsinfo.text };
}

it('gives each host its own wiki: values by tag, language, address, and what PHP makes of its tags', async () => {
  expect(await siteinfo('de.farm.test')).toEqual({
    sitename: 'Wikipedia (de)',
    lang: 'de',
    wikiid: 'dewiki',
    server: 'http://de.farm.test:8080',
    rights: 'nobody, an encyclopedia',
  });
  expect(await siteinfo('en.farm.test')).toEqual({
    sitename: 'Nachrichten',
    lang: 'en',
    wikiid: 'enwikinews',
    server: 'http://en.farm.test:8080',
    rights: 'all',
  });
});

it('ignores the port, a dot at the end and the case of a host, and says which wiki answered', async () => {
  for (const host of ['de.farm.test:8080', 'DE.Farm.Test', 'de.farm.test.', 'farm.test:1']) {
    const { status, headers } = await farm.get(host);
    expect([host, status, headers['x-mwpipe-wiki']]).toEqual([host, 200, 'dewiki']);
  }
});

it.each(['nobody.test', '127.0.0.1', 'de.farm.test.evil', '<script>'])('has no wiki for %s: 404', async (host) => {
  const { status, headers, text } = await farm.get(host, '/wiki/Main_Page');
  expect([status, headers['content-type']]).toEqual([404, 'text/plain; charset=utf-8']);
  expect(text).toMatch(/^No wiki answers to [a-z0-9.?:_-]+\.\n$/);
});

it('leaves a wiki of another MediaWiki to who has that', async () => {
  const { status, text } = await farm.get('old.farm.test');
  expect([status, text]).toEqual([503, `oldwiki has MediaWiki 1.39.17, and this instance is ${farm.version}.\n`]);
});

it('runs a script for the wiki that --wiki names, and for no other', async () => {
  const settings =
    'php maintenance/run.php getConfiguration --format json --settings "wgDBname wgLanguageCode wgSitename" --wiki';
  expect(JSON.parse((await farm.shell(`${settings} dewiki`)).text)).toEqual({
    wgDBname: 'dewiki',
    wgLanguageCode: 'de',
    wgSitename: 'Wikipedia (de)',
  });
  expect(await farm.shell('php maintenance/run.php showSiteStats')).toMatchObject({ exitCode: 1 });
  expect((await farm.shell('php maintenance/run.php showSiteStats')).text).toContain('say which, with --wiki=NAME');
  expect((await farm.shell('php maintenance/run.php showSiteStats --wiki dewki')).text).toContain(
    'There is no wiki dewki',
  );
  expect((await farm.shell('php maintenance/run.php showSiteStats --wiki oldwiki')).text).toContain('1.39.17');
});

it('tells MediaWiki of its neighbours, and adds to its own values', async () => {
  const php = `echo json_encode( [ MediaWiki\\WikiMap\\WikiMap::getWiki( "enwikinews" )->getCanonicalUrl( "A" ),
    MediaWiki\\WikiMap\\WikiMap::getWikiFromUrl( "http://en.farm.test:8080/x" ), $wgLocalDatabases,
    array_slice( $wgFileExtensions, 0, 2 ), $wgGroupPermissions["reviewer"] ?? [], $wgGroupPermissions["sysop"]["delete"] ] );`.replaceAll(
    /\n */g,
    ' ',
  );
  const evaluated = async (wiki: string) => {
    const said = await farm.shell(`printf %s "$PHP" | php maintenance/run.php eval --wiki ${wiki}`, { PHP: php });
    return JSON.parse(/^\[.*\]$/m.exec(said.text)?.[0] ?? JSON.stringify(said.text)) as unknown;
  };
  const link = 'http://en.farm.test:8080/wiki/A';
  const all = ['dewiki', 'enwikinews', 'oldwiki'];
  expect(await evaluated('dewiki')).toEqual([link, 'enwikinews', all, ['xcf', 'png'], [], true]);
  expect(await evaluated('enwikinews')).toEqual([link, 'enwikinews', all, ['png', 'gif'], { patrol: true }, true]);
});

it('reads a secret from the target alone, and refuses to go on without it', async () => {
  await farm.overlays.write('farm/settings.yaml', 'wmgRights: { default: { $secret: rights } }\n');
  await farm.push();
  const missing = await farm.get('en.farm.test');
  expect([missing.status, missing.text]).toEqual([503, 'This instance lacks a secret; its log says which.\n']);
  await farm.secret('rights', 'hush', '644');
  expect((await farm.get('en.farm.test')).status).toBe(503);
  await farm.secret('rights', 'hush', '600');
  expect((await siteinfo('en.farm.test')).rights).toBe('hush');
  const log = String(await farm.target.instance.logs({ stdout: true, stderr: true }));
  expect(log).toContain('the secret rights is missing');
  expect(log).toContain('the secret rights may be read by everybody');
  expect(log).not.toContain('hush');
  const kept = await farm.target.exec('home', ['grep', '-rl', 'hush', '/srv/overlay']);
  expect(kept.stdout).toBe('');
});

it('goes without a secret that is not required', async () => {
  await farm.overlays.write('farm/settings.yaml', 'wmgRights: { default: { $secret: none, required: false } }\n');
  await farm.push();
  expect((await farm.get('en.farm.test', SITEINFO)).status).toBe(200);
  expect((await siteinfo('en.farm.test')).rights).toBe('');
});

it('still serves a bundle of the form before this one, where the environment names the wiki', async () => {
  const php = `<?php
( static function () {
	$settings = require __DIR__ . '/settings.php';
	foreach ( ( $settings['wikis'][MWPIPE_WIKI] ?? [] ) + $settings['default'] as $name => $value ) {
		$GLOBALS[$name] = $value;
	}
} )();
header( "X-Sitename: $wgSitename of " . MWPIPE_WIKI );
`;
  const values =
    "<?php return [ 'default' => [ 'wgSitename' => 'x' ], 'wikis' => [ 'demowiki' => [ 'wgSitename' => 'Old' ] ] ];";
  const old = makeBundle({
    overlays: ['demo'],
    files: new Map([
      ['LocalSettings.php', Buffer.from(php)],
      ['settings.php', Buffer.from(values)],
    ]),
    settings: { default: new Map(), wikis: new Map(), origins: new Map() },
    farm: undefined,
    sources: new Map(),
  });
  const { host } = farm.target.ports;
  const context = testContext();
  valueOf(await host.stage({ hash: old.hash, data: packBundle(old) }, context));
  valueOf(await host.point({ slot: 'blue', bundle: old.hash }, context));
  // There is no database of that name; the settings were read.
  expect((await farm.get('127.0.0.1')).headers['x-sitename']).toBe('Old of demowiki');
});

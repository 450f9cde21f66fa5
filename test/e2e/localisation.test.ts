// needs: docker, the world
/** The localisation cache of real MediaWiki: the same bytes twice, made anew for what changed, and used by the wiki. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { composeBundle, pushConfig } from '../../src/config/index.ts';
import { testContext } from '../worlds/context.ts';
import { configWiki, type ConfigWiki } from '../worlds/docker/config-wiki.ts';
import { localisationWorld, type Localised, type LocalisationWorld } from '../worlds/docker/localisation-world.ts';
import { worldCheckout } from '../worlds/mediawiki/index.ts';
import { valueOf } from '../worlds/overlays.ts';

let world: LocalisationWorld;
let wiki: ConfigWiki;
let first: Localised;
beforeAll(async () => {
  world = await localisationWorld({ set: 'demo', languages: ['en', 'de', 'de-at', 'fr'], hot: ['en', 'de'] });
  first = await world.localise('a');
  wiki = await configWiki();
  await bring(first.layers.base);
  await push();
  await wiki.maintenance('update', '--quick');
  await emptyCache();
}, 1_200_000);
afterAll(async () => {
  await wiki[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
});

const push = async () =>
  valueOf(await pushConfig({ bundle: valueOf(await composeBundle(wiki.root, ['demo'])) }, wiki.ports, testContext()));
const bring = (layers: Localised['layers']['base']) =>
  wiki.target.instance.putArchive(Readable.from(world.tar('a', layers), { objectMode: false }), { path: '/' });

async function inside(script: string): Promise<string> {
  const { stdout, stderr } = await wiki.target.exec('instance', ['sh', '-c', script]);
  return `${stdout}${stderr}`.trim();
}
const emptyCache = () => inside('rm -rf /srv/cache/*');
const cached = () => inside('cd /srv/cache && find . -type f | sed "s/l10n-[0-9a-f]*/l10n/" | sort');

/** The instance as it starts again: nothing in opcache. */
async function restart(): Promise<void> {
  await wiki.target.instance.restart({ t: 1 });
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const answer = await fetch(`${await address()}/fpm-ping`).catch(() => undefined);
    if (answer?.ok === true) return;
    await setTimeout(100);
  }
}

async function address(): Promise<string> {
  const { Networks } = (await wiki.target.instance.inspect()).NetworkSettings;
  return `http://${Networks['bridge']?.IPAddress ?? ''}:8080`;
}

async function page(language: string): Promise<string> {
  const response = await fetch(`${await address()}/index.php?title=Special:Version&uselang=${language}`);
  expect(response.status).toBe(200);
  return response.text();
}

describe('the localisation cache', () => {
  it('has the same bytes when it is made again from nothing', async () => {
    expect(first.runs).toEqual(['base de,de-at,en,fr']);
    const again = await world.localise('b');
    expect(again.runs).toEqual(['base de,de-at,en,fr']);
    expect(again.layers).toEqual(first.layers);
    expect(first.layers.base.map(({ name }) => name)).toContain('localisation de');
  });

  it('is not made again where nothing changed', async () => {
    const { runs, layers, plan } = await world.localise('a');
    expect(runs).toEqual([]);
    expect(plan.languages.map(({ because }) => because)).toEqual(Array(4).fill('its messages did not change'));
    expect(layers.base.map(({ files }) => files)).toEqual(first.layers.base.map(({ files }) => files));
  });

  it('is what the wiki reads: nothing is made in the container', async () => {
    expect(await page('en')).toContain('Installed extensions');
    expect(await page('de')).toContain('Installierte Erweiterungen');
    expect(await page('fr')).toContain('Extensions installées');
    expect(await cached()).toBe('');
  });

  it('leaves a language that was not baked to the container', async () => {
    expect(await page('es')).toContain('Extensiones instaladas');
    expect(await cached()).toBe('./l10n/l10n_cache-es.cdb');
    await emptyCache();
  });
});

/** What a script of Cite's gets in German: kept in the shared cache for a week. */
async function script(): Promise<string> {
  const response = await fetch(`${await address()}/load.php?modules=ext.cite.ux-enhancements&lang=de`);
  return response.text();
}

it('a changed German message is made anew for de and de-at, and pages and scripts show it', async () => {
  expect(await script()).toContain('Hochspringen');
  const folder = join(world.folder, 'Cite');
  await worldCheckout(world.world, { component: 'extensions/Cite', branch: 'wmf/1.43.0-wmf.1', into: folder });
  const file = join(folder, 'i18n/de.json');
  const messages = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
  const changed = { 'cite-desc': 'Belege, wie sie nie waren', cite_references_link_accessibility_label: 'Hochhopsen' };
  await writeFile(file, JSON.stringify({ ...messages, ...changed }, null, '\t'));
  const { plan, layers, runs } = await world.localise('a', [{ name: 'Cite', folder }]);
  expect(
    plan.languages.flatMap(({ code, patched }) => (patched === undefined ? [] : [[code, patched.because]])),
  ).toEqual([
    ['de', 'extensions/Cite/i18n/de.json changed'],
    ['de-at', 'extensions/Cite/i18n/de.json changed'],
  ]);
  expect(runs).toEqual(['patched de,de-at']);
  expect(layers.base.map(({ files }) => files)).toEqual(first.layers.base.map(({ files }) => files));
  expect(layers.patched.flatMap(({ files }) => files.map(({ path }) => path))).toEqual([
    'srv/l10n/de.l10n.php',
    'srv/l10n/l10n_cache-de-at.cdb',
  ]);
  await bring(layers.patched);
  await restart();
  for (const language of ['de', 'de-at']) expect(await page(language)).toContain('Belege, wie sie nie waren');
  expect(await page('fr')).not.toContain('Belege, wie sie nie waren');
  expect(await script()).toContain('Hochhopsen');
  expect(await cached()).toBe('');
});

it('is left alone by a wiki that has messages of its own, or another store', async () => {
  await wiki.appendPhp("$wgMessagesDirs['Own'] = '/srv/mediawiki/languages/i18n/exif';");
  await push();
  expect(await page('de')).toContain('Installierte Erweiterungen');
  expect(await cached()).toContain('l10n_cache-de.cdb');
  await emptyCache();
  await wiki.appendPhp("$wgLocalisationCacheConf['store'] = 'array';");
  await push();
  expect(await page('de')).toContain('Installierte Erweiterungen');
  expect(await cached()).toContain('de.l10n.php');
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readLocalisation } from '../../../../src/build/index.ts';
import { blobStore, type BlobStore } from '../../../../src/kernel/blob-store.ts';
import { sha256 } from '../../../../src/kernel/digest.ts';
import type { Lockfile } from '../../../../src/resolve/index.ts';
import { testContext } from '../../../worlds/context.ts';
import { messageWorld } from '../../../worlds/messages.ts';
import { valueOf } from '../../../worlds/overlays.ts';

let folder: string;
let blobs: BlobStore;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mwpipe-l10n-'));
  blobs = blobStore(folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const world = messageWorld();
const settings = { languages: 'all', hot: ['en'], opcacheBytes: 1e6 } as const;
const read = (lock: Lockfile, runtime = 'r') =>
  readLocalisation({ lock, runtime: sha256(runtime), settings }, { blobs, objects: world.git }, testContext());
const factsOf = async (lock: Lockfile, runtime?: string) => valueOf(await read(lock, runtime));

/** Languages whose key is another one. */
async function rekeyed(before: Lockfile, after: Lockfile): Promise<string[]> {
  const [old, now] = [(await factsOf(before)).base.languages, (await factsOf(after)).base.languages];
  return [...now].filter(([code, { key }]) => old.get(code)?.key !== key).map(([code]) => code);
}

describe('the key of a language', () => {
  it('is there for each that core knows by name and has a file for, with its way to English', async () => {
    const { base } = await factsOf(world.lock);
    expect([...base.languages].map(([code, { chain }]) => [code, ...chain.slice(1)])).toEqual([
      ['de', 'en'],
      ['de-at', 'de', 'en'],
      ['en'],
      ['fr', 'en'],
    ]);
  });

  it('changes with a file of its own or of those that it falls back to, and with no other', async () => {
    const dependents = { 'de-at': ['de-at'], de: ['de', 'de-at'], en: ['de', 'de-at', 'en', 'fr'], fr: ['fr'] };
    const places = fc.constantFrom(
      { name: 'core', at: (code: string) => `languages/i18n/${code}.json` },
      { name: 'Cite', at: (code: string) => `i18n/${code}.json` },
      { name: 'Poem', at: (code: string) => `i18n/${code}.json` },
    );
    const codes = fc.constantFrom('de-at', 'de', 'en', 'fr');
    await fc.assert(
      fc.asyncProperty(places, codes, fc.string({ minLength: 1 }), async ({ name, at }, code, text) => {
        const after = world.change(name, { [at(code)]: JSON.stringify({ hi: text }) });
        expect(await rekeyed(world.lock, after)).toEqual(dependents[code]);
      }),
      { numRuns: 40 },
    );
  });

  it('changes with what core says about the language, and with a file that is gone', async () => {
    const about = world.change('core', { 'languages/messages/MessagesDe.php': '<?php $fallback = "fr";' });
    expect(await rekeyed(world.lock, about)).toEqual(['de', 'de-at']);
    expect(await rekeyed(world.lock, world.change('Cite', { 'i18n/fr.json': undefined }))).toEqual(['fr']);
  });

  it.each([
    ['aliases of an extension', 'Cite', { 'Cite.alias.php': '<?php //' }],
    [
      'folders that a manifest names',
      'Cite',
      { 'extension.json': '{"name":"Cite","MessagesDirs":{"Cite":["other"]}}' },
    ],
    ['the class that makes the cache', 'core', { 'includes/language/LocalisationCache.php': '<?php //' }],
    ['the library that writes it', 'vendor', { 'wikimedia/cdb/src/Writer.php': '<?php //' }],
  ])('of every language changes with %s', async (_what, name, files) => {
    expect(await rekeyed(world.lock, world.change(name, files))).toEqual(['de', 'de-at', 'en', 'fr']);
  });

  it('of every language changes with a new extension, and with the runtime', async () => {
    const more = world.add('Echo', { 'extension.json': '{"name":"Echo"}' });
    expect(await rekeyed(world.lock, more)).toEqual(['de', 'de-at', 'en', 'fr']);
    const other = await factsOf(world.lock, 'another runtime');
    expect(other.base.languages.get('fr')?.key).not.toBe((await factsOf(world.lock)).base.languages.get('fr')?.key);
  });

  it.each([
    ['code', 'Cite', { 'src/Cite.php': '<?php //' }],
    ['core, where it makes no cache', 'core', { 'includes/Hooks.php': '<?php //' }],
    ['a version in a manifest', 'Poem', { 'extension.json': '{"name":"Poem","version":"2"}' }],
    ['messages of tests', 'core', { 'tests/phpunit/data/i18n/en.json': '{"a":"b"}' }],
  ])('stays with a change of %s', async (_what, name, files) => {
    expect(await rekeyed(world.lock, world.change(name, files))).toEqual([]);
  });

  it('of every language holds all code of an extension that changes messages while they are made', async () => {
    const manifest = { 'extension.json': '{"name":"Poem","Hooks":{"LocalisationCacheRecache":"main"}}' };
    const before = world.change('Poem', manifest);
    const after = world.change('Poem', { ...manifest, 'src/Hooks.php': '<?php //' });
    expect(await rekeyed(before, after)).toEqual(['de', 'de-at', 'en', 'fr']);
  });

  it('is that of the lock below a patch, and another above it for the languages that it touches', async () => {
    const patched = await factsOf(world.patch('Cite', { 'i18n/de.json': '{"cite": "Beleg"}' }));
    const plain = await factsOf(world.lock);
    expect(patched.base).toEqual(plain.base);
    const keys = [...patched.base.languages].filter(
      ([code, { key }]) => patched.patched?.languages.get(code)?.key !== key,
    );
    expect(keys.map(([code]) => code)).toEqual(['de', 'de-at']);
    expect(plain.patched).toBeUndefined();
  });

  it('is found again without reading git', async () => {
    await factsOf(world.lock);
    const reads = world.git.read.length;
    await factsOf(world.lock);
    expect(world.git.read.length).toBe(reads);
  });
});

it('points at a language that MediaWiki has not, and at a hot one that is not asked for', async () => {
  const at = (path: readonly (string | number)[]) => {
    return { file: path.join('.'), line: 1, column: 1, length: 1 };
  };
  const asked = { languages: ['en', 'fn'], hot: ['en', 'de'], opcacheBytes: 1e6, at };
  const request = { lock: world.lock, runtime: sha256('r'), settings: asked };
  const outcome = await readLocalisation(request, { blobs, objects: world.git }, testContext());
  expect(outcome).toMatchObject({
    ok: false,
    diagnostics: [
      {
        code: 'build/unknown-language',
        message: expect.stringContaining('"fn"') as unknown,
        at: { file: 'languages.1' },
      },
      {
        code: 'build/unknown-language',
        message: expect.stringContaining('"de" is hot') as unknown,
        at: { file: 'hot.1' },
      },
    ],
  });
});

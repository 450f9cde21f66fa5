import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  makeLocalisation,
  planLocalisation,
  readLocalisation,
  type LocalisationLayers,
  type LocalisationPlan,
} from '../../../../src/build/index.ts';
import { blobStore } from '../../../../src/kernel/blob-store.ts';
import { sha256 } from '../../../../src/kernel/digest.ts';
import { ok, type Outcome } from '../../../../src/kernel/outcome.ts';
import type { Lockfile } from '../../../../src/resolve/index.ts';
import { testContext } from '../../../worlds/context.ts';
import { fakeBaker, type FakeBaker } from '../../../worlds/fakes/baker.ts';
import { messageWorld } from '../../../worlds/messages.ts';
import { valueOf } from '../../../worlds/overlays.ts';

let folder: string;
let baker: FakeBaker;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mwpipe-l10n-'));
  baker = fakeBaker();
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const world = messageWorld();
const settings = { languages: 'all', hot: ['en'], opcacheBytes: 1e6 } as const;

interface Built {
  readonly plan: LocalisationPlan;
  readonly outcome: Outcome<LocalisationLayers>;
  readonly codes: readonly string[];
}

async function build(lock: Lockfile): Promise<Built> {
  const context = testContext();
  const blobs = blobStore(folder);
  const request = { lock, runtime: sha256('r'), settings };
  const facts = valueOf(await readLocalisation(request, { blobs, objects: world.git }, context));
  const plan = planLocalisation(facts);
  expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
  const ports = { blobs, runner: baker, threads: 2, code: (which: string) => Promise.resolve(ok(which)) };
  const outcome = await makeLocalisation({ facts, plan }, ports, context);
  return { plan, outcome, codes: context.events.map(({ code }) => code) };
}

const layersOf = async (lock: Lockfile): Promise<LocalisationLayers> => valueOf((await build(lock)).outcome);
const reasons = ({ plan }: Built): Record<string, string> =>
  Object.fromEntries(plan.languages.filter((one) => one.rebuild).map(({ code, because }) => [code, because]));
const pathsIn = (layers: LocalisationLayers['base']): string[] =>
  layers.flatMap(({ files }) => files.map(({ path }) => path)).sort();
const ALL = ['de', 'de-at', 'en', 'fr'];

describe('the localisation cache', () => {
  it('is made once, an array for a hot language and CDB for the others, and an index', async () => {
    const { base, patched } = await layersOf(world.lock);
    expect(baker.runs).toEqual([{ image: 'base', languages: ALL }]);
    expect(patched).toEqual([]);
    expect(pathsIn(base)).toEqual([
      'srv/l10n/en.l10n.php',
      'srv/l10n/index.php',
      'srv/l10n/l10n_cache-de-at.cdb',
      'srv/l10n/l10n_cache-de.cdb',
      'srv/l10n/l10n_cache-fr.cdb',
    ]);
    expect(await layersOf(world.lock)).toMatchObject({ base: base.map(({ name, files }) => ({ name, files })) });
    expect(baker.runs).toHaveLength(1);
  });

  it('is made anew for the languages that a changed message reaches, and says which it was', async () => {
    const before = await layersOf(world.lock);
    const after = await build(world.change('Cite', { 'i18n/de.json': '{"cite": "Beleg"}' }));
    expect(reasons(after)).toEqual({
      de: 'extensions/Cite/i18n/de.json changed',
      'de-at': 'extensions/Cite/i18n/de.json changed',
    });
    expect(baker.runs[1]?.languages).toEqual(['de', 'de-at']);
    expect(valueOf(after.outcome).base.map(({ files }) => files)).toEqual(before.base.map(({ files }) => files));
  });

  it('says what else changed', async () => {
    expect(reasons(await build(world.lock))['fr']).toBe('this set had no localisation cache here yet');
    const changed = { 'i18n/fr.json': undefined, 'i18n/en.json': '{}', 'i18n/de-at.json': '{}' };
    expect(reasons(await build(world.change('Cite', changed)))).toEqual({
      de: 'extensions/Cite/i18n/en.json changed',
      'de-at': 'extensions/Cite/i18n/de-at.json is new, and 1 more',
      en: 'extensions/Cite/i18n/en.json changed',
      fr: 'extensions/Cite/i18n/fr.json is gone, and 1 more',
    });
    const more = world.add('Echo', { 'extension.json': '{"name":"Echo"}' });
    expect(reasons(await build(more))['en']).toContain('extensions/Echo/extension.json is new');
  });

  it('of a patch is one layer on top, of what is other with it; nothing below moves', async () => {
    const before = await layersOf(world.lock);
    baker.text = (code, image) => (code === 'de' ? `${code} in ${image}` : `messages of ${code}`);
    const { base, patched } = await layersOf(world.patch('Cite', { 'i18n/de.json': '{"cite": "Beleg"}' }));
    expect(base).toMatchObject(before.base.map(({ name, files }) => ({ name, files })));
    expect(patched).toMatchObject([
      { name: 'localisation (patched)', because: 'de: extensions/Cite/i18n/de.json changed' },
    ]);
    expect(pathsIn(patched)).toEqual(['srv/l10n/l10n_cache-de.cdb']);
    expect(baker.runs.slice(1)).toEqual([{ image: 'patched', languages: ['de', 'de-at'] }]);
  });

  it('of a patch is the same where the lock below was never built here', async () => {
    baker.text = (code, image) => (code === 'de' ? `${code} in ${image}` : `messages of ${code}`);
    const lock = world.patch('Cite', { 'i18n/de.json': '{"cite": "Beleg"}' });
    const cold = await layersOf(lock);
    expect(baker.runs.map(({ image }) => image)).toEqual(['base', 'patched']);
    await rm(folder, { recursive: true });
    await layersOf(world.lock);
    const warm = await layersOf(lock);
    const bytes = (layers: LocalisationLayers) => [...layers.base, ...layers.patched].map(({ files }) => files);
    expect(bytes(warm)).toEqual(bytes(cold));
  });

  it('tells nobody which file an embargoed patch touches', async () => {
    const lock = { ...world.patch('Cite', { 'i18n/de.json': '{}' }), visibility: 'private' } as const;
    const { plan } = await build(lock);
    expect(plan.languages.find(({ code }) => code === 'de')?.patched?.because).toBe(
      'a patch on top changes its messages',
    );
  });
});

describe('code that should not matter', () => {
  const changed = world.change('core', { 'includes/Hooks.php': '<?php // others' });

  it('is checked with two languages, once', async () => {
    await layersOf(world.lock);
    const { plan, codes } = await build(changed);
    expect(plan.check.base.languages).toEqual(['en', 'de-at']);
    expect(codes).toContain('build/localisation-checked');
    expect(baker.runs[1]?.languages).toEqual(['de-at', 'en']);
    await build(changed);
    await build(world.lock);
    expect(baker.runs.slice(2).flatMap(({ languages }) => languages)).toEqual([]);
  });

  it('makes every language anew where it did matter, there and back', async () => {
    const first = await layersOf(world.lock);
    baker.text = (code) => `other messages of ${code}`;
    const { outcome, codes } = await build(changed);
    expect(codes.filter((code) => code === 'build/localisation-differs')).toHaveLength(2);
    expect(
      baker.runs
        .slice(1)
        .flatMap(({ languages }) => languages)
        .sort(),
    ).toEqual(ALL);
    expect(valueOf(outcome)).not.toEqual(first);
    baker.text = (code) => `messages of ${code}`;
    expect((await layersOf(world.lock)).base.map(({ files }) => files)).toEqual(first.base.map(({ files }) => files));
  });

  it('under a patch is compared with what stands below', async () => {
    await layersOf(world.lock);
    baker.text = (code, image) => `${code} in ${image}`;
    const { patched } = await layersOf(world.patch('core', { 'includes/Hooks.php': '<?php // patched' }));
    expect(pathsIn(patched)).toHaveLength(4);
    baker.text = (code) => `messages of ${code}`;
    expect((await layersOf(world.lock)).patched).toEqual([]);
  });
});

describe('a rebuild that goes wrong', () => {
  it('shows its log, and nothing of it is used', async () => {
    baker.fault = 'fails';
    expect((await build(world.lock)).outcome).toMatchObject({
      ok: false,
      diagnostics: [
        {
          code: 'build/localisation-failed',
          message: 'rebuildLocalisationCache ended with 1\nRuntimeException: Invalid JSON file',
          hint: expect.stringContaining('mwpipe shell') as unknown,
        },
      ],
    });
    baker.fault = undefined;
    await layersOf(world.lock);
    expect(baker.runs[1]?.languages).toEqual(ALL);
  });

  it('is cut off: nothing of it is used', async () => {
    baker.fault = 'dies';
    await expect(build(world.lock)).rejects.toThrow('the engine has gone');
    baker.fault = undefined;
    await layersOf(world.lock);
    expect(baker.runs[1]?.languages).toEqual(ALL);
  });

  it('names a language that it left out', async () => {
    baker.fault = 'loses';
    const { outcome } = await build(world.lock);
    expect(outcome).toMatchObject({ ok: false, diagnostics: [{ code: 'build/localisation-incomplete' }] });
    baker.fault = undefined;
    await layersOf(world.lock);
    expect(baker.runs[1]?.languages).toEqual(ALL);
  });

  it('reads a file that no key holds: it is made each time', async () => {
    baker.inputs = (code) => (code === 'fr' ? ['extensions/Cite/hidden.php'] : ['languages/i18n/en.json']);
    expect((await build(world.lock)).codes).toContain('build/localisation-input-unknown');
    await build(world.lock);
    expect(baker.runs[1]?.languages).toEqual(['fr']);
  });

  it('falls back as nobody thought: it is made each time', async () => {
    baker.chain = (code) =>
      code === 'fr' ? ['de', 'en'] : code === 'de-at' ? ['de', 'en'] : code === 'en' ? [] : ['en'];
    expect((await build(world.lock)).codes).toContain('build/localisation-input-unknown');
    await build(world.lock);
    expect(baker.runs[1]?.languages).toEqual(['fr']);
  });
});

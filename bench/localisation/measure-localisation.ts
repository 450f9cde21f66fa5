/** Both sides of the localisation cache: what mwpipe makes for a changed message, and MediaWiki's rebuild of all. */
import { readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { blobStore } from '../../src/kernel/blob-store.ts';
import { storeLayer } from '../../src/kernel/stored-layer.ts';
import { localisationWorld, type LocalisationWorld } from '../../test/worlds/docker/localisation-world.ts';
import { worldCheckout } from '../../test/worlds/mediawiki/index.ts';

export interface LocalisationFigures {
  readonly languages: number;
  readonly threads: number;
  /** All languages by MediaWiki's own script with all cores, in a container of the image, until that ended. */
  readonly fullMs: number;
  /** The same run by mwpipe, with an empty store: until its cache is taken out and compressed into layers. */
  readonly coldMs: number;
  readonly coldBytes: number;
  /** A changed message until its layer is in the store: the median of the rounds. */
  readonly oneLanguageMs: number;
  readonly oneLanguageRounds: readonly number[];
  readonly oneLanguageBytes: number;
  /** A German message, which its dialects show too. */
  readonly germanMs: number;
  readonly germanLanguages: number;
  readonly unchangedMs: number;
}

interface Measuring {
  readonly quick: boolean;
  readonly say: (line: string) => void;
}

/** About 40 of the largest wikis. */
const SOME =
  'en de fr es ja ru it zh pt pl ar fa uk nl id he tr vi cs sv ko fi hu ca nb ro da sr bg sk hr el lt et sl hi th bn gsw de-at';
const EXTENSION = 'Cite';
const STORE = 'store';

/** @param quick about 40 languages instead of all */
export async function measureLocalisation({ quick, say }: Measuring): Promise<LocalisationFigures> {
  const languages = quick ? SOME.split(' ') : 'all';
  await using world = await localisationWorld({ set: 'tarball', languages, hot: ['en'] });
  await world.image();
  const cold = await timed(() => localiseAll(world));
  const { fullMs } = cold.value;
  say(`MediaWiki's rebuildLocalisationCache, ${cold.value.languages} languages   ${seconds(fullMs)}`);
  say(`the same taken out of its container and stored as layers   ${seconds(cold.ms)}`);
  const patch = await checkout(world);
  const rounds: Changed[] = [];
  for (let round = 1; round <= (quick ? 3 : 5); round += 1)
    rounds.push(await changeMessage(world, { patch, language: 'ja', round }));
  say(`mwpipe, a Japanese message changed   ${rounds.map(({ ms }) => seconds(ms)).join('  ')}`);
  const german = await changeMessage(world, { patch, language: 'de', round: 0 });
  say(`mwpipe, a German message changed   ${seconds(german.ms)}, ${german.languages} languages`);
  const unchanged = await world.localise(STORE);
  return {
    languages: cold.value.languages,
    threads: availableParallelism(),
    fullMs: Math.round(fullMs),
    coldMs: Math.round(cold.ms),
    coldBytes: cold.value.bytes,
    oneLanguageMs: median(rounds.map(({ ms }) => ms)),
    oneLanguageRounds: rounds.map(({ ms }) => Math.round(ms)),
    oneLanguageBytes: rounds[0]?.bytes ?? 0,
    germanMs: Math.round(german.ms),
    germanLanguages: german.languages,
    unchangedMs: Math.round(unchanged.ms),
  };
}

interface All {
  readonly languages: number;
  readonly bytes: number;
  readonly fullMs: number;
}

async function localiseAll(world: LocalisationWorld): Promise<All> {
  const { plan, layers, mediawikiMs } = await world.localise(STORE);
  let bytes = 0;
  for (const layer of layers.base) bytes += await store(world, [layer]);
  return { languages: plan.languages.length, bytes, fullMs: mediawikiMs };
}

async function checkout(world: LocalisationWorld): Promise<string> {
  const into = join(world.folder, EXTENSION);
  await worldCheckout(world.world, { component: `extensions/${EXTENSION}`, branch: 'wmf/1.43.0-wmf.1', into });
  return into;
}

interface Changed {
  readonly ms: number;
  readonly bytes: number;
  readonly languages: number;
}

/** The image with the change is built first: that is another benchmark's time. */
async function changeMessage(
  world: LocalisationWorld,
  { patch, language, round }: { readonly patch: string; readonly language: string; readonly round: number },
): Promise<Changed> {
  const file = join(patch, `i18n/${language}.json`);
  const before = await readFile(file, 'utf8');
  const messages = JSON.parse(before) as Record<string, unknown>;
  await writeFile(file, JSON.stringify({ ...messages, 'cite-desc': `Round ${round}` }, null, '\t'));
  const patches = [{ name: EXTENSION, folder: patch }];
  await world.image([...patches]);
  const { layers, ms } = await world.localise(STORE, patches);
  const stored = await timed(() => store(world, layers.patched));
  await writeFile(file, before);
  world.forget();
  return { ms: ms + stored.ms, bytes: stored.value, languages: layers.patched.flatMap(({ files }) => files).length };
}

async function store(world: LocalisationWorld, layers: Parameters<LocalisationWorld['tar']>[1]): Promise<number> {
  const { blob } = await storeLayer(world.tar(STORE, layers), { blobs: blobStore(join(world.folder, STORE)) });
  return blob.bytes;
}

async function timed<Value>(work: () => Promise<Value>): Promise<{ readonly ms: number; readonly value: Value }> {
  const started = performance.now();
  const value = await work();
  return { ms: performance.now() - started, value };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return Math.round(sorted[Math.floor((sorted.length - 1) / 2)] ?? 0);
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}

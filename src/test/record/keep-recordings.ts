/** After a recorded run: what each test file executed goes into the map of its wiki, in the place of what was known. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BlobStore } from '../../kernel/blob-store.ts';
import type { ReadSymbols } from '../php/symbols.ts';
import { bootReader } from './boot-shapes.ts';
import { recallMap, rememberMap, type RecordedKind, type RecordedTest } from './recorded-map.ts';
import { readRecording, type Recording } from './recording.ts';
import type { WorldFiles } from './world-files.ts';

interface RecordedShard {
  readonly kind: RecordedKind;
  /** Paths of the components that its wiki loads. */
  readonly load: readonly string[];
  /** Where the shard wrote `record.jsonl`. */
  readonly folder: string;
  /** How a test file ended, by its path below MediaWiki's folder; undefined where nothing in it ran. */
  readonly outcomeOf: (path: string) => RecordedTest['outcome'] | undefined;
}

/** @returns how many test files are known now, of those that were recorded */
export async function keepRecordings(
  shards: readonly RecordedShard[],
  world: WorldFiles,
  tools: {
    readonly blobs: Pick<BlobStore, 'recall' | 'remember'>;
    readonly php: () => Promise<ReadSymbols>;
    /** As `Boot` has it. */
    readonly environment: string;
  },
): Promise<number> {
  const { blobs, environment } = tools;
  let kept = 0;
  const bootOf = bootReader(world, tools.php);
  for (const ofOneMap of Map.groupBy(shards, ({ kind, load }) => `${kind} ${load.join(' ')}`).values()) {
    const [name] = ofOneMap;
    if (name === undefined) continue;
    const map = new Map(await recallMap(blobs, name));
    for (const { folder, outcomeOf } of ofOneMap) {
      const recording = await recordingIn(folder);
      if (recording === undefined) continue;
      const boot = { environment, ...(await bootOf(recording.boot)) };
      for (const [test, files] of recording.tests) {
        const outcome = outcomeOf(test);
        if (outcome === undefined) continue;
        map.set(test, withNewest(map.get(test) ?? [], { outcome, boot, took: contentsOf(files, world) }));
        kept += 1;
      }
    }
    await rememberMap(blobs, name, map);
  }
  return kept;
}

/** Of the base, and of some patches on it that are being worked on. */
const MOST_RECORDS = 4;

function withNewest(known: readonly RecordedTest[], newest: RecordedTest): RecordedTest[] {
  const of = ({ took, boot }: RecordedTest): string =>
    JSON.stringify([boot.environment, [...took].sort(), [...boot.data]]);
  const others = known.filter((one) => of(one) !== of(newest));
  return [newest, ...others].slice(0, MOST_RECORDS);
}

async function recordingIn(folder: string): Promise<Recording | undefined> {
  const text = await readFile(join(folder, 'record.jsonl'), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : readRecording(text);
}

function contentsOf(files: readonly string[], world: WorldFiles): RecordedTest['took'] {
  return new Map(files.map((file) => [file, world.oid(file) ?? NO_CONTENT]));
}

/** Of what is made at run time. */
export const NO_CONTENT = 'none';

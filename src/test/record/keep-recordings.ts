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
}

/** @returns how many test files are known now, of those that were recorded */
export async function keepRecordings(
  shards: readonly RecordedShard[],
  world: WorldFiles,
  tools: {
    readonly blobs: Pick<BlobStore, 'recall' | 'remember'>;
    readonly php: () => Promise<ReadSymbols>;
  },
): Promise<number> {
  const { blobs } = tools;
  let kept = 0;
  const bootOf = bootReader(world, tools.php);
  for (const ofOneMap of Map.groupBy(shards, ({ kind, load }) => `${kind} ${load.join(' ')}`).values()) {
    const [name] = ofOneMap;
    if (name === undefined) continue;
    const map = new Map(await recallMap(blobs, name));
    for (const { folder } of ofOneMap) {
      const recording = await recordingIn(folder);
      if (recording === undefined) continue;
      const boot = await bootOf(recording.boot);
      for (const [test, files] of recording.tests) map.set(test, { boot, took: contentsOf(files, world) });
      kept += recording.tests.size;
    }
    await rememberMap(blobs, name, map);
  }
  return kept;
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

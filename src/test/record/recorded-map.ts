/** Which files each test file executed when it was last recorded, and what was in them: kept beside what mwpipe makes. */
import { z } from 'zod';
import type { BlobStore } from '../../kernel/blob-store.ts';
import { digestOf } from '../../kernel/digest.ts';

export type RecordedKind = 'unit' | 'integration';

const bootFileSchema = z.object({
  /** Git's id of its content. */
  oid: z.string(),
  shape: z.string(),
  ran: z.array(z.string()),
});

const dataSchema = z.object({ everywhere: z.string(), inside: z.string(), shown: z.string() });

const mapSchema = z.object({
  version: z.literal(2),
  /** What ran before the tests, one for each recording that a test is left of. */
  boots: z.array(
    z.object({
      environment: z.string(),
      files: z.record(z.string(), bootFileSchema),
      data: z.record(z.string(), dataSchema),
    }),
  ),
  /** A file with one content: `[path, oid]`. */
  contents: z.array(z.tuple([z.string(), z.string()])),
  /** By path below MediaWiki's folder: of each record how it ended, an index of `boots`, and those of `contents`. */
  tests: z.record(z.string(), z.array(z.tuple([z.enum(['passed', 'failed']), z.number(), z.array(z.number())]))),
});

type StoredMap = z.infer<typeof mapSchema>;
export type BootFile = Readonly<z.infer<typeof bootFileSchema>>;

/** What came before a test: the files that ran then, and what the components held that isn't code. */
export interface Boot {
  /** Tells the runtime's image from others. */
  readonly environment: string;
  readonly files: ReadonlyMap<string, BootFile>;
  /** By the component's path. */
  readonly data: ReadonlyMap<string, Readonly<z.infer<typeof dataSchema>>>;
}

export interface RecordedTest {
  readonly outcome: 'passed' | 'failed';
  readonly boot: Boot;
  /** Files that its process executed, its own among them, with their contents. */
  readonly took: ReadonlyMap<string, string>;
}

/** The newest record of each test first: of the base, and of patches that were tried on it. */
export type RecordedMap = ReadonlyMap<string, readonly RecordedTest[]>;

interface MapName {
  /** Paths of the components that the wiki loads. */
  readonly load: readonly string[];
  readonly kind: RecordedKind;
}

export async function recallMap(blobs: Pick<BlobStore, 'recall'>, name: MapName): Promise<RecordedMap> {
  const parsed = mapSchema.safeParse(await blobs.recall(keyOf(name)));
  return parsed.success ? openMap(parsed.data) : new Map();
}

export async function rememberMap(blobs: Pick<BlobStore, 'remember'>, name: MapName, map: RecordedMap): Promise<void> {
  await blobs.remember(keyOf(name), closeMap(map));
}

function keyOf({ load, kind }: MapName): string {
  return `test-map/${digestOf([...load].sort()).replace(':', '-')}/${kind}`;
}

function openMap({ boots, contents, tests }: StoredMap): RecordedMap {
  const opened = boots.map(({ environment, files, data }): Boot => {
    return { environment, files: new Map(Object.entries(files)), data: new Map(Object.entries(data)) };
  });
  return new Map(
    Object.entries(tests).map(([path, records]): [string, RecordedTest[]] => {
      const whole = records.flatMap(([outcome, index, took]): RecordedTest[] => {
        const boot = opened[index];
        const files = took.flatMap((one) => (contents[one] === undefined ? [] : [contents[one]]));
        return boot === undefined ? [] : [{ outcome, boot, took: new Map(files) }];
      });
      return [path, whole];
    }),
  );
}

function closeMap(map: RecordedMap): StoredMap {
  const boots = bootTable();
  const contents = new Map<string, number>();
  const tests: StoredMap['tests'] = {};
  for (const [path, records] of map) {
    tests[path] = records.map(({ outcome, boot, took }) => {
      const indexes = [...took].map(([file, oid]) => indexIn(contents, `${oid} ${file}`));
      return [outcome, boots.indexOf(boot), indexes];
    });
  }
  return {
    version: 2,
    boots: boots.all(),
    contents: [...contents.keys()].map((key): [string, string] => {
      const space = key.indexOf(' ');
      return [key.slice(space + 1), key.slice(0, space)];
    }),
    tests,
  };
}

/** Shards of one recording mostly saw the same: kept once. */
function bootTable() {
  const indexes = new Map<Boot, number>();
  const texts = new Map<string, number>();
  return {
    indexOf: (boot: Boot): number => {
      const known = indexes.get(boot);
      if (known !== undefined) return known;
      const { environment, files, data } = boot;
      const document = { environment, files: Object.fromEntries(files), data: Object.fromEntries(data) };
      const index = indexIn(texts, JSON.stringify(document));
      indexes.set(boot, index);
      return index;
    },
    all: () => [...texts.keys()].map((text) => JSON.parse(text) as StoredMap['boots'][number]),
  };
}

function indexIn<T>(table: Map<T, number>, key: T): number {
  const known = table.get(key);
  if (known !== undefined) return known;
  table.set(key, table.size);
  return table.size - 1;
}

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

const dataSchema = z.object({ everywhere: z.string(), inside: z.string() });

const mapSchema = z.object({
  version: z.literal(1),
  /** What ran before the tests, one for each recording that a test is left of. */
  boots: z.array(z.object({ files: z.record(z.string(), bootFileSchema), data: z.record(z.string(), dataSchema) })),
  /** A file with one content: `[path, oid]`. */
  contents: z.array(z.tuple([z.string(), z.string()])),
  /** By path below MediaWiki's folder: an index of `boots`, and those of `contents`. */
  tests: z.record(z.string(), z.tuple([z.number(), z.array(z.number())])),
});

type StoredMap = z.infer<typeof mapSchema>;
export type BootFile = Readonly<z.infer<typeof bootFileSchema>>;

/** What came before a test: the files that ran then, and what the components held that isn't code. */
export interface Boot {
  readonly files: ReadonlyMap<string, BootFile>;
  /** By the component's path. */
  readonly data: ReadonlyMap<string, Readonly<z.infer<typeof dataSchema>>>;
}

export interface RecordedTest {
  readonly boot: Boot;
  /** Files that its process executed, its own among them, with their contents. */
  readonly took: ReadonlyMap<string, string>;
}

export type RecordedMap = ReadonlyMap<string, RecordedTest>;

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
  const opened = boots.map(({ files, data }): Boot => {
    return { files: new Map(Object.entries(files)), data: new Map(Object.entries(data)) };
  });
  return new Map(
    Object.entries(tests).flatMap(([path, [index, took]]): [string, RecordedTest][] => {
      const boot = opened[index];
      const files = took.flatMap((one) => (contents[one] === undefined ? [] : [contents[one]]));
      return boot === undefined ? [] : [[path, { boot, took: new Map(files) }]];
    }),
  );
}

function closeMap(map: RecordedMap): StoredMap {
  const boots = new Map<Boot, number>();
  const contents = new Map<string, number>();
  const tests: StoredMap['tests'] = {};
  for (const [path, { boot, took }] of map) {
    const indexes = [...took].map(([file, oid]) => indexIn(contents, `${oid} ${file}`));
    tests[path] = [indexIn(boots, boot), indexes];
  }
  return {
    version: 1,
    boots: [...boots.keys()].map(({ files, data }) => {
      return { files: Object.fromEntries(files), data: Object.fromEntries(data) };
    }),
    contents: [...contents.keys()].map((key): [string, string] => {
      const space = key.indexOf(' ');
      return [key.slice(space + 1), key.slice(0, space)];
    }),
    tests,
  };
}

function indexIn<T>(table: Map<T, number>, key: T): number {
  const known = table.get(key);
  if (known !== undefined) return known;
  table.set(key, table.size);
  return table.size - 1;
}

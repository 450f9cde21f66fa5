/** Shapes of the files that run before the tests: of a recording when it is kept, of other contents when it is used. */
import type { FileSymbols, ReadSymbols } from '../php/symbols.ts';
import { bootShape, functionsRun } from './boot-shape.ts';
import type { Recording } from './recording.ts';
import type { Boot, BootFile } from './recorded-map.ts';
import type { WorldFiles } from './world-files.ts';

type Php = () => Promise<ReadSymbols>;

/** Parses each content once, whatever the number of recordings. */
export function bootReader(
  world: WorldFiles,
  php: Php,
): (boot: Recording['boot']) => Promise<Omit<Boot, 'environment'>> {
  const known = new Map<string, { readonly text: string; readonly symbols: FileSymbols }>();
  return async (boot) => {
    const read = await php();
    const missing = [...boot.keys()].filter((path) => !known.has(path));
    for (const [path, text] of await world.texts(missing)) known.set(path, { text, symbols: read(text) });
    const files = [...boot].flatMap(([path, lines]): [string, BootFile][] => {
      const file = known.get(path);
      const oid = world.oid(path);
      if (file === undefined || oid === undefined) return [];
      const ran = functionsRun(file.symbols, lines);
      return [[path, { oid, shape: bootShape(file.text, file.symbols, ran), ran }]];
    });
    return { files: new Map(files), data: world.data };
  };
}

/** The first file whose other content may be seen by any test that comes after; undefined where there is none. */
export async function bootDiffers(
  { files }: Pick<Boot, 'files'>,
  world: WorldFiles,
  php: Php,
): Promise<string | undefined> {
  const other = [...files].filter(([path, { oid }]) => world.oid(path) !== oid);
  if (other.length === 0) return undefined;
  const read = await php();
  const texts = await world.texts(other.map(([path]) => path));
  return other.find(([path, { shape, ran }]) => {
    const text = texts.get(path);
    return text === undefined || bootShape(text, read(text), ran) !== shape;
  })?.[0];
}

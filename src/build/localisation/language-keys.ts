/**
 * The key of each language: same key, same messages. It holds the runtime, what every language depends on, and the files
 * of the language and of those that it falls back to. Pure: from inventories to keys.
 */
import { digestOf, sha256, type Digest } from '../../kernel/digest.ts';
import type { Inventory, InventoryFile } from './inventory.ts';

/** One tree's inventory, where it is mounted. */
export interface Mounted {
  /** In core's tree: '', 'extensions/Cite'. */
  readonly path: string;
  readonly inventory: Inventory;
}

export interface KeyFacts {
  readonly runtime: Digest;
  /** Manifests that are loaded, in order, below core. */
  readonly load: readonly string[];
  readonly mounted: readonly Mounted[];
  readonly wanted: 'all' | readonly string[];
}

export interface LanguageInputs {
  /** Itself, then what it falls back to; English is last. */
  readonly chain: readonly string[];
  readonly key: Digest;
  /** What its PHP array will take on disk, about. */
  readonly arrayBytes: number;
}

export interface Inputs {
  /** Those that are wanted, sorted. */
  readonly languages: ReadonlyMap<string, LanguageInputs>;
  /** Every language that core knows by name and has a file for. */
  readonly available: readonly string[];
  /** What every language depends on, by name: a path, `the runtime`, `the list of extensions and skins`. */
  readonly shared: Readonly<Record<string, string>>;
  /** By language, its own files alone; paths below core, sorted. */
  readonly files: ReadonlyMap<string, readonly InventoryFile[]>;
  /** Of the PHP that should not matter. */
  readonly code: Digest;
}

/** Changes when the same inputs would give another cache. */
const FORMAT = 1;

export function languageInputs(facts: KeyFacts): Inputs {
  const core = facts.mounted.find(({ path }) => path === '')?.inventory;
  const available = [...new Set(core?.names)].filter((code) => core?.languages[code] !== undefined).sort();
  const wanted = available.filter((code) => facts.wanted === 'all' || facts.wanted.includes(code));
  const chains = new Map(wanted.map((code) => [code, chainOf(code, core?.fallbacks?.[code] ?? [])]));
  const files = filesByLanguage(facts.mounted, new Set([...chains.values()].flat()));
  const shared = sharedInputs(facts);
  const sharedKey = digestOf({ format: FORMAT, shared, load: facts.load });
  const own = new Map([...files].map(([code, list]) => [code, fileKey(list)]));
  const sizes = new Map([...files].map(([code, list]) => [code, bytesByFolder(list)]));
  const languages = new Map(
    [...chains].map(([code, chain]) => {
      const key = digestOf({ sharedKey, chain, own: chain.map((one) => own.get(one) ?? '') });
      return [code, { chain, key, arrayBytes: arrayBytes(chain.flatMap((one) => sizes.get(one) ?? [])) }];
    }),
  );
  const code = digestOf(facts.mounted.map(({ inventory }) => inventory.code ?? ''));
  return { available, languages, shared, files, code };
}

/** As MediaWiki does it: what the language says, then English. */
function chainOf(code: string, said: readonly string[]): readonly string[] {
  return [code, ...said, ...(code === 'en' || said.at(-1) === 'en' ? [] : ['en'])];
}

function filesByLanguage(
  mounted: readonly Mounted[],
  codes: ReadonlySet<string>,
): ReadonlyMap<string, readonly InventoryFile[]> {
  const files = new Map<string, InventoryFile[]>();
  for (const code of codes) {
    const all: InventoryFile[] = [];
    for (const { path: mount, inventory } of mounted) {
      for (const [path, oid, bytes] of inventory.languages[code] ?? []) all.push([below(mount, path), oid, bytes]);
    }
    files.set(
      code,
      all.sort(([a], [b]) => (a < b ? -1 : 1)),
    );
  }
  return files;
}

function sharedInputs({ runtime, load, mounted }: KeyFacts): Readonly<Record<string, string>> {
  const entries = mounted.flatMap(({ path: mount, inventory }) => {
    return Object.entries(inventory.shared).map(([path, id]) => [below(mount, path), id] as const);
  });
  const others = [['the runtime', runtime] as const, ['the list of extensions and skins', digestOf(load)] as const];
  return Object.fromEntries([...entries, ...others]);
}

function fileKey(files: readonly InventoryFile[]): Digest {
  return sha256(files.map(([path, oid]) => `${oid} ${path}\n`).join(''));
}

function bytesByFolder(files: readonly InventoryFile[]): readonly (readonly [folder: string, bytes: number])[] {
  const messages = files.filter(([path]) => path.endsWith('.json'));
  return messages.map(([path, , bytes]) => [path.slice(0, path.lastIndexOf('/')), bytes]);
}

/**
 * What isn't translated is there in the next language of the chain, so each folder counts with its largest file. Measured
 * on MediaWiki 1.43 with 33 extensions: en 1.53, de 1.53, ml 1.46, ja 1.51, ru 1.37 times that.
 */
function arrayBytes(sizes: readonly (readonly [folder: string, bytes: number])[]): number {
  const largest = new Map<string, number>();
  for (const [folder, bytes] of sizes) largest.set(folder, Math.max(bytes, largest.get(folder) ?? 0));
  return Math.round([...largest.values()].reduce((total, bytes) => total + bytes, 0) * ARRAY_PER_SOURCE);
}
const ARRAY_PER_SOURCE = 1.53;

function below(mount: string, path: string): string {
  return mount === '' ? path : `${mount}/${path}`;
}

/** Reads components into their index. PHP is parsed once for each content: a second run reads what is new. */
import type { BlobStore } from '../kernel/blob-store.ts';
import type { GitObjects, LockedComponent, TreeEntry } from '../resolve/index.ts';
import type { ComponentIndex, IndexedFile } from './component-index.ts';
import type { FileSymbols, ReadSymbols } from './php/symbols.ts';
import { readRegistration } from './registration.ts';
import { wikitextWords } from './wikitext-words.ts';

export interface IndexTools {
  readonly objects: GitObjects;
  readonly blobs: BlobStore;
  /** Loads the grammar at the first call. */
  readonly php: () => Promise<ReadSymbols>;
}

interface ReadFile {
  readonly path: string;
  readonly oid: string;
  /** Of PHP. */
  readonly symbols?: FileSymbols;
  /** Of parser tests. */
  readonly words?: readonly string[];
}

/** One tree of a component, read. */
export interface TreeIndex {
  readonly files: readonly ReadFile[];
  /** The text of extension.json or skin.json. */
  readonly registration: string | undefined;
  /** How many files had to be parsed. */
  readonly parsed: number;
}

/** Goes up when what is read from PHP changes: an older index is then made anew. */
const INDEX_VERSION = 3;

interface ReadOptions {
  /** An index of the same component whose files may be the same. */
  readonly known?: TreeIndex;
  /** Of a component that is too big to be read whole: the files that are, and a name for them. */
  readonly only?: { readonly name: string; readonly has: (path: string) => boolean };
}

export async function readTree(
  tools: IndexTools,
  tree: { readonly url: string; readonly id: string },
  { known, only }: ReadOptions = {},
): Promise<TreeIndex> {
  const name = `test-index/${String(INDEX_VERSION)}/${tree.id}${only === undefined ? '' : `/${only.name}`}`;
  const kept = await tools.blobs.recall(name);
  if (isTreeIndex(kept)) return { ...kept, parsed: 0 };
  const entries = (await tools.objects.entries(tree)).filter(({ mode }) => mode !== '160000');
  const read = new Map(known?.files.flatMap((file) => (hasContent(file) ? [[file.oid, file] as const] : [])));
  const wanted = entries.filter(({ path }) => only?.has(path) !== false);
  const missing = wanted.filter((entry) => (isPhp(entry) || isParserTest(entry.path)) && !read.has(entry.oid));
  for (const file of await parse(tools, tree.url, missing)) read.set(file.oid, file);
  const files = wanted.map(({ path, oid }): ReadFile => ({ ...read.get(oid), path, oid }));
  const registration = await registrationText(tools.objects, tree);
  const index = { files, ...(registration === undefined ? {} : { registration }) };
  // A work tree's state is seldom seen again: only what is in a lock is kept.
  if (known === undefined) await tools.blobs.remember(name, index);
  return { ...index, registration, parsed: missing.length };
}

async function parse(tools: IndexTools, url: string, missing: readonly TreeEntry[]): Promise<ReadFile[]> {
  if (missing.length === 0) return [];
  const php = missing.some(isPhp) ? await tools.php() : undefined;
  const wanted = new Map(missing.map((entry) => [entry.oid, entry]));
  const files: ReadFile[] = [];
  for await (const { oid, data } of tools.objects.blobs(url, [...wanted.keys()])) {
    const { path } = wanted.get(oid) ?? { path: '' };
    const text = data.toString('utf8');
    if (isParserTest(path)) files.push({ path, oid, words: wikitextWords(text) });
    else if (php !== undefined) files.push({ path, oid, symbols: php(text) });
  }
  return files;
}

function hasContent({ symbols, words }: ReadFile): boolean {
  return symbols !== undefined || words !== undefined;
}

function isParserTest(path: string): boolean {
  return /^tests\/parser\/[^/]*\.txt$/.test(path);
}

/** Third-party code and tables of translated names say nothing about what depends on what. */
function isPhp({ path, mode }: TreeEntry): boolean {
  return mode !== '120000' && /\.(php|inc)$/.test(path) && !/(^|\/)(vendor|node_modules|i18n)\//.test(path);
}

async function registrationText(
  objects: GitObjects,
  tree: { readonly url: string; readonly id: string },
): Promise<string | undefined> {
  for (const path of ['extension.json', 'skin.json']) {
    const text = await objects.file(tree, path);
    if (text !== undefined) return text.toString('utf8');
  }
  return undefined;
}

/** @param before the same component without the patch: what was there may still be used */
export function componentIndex(component: LockedComponent, now: TreeIndex, before?: TreeIndex): ComponentIndex {
  const same = new Set(now.files.map(({ path, oid }) => `${oid} ${path}`));
  const gone = before?.files.filter(({ path, oid }) => !same.has(`${oid} ${path}`)) ?? [];
  const texts = new Set([now.registration, before?.registration]);
  const registrations = [...texts].flatMap((text) => (text === undefined ? [] : (readRegistration(text) ?? [])));
  return {
    name: component.name,
    registered: component.registered ?? registrations[0]?.name ?? component.name,
    kind: component.kind,
    path: component.path,
    php: [...phpFiles(gone).map((file) => ({ ...file, before: true as const })), ...phpFiles(now.files)],
    parserTests: now.files.flatMap(({ path, words }) => (words === undefined ? [] : [{ path, words }])),
    registrations,
  };
}

function phpFiles(files: TreeIndex['files']): IndexedFile[] {
  return files.flatMap(({ path, symbols }) => (symbols === undefined ? [] : [{ path, symbols }]));
}

/** Our own document, by its version's name: its shape is known when it has files. */
function isTreeIndex(kept: unknown): kept is Omit<TreeIndex, 'parsed'> {
  return typeof kept === 'object' && kept !== null && 'files' in kept;
}

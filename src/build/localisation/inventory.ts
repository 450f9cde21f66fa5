/**
 * What one tree gives to messages: files of one language (`i18n/de.json`, `MessagesDe.php`), and files that every language
 * depends on (manifests, aliases and magic words, core's code that makes the cache). Remembered by tree: read once.
 */
import { z } from 'zod';
import type { BlobStore } from '../../kernel/blob-store.ts';
import { digestOf, type Digest } from '../../kernel/digest.ts';
import type { GitObjects, TreeEntry } from '../../resolve/index.ts';
import type { MountedTree } from '../layers/mount.ts';
import { isDigest } from '../layers/stored-record.ts';
import { readManifest, type MessageManifest } from './message-manifest.ts';

/** Path in the tree, object id, bytes. */
export type InventoryFile = readonly [path: string, oid: string, bytes: number];

export interface Inventory {
  /** By language code: messages, and core's file about the language itself. */
  readonly languages: Readonly<Record<string, readonly InventoryFile[]>>;
  /** What every language depends on: path to object id, or to a digest of the part that counts. */
  readonly shared: Readonly<Record<string, string>>;
  /** Of all other PHP of core and vendor: it should not matter, and that is checked. */
  readonly code?: Digest;
  /** Core's: where each language falls back to, before English. */
  readonly fallbacks?: Readonly<Record<string, readonly string[]>>;
  /** Core's: languages that it knows by name. */
  readonly names?: readonly string[];
}

/** A tree with the manifests that register it: `extension.json`, `FancyCaptcha/extension.json`. */
export interface MessageTree extends MountedTree {
  readonly kind: 'core' | 'vendor' | 'other';
  readonly manifests: readonly string[];
}

interface InventoryPorts {
  readonly blobs: BlobStore;
  readonly objects: GitObjects;
}

/** Changes when the same tree would give another inventory. */
const FORMAT = 1;

const inventorySchema = z.object({
  // Thirty thousand files in all: the format's number vouches for each.
  languages: z.custom<Inventory['languages']>((value) => typeof value === 'object' && value !== null),
  shared: z.record(z.string(), z.string()),
  code: z.custom<Digest>(isDigest).exactOptional(),
  fallbacks: z.record(z.string(), z.array(z.string())).exactOptional(),
  names: z.array(z.string()).exactOptional(),
});

export async function recallInventory(tree: MessageTree, blobs: BlobStore): Promise<Inventory | undefined> {
  return inventorySchema.safeParse(await blobs.recall(recordName(tree))).data;
}

/** The tree must have been fetched. */
export async function takeInventory(tree: MessageTree, { blobs, objects }: InventoryPorts): Promise<Inventory> {
  const entries = await objects.entries({ url: tree.url, id: tree.tree });
  const files = entries.filter(
    ({ mode, path }) => mode.startsWith('100') && !/(^|\/)(tests?|node_modules)\//.test(path),
  );
  const manifests = await Promise.all(tree.manifests.map((path) => readManifest(tree, { path, objects })));
  const inventory = {
    languages: languagesOf(files, { tree, manifests }),
    shared: sharedOf(files, { tree, manifests }),
    ...(tree.kind === 'other' ? {} : { code: codeOf(files) }),
    ...(tree.kind === 'core' ? await readCore(files, { tree, objects }) : {}),
  };
  await blobs.remember(recordName(tree), inventory);
  return inventory;
}

function recordName({ tree, kind, manifests }: MessageTree): string {
  return `l10n/inventory/${FORMAT}/${kind}/${digestOf(manifests).slice('sha256:'.length, 19)}/${tree}`;
}

interface Reading {
  readonly tree: MessageTree;
  readonly manifests: readonly MessageManifest[];
}

/**
 * Every folder that has English messages counts, registered or not: code may register it when it runs. A file too many
 * costs a rebuild, one too few an old message.
 */
function languagesOf(files: readonly TreeEntry[], { tree, manifests }: Reading): Inventory['languages'] {
  const folders = new Set(files.filter(({ path }) => /(^|\/)en\.json$/.test(path)).map(({ path }) => folderOf(path)));
  for (const folder of manifests.flatMap((one) => one.folders)) folders.add(folder);
  const found: Record<string, InventoryFile[]> = {};
  for (const { path, oid, bytes } of files) {
    const code = languageOf(path, { folders, isCore: tree.kind === 'core' });
    if (code !== undefined) (found[code] ??= []).push([path, oid, bytes]);
  }
  return found;
}

function languageOf(
  path: string,
  { folders, isCore }: { readonly folders: ReadonlySet<string>; readonly isCore: boolean },
): string | undefined {
  const messages = /(?:^|\/)([a-z][a-z0-9-]*)\.json$/.exec(path)?.[1];
  if (messages !== undefined && folders.has(folderOf(path))) return messages;
  const own = isCore ? /^languages\/messages\/Messages([A-Z][a-z0-9_]*)\.php$/.exec(path)?.[1] : undefined;
  return own?.toLowerCase().replaceAll('_', '-');
}

/** By name, wherever a version of core keeps them. */
const MAKERS =
  /(^|\/)(LocalisationCache\w*|LCStore\w*|LanguageNameUtils|Names|StaticArrayWriter|FormatJson|\w*Dependency|rebuildLocalisationCache)\.php$|^languages\/data\/plurals.*\.xml$|^wikimedia\/(cdb|cldr-plural-rule-parser)\/.*\.php$/;

function sharedOf(files: readonly TreeEntry[], { tree, manifests }: Reading): Inventory['shared'] {
  const shared: Record<string, string> = {};
  const registered = new Set(manifests.flatMap((one) => one.files));
  for (const { path, oid } of files) {
    if (registered.has(path) || (tree.kind !== 'other' && MAKERS.test(path))) shared[path] = oid;
  }
  for (const [index, { digest, hooks }] of manifests.entries()) {
    shared[tree.manifests[index] ?? ''] = digest;
    if (hooks) shared['hooks'] = tree.tree; // its code may change any message
  }
  return shared;
}

function codeOf(files: readonly TreeEntry[]): Digest {
  const code = files.filter(({ path }) => path.endsWith('.php') && !path.startsWith('languages/messages/'));
  return digestOf(code.map(({ path, oid }) => [path, oid]));
}

async function readCore(
  files: readonly TreeEntry[],
  { tree, objects }: { readonly tree: MessageTree; readonly objects: GitObjects },
): Promise<Pick<Inventory, 'fallbacks' | 'names'>> {
  const about = files.filter(({ path }) => path.startsWith('languages/messages/Messages'));
  const names = files.filter(({ path }) => /(^|\/)languages?\/data\/Names\.php$/i.test(path));
  const wanted = [...about, ...names];
  const fallbacks: Record<string, readonly string[]> = {};
  const known: string[] = [];
  let index = 0;
  for await (const { data } of objects.blobs(
    tree.url,
    wanted.map(({ oid }) => oid),
  )) {
    const path = wanted[index]?.path ?? '';
    const text = data.toString('utf8');
    const code = languageOf(path, { folders: new Set(), isCore: true });
    if (code === undefined) known.push(...namesIn(text));
    else if (fallbackIn(text).length > 0) fallbacks[code] = fallbackIn(text);
    index += 1;
  }
  return { fallbacks, names: known };
}

/** `$fallback = 'zh-hant, zh';`, as MediaWiki splits it. */
function fallbackIn(text: string): readonly string[] {
  const list = /^\s*\$fallback\s*=\s*(['"])(.*?)\1\s*;/m.exec(text)?.[2];
  return list === undefined ? [] : list.split(',').map((code) => code.trim());
}

/** Without those made up for fun and testing (`en-x-piglatin`), which a wiki has to switch on. */
function namesIn(text: string): string[] {
  const names = [...text.matchAll(/^\s*'([a-z][a-z0-9-]*)'\s*=>/gm)].map((match) => match[1] ?? '');
  return names.filter((name) => !name.includes('-x-'));
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

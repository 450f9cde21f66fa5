/** One layer as a tar: entries of trees, literal files and whiteouts, each below its parent folders, in a fixed order. */
import type { TarEntry } from '../../kernel/tar.ts';
import { TAR_END, tarHeader, tarPadding } from '../../kernel/tar.ts';
import { sha256 } from '../../kernel/digest.ts';
import type { GitObjects, TreeEntry } from '../../resolve/index.ts';
import { parents } from './paths.ts';
import type { BlobStore } from '../../kernel/blob-store.ts';
import type { StoredFile } from './layer-spec.ts';
import { mountPoint } from './mount.ts';
import { EARLIEST, mtimeOf } from './mtime.ts';

/** Part of a layer: entries of one component's repo. */
export interface LayerPart {
  readonly url: string;
  /** Mount path of the component. */
  readonly path: string;
  readonly entries: readonly TreeEntry[];
}

export interface LayerFiles {
  /** What lower layers have and the image hasn't, counted from core's folder. */
  readonly removed: readonly string[];
  readonly parts: readonly LayerPart[];
}

const CHUNK = 512 * 1024;

/** Reads one blob at a time and yields chunks of about half a megabyte: memory stays bounded by the largest file. */
export function treesTar(files: LayerFiles, objects: GitObjects): AsyncGenerator<Buffer> {
  return inChunks(partsTar(files, objects));
}

export function filesTar(files: Readonly<Record<string, string>>): AsyncGenerator<Buffer> {
  return inChunks(literalTar(files));
}

async function* partsTar({ removed, parts }: LayerFiles, objects: GitObjects): AsyncGenerator<Buffer> {
  const folders = new Set<string>();
  for (const path of removed) {
    const whiteout = `${mountPoint('')}/${whiteoutOf(path)}`;
    yield* foldersAbove(whiteout, folders);
    yield tarHeader({ kind: 'file', path: whiteout, bytes: 0, mtime: EARLIEST });
  }
  for (const part of parts) yield* entriesTar(part, { root: mountPoint(part.path), folders, objects });
  yield TAR_END;
}

interface PartContext {
  readonly root: string;
  readonly folders: Set<string>;
  readonly objects: GitObjects;
}

async function* entriesTar(part: LayerPart, { root, folders, objects }: PartContext): AsyncGenerator<Buffer> {
  const oids = part.entries.map((entry) => entry.oid);
  let index = 0;
  for await (const { oid, data } of objects.blobs(part.url, oids)) {
    const entry = part.entries[index];
    if (entry?.oid !== oid) throw new Error(`git answered with ${oid} where ${entry?.oid ?? 'nothing'} was asked`);
    index += 1;
    const path = `${root}/${entry.path}`;
    yield* foldersAbove(path, folders);
    yield* content(tarEntry(entry, { path, data }), data);
  }
  if (index !== part.entries.length) throw new Error(`git gave ${index} of ${part.entries.length} blobs`);
}

function tarEntry(entry: TreeEntry, { path, data }: { path: string; data: Buffer }): TarEntry {
  const mtime = mtimeOf(entry.oid);
  if (entry.mode === '120000') return { kind: 'symlink', path, target: data.toString('utf8'), mtime };
  return { kind: 'file', path, bytes: data.length, executable: entry.mode === '100755', mtime };
}

// eslint-disable-next-line @typescript-eslint/require-await -- the same shape as the one that reads git
async function* literalTar(files: Readonly<Record<string, string>>): AsyncGenerator<Buffer> {
  const folders = new Set<string>();
  for (const [name, text] of Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const data = Buffer.from(text);
    const path = `${mountPoint('')}/${name}`;
    yield* foldersAbove(path, folders);
    const mtime = mtimeOf(sha256(data).slice('sha256:'.length));
    yield* content({ kind: 'file', path, bytes: data.length, mtime }, data);
  }
  yield TAR_END;
}

/** Files of containers, each streamed from the store: their number is small, their size isn't. */
export async function* storedTar(files: readonly StoredFile[], blobs: BlobStore): AsyncGenerator<Buffer> {
  const folders = new Set<string>();
  for (const { path, digest, bytes, executable = false } of files) {
    yield* foldersAbove(path, folders);
    yield tarHeader({ kind: 'file', path, bytes, executable, mtime: mtimeOf(digest.slice('sha256:'.length)) });
    yield* blobs.open(digest);
    yield tarPadding(bytes);
  }
  yield TAR_END;
}

function* content(entry: TarEntry, data: Buffer): Generator<Buffer> {
  yield tarHeader(entry);
  if (entry.kind !== 'file') return;
  yield data;
  yield tarPadding(data.length);
}

/** Each folder once, before the first entry in it, so that a layer stands alone. */
function* foldersAbove(path: string, written: Set<string>): Generator<Buffer> {
  for (const folder of parents(path)) {
    if (written.has(folder)) continue;
    written.add(folder);
    yield tarHeader({ kind: 'directory', path: folder, mtime: EARLIEST });
  }
}

/** `a/b`: `a/.wh.b`, which removes what lower layers have there. */
function whiteoutOf(path: string): string {
  const cut = path.lastIndexOf('/') + 1;
  return `${path.slice(0, cut)}.wh.${path.slice(cut)}`;
}

/** Small pieces cost a write and a hash call each: 30,000 files have 90,000 of them. */
async function* inChunks(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let waiting: Buffer[] = [];
  let bytes = 0;
  for await (const piece of pieces) {
    waiting.push(piece);
    bytes += piece.length;
    if (bytes < CHUNK) continue;
    yield Buffer.concat(waiting, bytes);
    waiting = [];
    bytes = 0;
  }
  if (bytes > 0) yield Buffer.concat(waiting, bytes);
}

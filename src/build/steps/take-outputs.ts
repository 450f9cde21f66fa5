/**
 * Reads what a step left of its component, as the tar that the runner took out of its container: its outputs go into
 * the blob store, the files that git has are compared, and the rest is scratch that nobody keeps.
 */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { extract, type Header } from 'tar-stream';
import type { BlobStore } from '../../kernel/blob-store.ts';
import type { ComponentFile } from './component-tree.ts';
import type { StepFile } from './step-record.ts';
import { isBelow } from './step-spec.ts';

interface OddEntry {
  readonly path: string;
  readonly reason: string;
}

export interface TakenOutputs {
  /** Sorted by path. */
  readonly files: readonly StepFile[];
  /** Outputs that no image can have. */
  readonly odd: readonly OddEntry[];
  /** Files of git, no outputs, that are other ones now, or gone. */
  readonly touched: readonly string[];
  /** All that the tar had inside of outputs. */
  readonly seen: ReadonlySet<string>;
}

export interface Wanted {
  readonly outputs: readonly string[];
  readonly tracked: readonly ComponentFile[];
  /** Outputs of earlier steps: as little this step's to change as what git has. */
  readonly made: readonly StepFile[];
}

/** @param tar its names begin with the component's folder */
export async function takeOutputs(
  tar: AsyncIterable<Uint8Array>,
  { outputs, tracked, made }: Wanted,
  blobs: BlobStore,
): Promise<TakenOutputs> {
  const files = new Map<string, StepFile>();
  const links = new Map<string, string>();
  const odd: OddEntry[] = [];
  const seen = new Set<string>();
  const given = [...tracked, ...made].filter(({ path }) => !isBelow(path, outputs));
  const left = new Map<string, ComponentFile | StepFile>(given.map((file) => [file.path, file]));
  const unpacked = extract();
  const source = Readable.from(tar, { objectMode: false });
  source.on('error', (error) => unpacked.destroy(error));
  source.pipe(unpacked);
  for await (const entry of unpacked as AsyncIterable<Entry>) {
    const path = belowRoot(entry.header.name);
    const file = left.get(path);
    if (isBelow(path, outputs)) {
      seen.add(path);
      const reason = oddName(path) ?? oddType(entry.header);
      if (entry.header.type === 'directory')
        entry.resume(); // what is in it tells the same
      else if (reason !== undefined) odd.push({ path, reason });
      else if (entry.header.type === 'file') files.set(path, await store(path, entry, blobs));
      else if (isLink(entry.header)) links.set(path, linkTarget(path, entry.header));
    } else if (file !== undefined && (await isSame(file, entry))) left.delete(path);
    entry.resume();
  }
  odd.push(...followLinks(links, files));
  const all = [...files.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  odd.push(...collisions(all, [...tracked, ...made]));
  return { files: all, odd, touched: [...left.keys()].sort(), seen };
}

type Entry = AsyncIterable<Uint8Array> & { readonly header: Header; resume(): unknown };

function belowRoot(name: string): string {
  const path = name.replace(/^\.?\//, '').replace(/\/$/, '');
  const cut = path.indexOf('/');
  return cut === -1 ? '' : path.slice(cut + 1);
}

async function store(path: string, entry: Entry, blobs: BlobStore): Promise<StepFile> {
  const { digest, bytes } = await blobs.put(entry);
  const executable = (entry.header.mode & 0o100) !== 0;
  return { path, digest, bytes, ...(executable ? { executable } : {}) };
}

/** Linux opens none longer than this. */
const LONGEST_PATH = 4095;
const CONTROL = /[\u0000-\u001F\u007F]/;

function oddName(path: string): string | undefined {
  if (Buffer.byteLength(path) > LONGEST_PATH) return `has a path of ${Buffer.byteLength(path)} bytes`;
  if (CONTROL.test(path)) return 'has a line break or another control character in its name';
  if (path.includes('\uFFFD')) return 'has a name that is not UTF-8';
  const parts = path.split('/');
  if (parts.some((part) => part === '..' || part === '.' || part === '')) return 'leaves its folder';
  if (parts.some((part) => part.startsWith('.wh.'))) return 'would remove files of lower layers (a whiteout)';
  return undefined;
}

const ODD_TYPES: Readonly<Record<string, string>> = {
  'character-device': 'is a device',
  'block-device': 'is a device',
  fifo: 'is a named pipe',
  'contiguous-file': 'is of a kind that images do not have',
};

function oddType({ type }: Header): string | undefined {
  return ODD_TYPES[type];
}

function isLink({ type }: Header): boolean {
  return type === 'symlink' || type === 'link';
}

/** Below the component; one that leads out of it keeps its own words. */
function linkTarget(path: string, { type, linkname }: Header): string {
  const target = linkname;
  if (type === 'link') return belowRoot(target);
  if (target.startsWith('/')) return target;
  const parts = path.split('/').slice(0, -1);
  for (const part of target.split('/')) {
    if (part === '..' && parts.pop() === undefined) return target.startsWith('..') ? target : `../${target}`;
    if (part !== '..' && part !== '.' && part !== '') parts.push(part);
  }
  return parts.join('/');
}

/** A link to a file among the outputs becomes that file; no other can be kept. */
function followLinks(links: ReadonlyMap<string, string>, files: Map<string, StepFile>): OddEntry[] {
  const odd: OddEntry[] = [];
  for (const path of links.keys()) {
    let target = path;
    for (let steps = 0; links.has(target) && steps < 40; steps += 1) target = links.get(target) ?? '';
    const file = files.get(target);
    if (file !== undefined) files.set(path, { ...file, path });
    else if (target.startsWith('/') || target.startsWith('..')) {
      odd.push({ path, reason: `is a link out of the component, to ${JSON.stringify(target)}` });
    } else odd.push({ path, reason: `is a link to ${JSON.stringify(target)}, which is no file among the outputs` });
  }
  return odd;
}

async function isSame(file: ComponentFile | StepFile, entry: Entry): Promise<boolean> {
  if ('oid' in file) return isCommitted(file, entry);
  const { type, mode } = entry.header;
  if (type !== 'file' || ((mode & 0o100) !== 0) !== (file.executable ?? false)) return false;
  const hash = createHash('sha256');
  for await (const chunk of entry) hash.update(chunk);
  return `sha256:${hash.digest('hex')}` === file.digest;
}

/** As git names the content of a file or a link. */
async function isCommitted({ oid, mode }: ComponentFile, entry: Entry): Promise<boolean> {
  const { type, linkname, size, mode: bits } = entry.header;
  if (type !== (mode === '120000' ? 'symlink' : 'file')) return false;
  if (type === 'file' && ((bits & 0o100) !== 0) !== (mode === '100755')) return false;
  const hash = createHash(oid.length === 64 ? 'sha256' : 'sha1');
  if (type === 'symlink') {
    const target = Buffer.from(linkname);
    return hash.update(`blob ${target.length}\0`).update(target).digest('hex') === oid;
  }
  hash.update(`blob ${size}\0`);
  for await (const chunk of entry) hash.update(chunk);
  return hash.digest('hex') === oid;
}

/** Two names of one file, on a disk that doesn't tell capitals from small letters. */
function collisions(files: readonly StepFile[], given: readonly { readonly path: string }[]): OddEntry[] {
  const known = new Map<string, string>();
  const odd: OddEntry[] = [];
  for (const path of [...given, ...files].flatMap((file) => withFolders(file.path))) {
    const folded = path.toLowerCase();
    const other = known.get(folded);
    if (other === undefined) known.set(folded, path);
    else if (other !== path && !odd.some((one) => one.path === path))
      odd.push({ path, reason: `differs from ${JSON.stringify(other)} by capital letters alone` });
  }
  const own = new Set(files.flatMap((file) => withFolders(file.path)));
  return odd.filter(({ path }) => own.has(path));
}

function withFolders(path: string): string[] {
  const parts = path.split('/');
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

/** Streams the release tarball into one bare repo a component: read once, nothing unpacked on disk. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import type { RunContext } from '../../../src/kernel/run-context.ts';
import { importRemote, type FileMode, type ImportedFile, type Importer } from '../fast-import.ts';
import { comesLater, placeFile, type Placed } from './components.ts';
import type { WorldEvent } from './events.ts';
import { historyOf, type WorldCommit } from './history.ts';

export interface WrittenRemotes {
  readonly release: string;
  /** `core`, `vendor`, `extensions/Cite`, ...: sorted. */
  readonly components: readonly string[];
  readonly files: number;
  readonly sourceSha256: string;
}

interface Remote {
  readonly importer: Importer;
  readonly early: ImportedFile[];
  readonly late: ImportedFile[];
  /** The files that its history edits, and their text. */
  readonly watched: ReadonlySet<string>;
  readonly edited: Map<string, string>;
}

/** 2024-10-07, the week in which 1.43 was cut. */
const FIRST_WEEK = 1728259200;
const WEEK = 7 * 24 * 3600;
const PROGRESS_EVERY = 2000;

/** Throws what git, gzip or the disk said; the caller throws `into` away then. */
export async function writeRemotes(
  tarball: string,
  into: string,
  context: RunContext<WorldEvent>,
): Promise<WrittenRemotes> {
  const stop = new AbortController();
  const signal = AbortSignal.any([context.signal, stop.signal]);
  const remotes = new Map<string, Remote>();
  const counts = { files: 0, bytes: 0 };
  let release = '';
  try {
    const source = openTarball(tarball, signal);
    for await (const file of source.files) {
      release ||= file.release;
      const remote = remotes.get(file.placed.component) ?? (await openRemote(into, file.placed.component, signal));
      remotes.set(file.placed.component, remote);
      await addFile(remote, file);
      counts.files += 1;
      counts.bytes += file.data.length;
      if (counts.files % PROGRESS_EVERY === 0) context.emit({ code: 'world/import-advanced', ...counts });
    }
    for (const [component, remote] of remotes) await writeHistory(component, release, remote);
    const components = [...remotes.keys()].sort();
    return { release, components, files: counts.files, sourceSha256: source.sha256() };
  } finally {
    stop.abort(); // git that still waits for files, where something went wrong
  }
}

interface SourceFile {
  readonly release: string;
  readonly placed: Placed;
  readonly mode: FileMode;
  readonly data: Buffer;
}

function openTarball(
  path: string,
  signal: AbortSignal,
): { readonly files: AsyncIterable<SourceFile>; readonly sha256: () => string } {
  const hash = createHash('sha256');
  const entries = extract();
  const hashed = async function* (chunks: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
    for await (const chunk of chunks) {
      hash.update(chunk);
      yield chunk;
    }
  };
  const reading = pipeline(createReadStream(path), hashed, createGunzip(), entries, { signal });
  reading.catch((cause: unknown) => {
    entries.destroy(cause instanceof Error ? cause : new Error(String(cause)));
  });
  const files = async function* (): AsyncIterable<SourceFile> {
    for await (const entry of entries) {
      const chunks: Buffer[] = [];
      for await (const chunk of entry as AsyncIterable<Buffer>) chunks.push(chunk);
      const placed = placeFile(entry.header.name);
      const mode = modeOf(entry.header);
      if (placed === undefined || mode === undefined) continue;
      const data = mode === '120000' ? Buffer.from(entry.header.linkname) : Buffer.concat(chunks);
      yield { release: /^mediawiki-([\d.]+)/.exec(entry.header.name)?.[1] ?? '', placed, mode, data };
    }
    await reading;
  };
  return { files: files(), sha256: () => hash.digest('hex') };
}

async function addFile(remote: Remote, { placed, mode, data }: SourceFile): Promise<void> {
  const file = { path: placed.path, mode, mark: await remote.importer.blob(data) };
  (comesLater(placed) ? remote.late : remote.early).push(file);
  if (remote.watched.has(placed.path)) remote.edited.set(placed.path, data.toString());
}

async function openRemote(into: string, component: string, signal: AbortSignal): Promise<Remote> {
  const gitDir = join(into, 'mediawiki', `${component}.git`);
  await mkdir(dirname(gitDir), { recursive: true });
  const importer = await importRemote(gitDir, signal);
  return { importer, early: [], late: [], watched: editedPaths(component), edited: new Map() };
}

function modeOf(header: { readonly type?: string | null; readonly mode?: number }): FileMode | undefined {
  if (header.type === 'symlink') return '120000';
  if (header.type !== 'file') return undefined;
  return ((header.mode ?? 0) & 0o111) === 0 ? '100644' : '100755';
}

function editedPaths(component: string): ReadonlySet<string> {
  return new Set(historyOf(component, '').commits.flatMap((commit) => Object.keys(commit.edits ?? {})));
}

async function writeHistory(component: string, release: string, remote: Remote): Promise<void> {
  const history = historyOf(component, release);
  const marks = new Map<string, number>();
  const states = new Map<string, ReadonlyMap<string, string>>();
  for (const commit of history.commits) {
    const before = states.get(commit.parent ?? '') ?? remote.edited;
    const { files, after } = await filesOf(commit, before, remote);
    states.set(commit.id, after);
    const parent = commit.parent === undefined ? undefined : marks.get(commit.parent);
    const at = FIRST_WEEK + commit.week * WEEK + marks.size;
    marks.set(commit.id, await remote.importer.commit({ message: commit.message, at, parent, files }));
  }
  for (const [ref, id] of Object.entries(history.refs)) await remote.importer.ref(ref, marks.get(id) ?? 0);
  await remote.importer.finish();
}

async function filesOf(
  commit: WorldCommit,
  before: ReadonlyMap<string, string>,
  remote: Remote,
): Promise<{ files: readonly ImportedFile[]; after: ReadonlyMap<string, string> }> {
  if (commit.adds !== undefined) return { files: remote[commit.adds], after: before };
  const after = new Map(before);
  const files: ImportedFile[] = [];
  for (const [path, edit] of Object.entries(commit.edits ?? {})) {
    const text = edit(before.get(path) ?? '');
    after.set(path, text);
    files.push({ path, mode: '100644', mark: await remote.importer.blob(Buffer.from(text)) });
  }
  return { files, after };
}

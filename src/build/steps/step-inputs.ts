/** The component as a tar for its container: what the step sees of its files, and what the steps before it made. */
import type { BlobStore } from '../../kernel/blob-store.ts';
import { TAR_END, tarHeader, tarPadding } from '../../kernel/tar.ts';
import type { GitObjects } from '../../resolve/index.ts';
import { parents } from '../layers/paths.ts';
import { mountPoint } from '../layers/mount.ts';
import { EARLIEST, mtimeOf } from '../layers/mtime.ts';
import type { ComponentFile } from './component-tree.ts';
import type { StepFile } from './step-record.ts';

/** Number of `nobody`, whatever the image calls it: a step owns its component, and nothing else. */
export const STEP_USER = 65_534;

export interface SeenFiles {
  /** Mount of the component. */
  readonly path: string;
  readonly tracked: readonly ComponentFile[];
  /** Outputs of earlier steps: they stand in place of tracked files. */
  readonly made: readonly StepFile[];
}

/** To be unpacked at `/`. */
export async function* inputsTar(
  { path, tracked, made }: SeenFiles,
  { objects, blobs }: { readonly objects: GitObjects; readonly blobs: BlobStore },
): AsyncGenerator<Buffer> {
  const root = mountPoint(path);
  const folders = new Set<string>();
  const hidden = new Set(made.map((file) => file.path));
  yield* foldersOf(`${root}/.`, { root, folders });
  for (const [url, files] of Map.groupBy(tracked, (file) => file.url)) {
    const own = files.filter((file) => !hidden.has(file.path));
    let index = 0;
    for await (const { data } of objects.blobs(
      url,
      own.map(({ oid }) => oid),
    )) {
      const file = own[index];
      index += 1;
      if (file !== undefined) yield* trackedEntry(file, data, { root, folders });
    }
  }
  for (const file of made) {
    yield* foldersOf(`${root}/${file.path}`, { root, folders });
    const { digest, bytes, executable = false } = file;
    const mtime = mtimeOf(digest.slice('sha256:'.length));
    yield tarHeader({ kind: 'file', path: `${root}/${file.path}`, bytes, executable, mtime, owner: STEP_USER });
    yield* blobs.open(digest);
    yield tarPadding(bytes);
  }
  yield TAR_END;
}

interface Place {
  readonly root: string;
  readonly folders: Set<string>;
}

function* trackedEntry({ path, mode, oid }: ComponentFile, data: Buffer, place: Place): Generator<Buffer> {
  const head = { path: `${place.root}/${path}`, mtime: mtimeOf(oid), owner: STEP_USER };
  yield* foldersOf(head.path, place);
  if (mode === '120000') {
    yield tarHeader({ ...head, kind: 'symlink', target: data.toString('utf8') });
    return;
  }
  yield tarHeader({ ...head, kind: 'file', bytes: data.length, executable: mode === '100755' });
  yield data;
  yield tarPadding(data.length);
}

/** Those above the component stay root's. */
function* foldersOf(path: string, { root, folders }: Place): Generator<Buffer> {
  for (const folder of parents(path)) {
    if (folders.has(folder)) continue;
    folders.add(folder);
    const inside = folder === root || folder.startsWith(`${root}/`);
    yield tarHeader({ kind: 'directory', path: folder, mtime: EARLIEST, owner: inside ? STEP_USER : 0 });
  }
}

/** One file that root owns, to be unpacked at `/`. */
export async function* fileTar(path: string, text: string): AsyncGenerator<Buffer> {
  const data = Buffer.from(text);
  yield tarHeader({ kind: 'file', path, bytes: data.length, mtime: EARLIEST });
  yield await Promise.resolve(data);
  yield tarPadding(data.length);
  yield TAR_END;
}

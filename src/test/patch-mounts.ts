/**
 * A component in another state than the image has it: the files that differ, kept in a folder, and mounted one by one, so
 * that all that was built into the image stays to be seen. Work trees are read once: what is edited, or ignored by git,
 * while tests run is not in them.
 */
import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, mkdtemp, realpath, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { placeOf } from '../kernel/component-place.ts';
import { fail, ok, type Outcome } from '../kernel/outcome.ts';
import type { Mount } from '../kernel/runner.ts';
import type { GitObjects, LockedComponent, TreeEntry } from '../resolve/index.ts';
import { imageTree } from './image-tree.ts';

/** More would be slower than an image of their own, and are another base than the set's, not a patch. */
const MOST_FILES = 1000;

export interface PatchState {
  /** Tells it from others. */
  readonly tree: string;
  /** Holds `changed`, at their paths below the component. */
  readonly folder: string;
  /** Files that are new or other than in the image. */
  readonly changed: readonly string[];
  /** Files of the image that aren't there. */
  readonly gone: readonly string[];
}

export interface PatchMounts {
  readonly mounts: readonly Mount[];
  readonly tree: string;
}

interface Tools {
  readonly objects: GitObjects;
  /** Folder of states that were made before. */
  readonly scratch: string;
}

/** @returns undefined where the image has just that tree; fails with `test/too-many-files` */
export async function stateOf(
  component: LockedComponent,
  tree: string,
  { objects, scratch }: Tools,
): Promise<Outcome<PatchState | undefined>> {
  const { url } = component;
  const built = imageTree(component);
  if (tree === built) return ok(undefined);
  const [image, wanted] = await Promise.all([objects.entries({ url, id: built }), objects.entries({ url, id: tree })]);
  const there = new Map(image.map((entry) => [entry.path, entry]));
  const other = wanted.filter(
    ({ path, oid, mode }) => mode !== SUBMODULE && (there.get(path)?.oid !== oid || there.get(path)?.mode !== mode),
  );
  const stays = new Set(wanted.map(({ path }) => path));
  const gone = image.filter(({ path }) => !stays.has(path)).map(({ path }) => path);
  if (other.length + gone.length > MOST_FILES) return fail(tooMany(component, other.length + gone.length));
  const folder = join(scratch, `${built.slice(0, 20)}-${tree.slice(0, 20)}`);
  await whole(folder, (making) => writeEntries(making, { url, entries: other }, objects));
  return ok({ tree, folder, changed: other.map(({ path }) => path), gone });
}

const SUBMODULE = '160000';

function tooMany({ name, commit }: LockedComponent, files: number) {
  return {
    code: 'test/too-many-files' as const,
    message: `${files} files of ${name} differ from ${commit.slice(0, 12)}, which the set has`,
    hint: 'rebase the checkout on that commit, or resolve the set again at a newer one',
  };
}

/** A mount can't take a file away, or be a link: an extension with either is mounted whole; of core, the file is empty, the link left out. */
export async function mountsOf(component: LockedComponent, state: PatchState, tools: Tools): Promise<PatchMounts> {
  const { tree, folder, gone } = state;
  const changed = await plainFiles(state);
  const isPlain = gone.length === 0 && changed.length === state.changed.length;
  if (!isPlain && component.path !== '') {
    return { tree, mounts: [mountAt(component.path, await wholeFolder(component, state, tools))] };
  }
  const mounts = changed.map((path) => mountAt(placeOf(component.path, path), join(folder, path)));
  if (gone.length === 0) return { tree, mounts };
  const empty = join(tools.scratch, 'empty');
  await writeFile(empty, '');
  return { tree, mounts: [...mounts, ...gone.map((path) => mountAt(path, empty))] };
}

/** Without what a link leads to: the engine would mount that, wherever on this machine it is. */
async function plainFiles({ folder, changed }: PatchState): Promise<string[]> {
  if (changed.length === 0) return [];
  const root = await realpath(folder);
  const real = await Promise.all(changed.map((path) => realpath(join(folder, path)).catch(() => undefined)));
  return changed.filter((path, at) => real[at] === join(root, path));
}

async function wholeFolder(component: LockedComponent, state: PatchState, tools: Tools): Promise<string> {
  const { objects, scratch } = tools;
  const { url } = component;
  const tree = imageTree(component);
  const left = new Set([...state.changed, ...state.gone]);
  const folder = join(scratch, `whole-${tree.slice(0, 20)}-${state.tree.slice(0, 20)}`);
  await whole(folder, async (making) => {
    const entries = (await objects.entries({ url, id: tree })).filter(({ path }) => !left.has(path));
    await writeEntries(making, { url, entries }, objects);
    await cp(state.folder, making, { recursive: true, verbatimSymlinks: true });
  });
  return folder;
}

function mountAt(path: string, source: string): Mount {
  return { kind: 'bind', source, target: `/srv/mediawiki/${path}`, readOnly: true };
}

async function writeEntries(
  folder: string,
  { url, entries }: { readonly url: string; readonly entries: readonly TreeEntry[] },
  objects: GitObjects,
): Promise<void> {
  const files = entries.filter(({ mode }) => mode !== SUBMODULE);
  let index = 0;
  for await (const { data } of objects.blobs(
    url,
    files.map(({ oid }) => oid),
  )) {
    const entry = files[index];
    index += 1;
    if (entry === undefined) continue;
    const path = join(folder, entry.path);
    await mkdir(dirname(path), { recursive: true });
    if (entry.mode === '120000') await symlink(data.toString('utf8'), path);
    else await writeFile(path, data, { mode: entry.mode === '100755' ? 0o755 : 0o644 });
  }
}

/** Made beside its place and renamed into it: a folder that is there is whole. */
async function whole(folder: string, make: (making: string) => Promise<void>): Promise<void> {
  if (existsSync(folder)) return;
  await mkdir(dirname(folder), { recursive: true });
  const making = await mkdtemp(`${folder}.`);
  try {
    await make(making);
    await chmod(making, 0o755);
    await rename(making, folder);
  } catch (thrown) {
    await rm(making, { recursive: true, force: true });
    if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOTEMPTY')) throw thrown;
  }
}

/**
 * The cache's mirrors as a whole: what is in them, whether it is sound, and letting go of what nobody uses. Whatever
 * changes one holds its lock, as fetches do; one that goes is renamed first, so that nobody finds half of it.
 */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { lstat, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { withFileLock } from '../../kernel/file-lock.ts';
import { folderSize } from '../../kernel/folder-size.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import type { Leftover, MirrorFacts, MirrorStore } from '../../resolve/index.ts';
import { checkMirror } from './check-mirror.ts';
import type { GitProcesses } from './git-process.ts';
import { lastUseOf, mirrorUse } from './last-use.ts';
import type { Mirrors } from './mirrors.ts';
import { packMirror } from './pack-mirror.ts';

interface Tools {
  readonly root: string;
  readonly mirrors: Pick<Mirrors, 'lockOf'>;
  readonly git: GitProcesses;
}

export function mirrorStore(tools: Tools): MirrorStore {
  const { root, git } = tools;
  const locked = <T>(name: string, context: RunContext<never>, act: (mirror: string) => Promise<T>): Promise<T> => {
    const mirror = join(root, name);
    return withFileLock(tools.mirrors.lockOf(mirror), context, () => act(mirror));
  };
  return {
    list: () => listMirrors(root),
    leftovers: () => leftoversIn(root),
    check: (name, context) => checkMirror(join(root, name), git, context),
    remove: (name, unusedSince, context) => locked(name, context, (mirror) => removeMirror(root, mirror, unusedSince)),
    tidy: ({ name, drop, unusedSince }, context) =>
      locked(name, context, async (mirror) => {
        const uses = await Promise.all(drop.map((commit) => lastUseOf(mirror, commit)));
        const unused = drop.filter((_, at) => (uses[at] ?? 0) < unusedSince);
        await packMirror({ mirror, drop: unused, unusedSince }, git, context);
        return (await folderSize(mirror)).bytes;
      }),
  };
}

async function listMirrors(root: string): Promise<MirrorFacts[]> {
  const names = (await readdir(root).catch(() => [])).filter((name) => !name.startsWith('.')).sort();
  const mirrors = names.filter((name) => existsSync(join(root, name, 'objects')));
  return Promise.all(mirrors.map((name) => factsOf(join(root, name), name)));
}

async function factsOf(mirror: string, name: string): Promise<MirrorFacts> {
  const commits = await keptIn(mirror);
  const packs = (await readdir(join(mirror, 'objects/pack')).catch(() => [])).filter((file) => file.endsWith('.pack'));
  const kept = commits.map(async (commit) => ({ commit, usedAt: await lastUseOf(mirror, commit) }));
  return {
    name,
    url: urlOf(name),
    bytes: (await folderSize(mirror)).bytes,
    packs: packs.length,
    usedAt: await mirrorUse(mirror),
    commits: await Promise.all(kept),
  };
}

/** The name of a url that was too long for a folder ends in a hash, and stays as it is. */
function urlOf(name: string): string {
  try {
    return decodeURIComponent(name.replace(/\.trees$/, ''));
  } catch {
    return name;
  }
}

/** By loose and packed refs. */
async function keptIn(mirror: string): Promise<string[]> {
  const loose = await Promise.all(
    ['refs/mwpipe', 'refs/mwpipe-trees'].map((folder) => readdir(join(mirror, folder)).catch(() => [])),
  );
  const packed = await readFile(join(mirror, 'packed-refs'), 'utf8').catch(() => '');
  const named = [...packed.matchAll(/^[0-9a-f]+ refs\/mwpipe(?:-trees)?\/([0-9a-f]+)$/gm)].map(
    (found) => found[1] ?? '',
  );
  return [...new Set([...loose.flat().filter((name) => /^[0-9a-f]+$/.test(name)), ...named])].sort();
}

/** Half-made mirrors, scratch repos of readers, mirrors on their way out; and packs that were never finished. */
async function leftoversIn(root: string): Promise<Leftover[]> {
  const names = await readdir(root).catch(() => []);
  const folders = names.filter((name) => /^\.(new|reader|old)-/.test(name)).map((name) => join(root, name));
  const packs = names.filter((name) => !name.startsWith('.')).map((name) => join(root, name, 'objects/pack'));
  const files = await Promise.all(packs.map(unfinishedIn));
  const found = await Promise.all([...folders, ...files.flat()].map(leftover));
  return found.flat();
}

async function unfinishedIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => name.startsWith('tmp_')).map((name) => join(folder, name));
}

async function leftover(path: string): Promise<Leftover[]> {
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined) return [];
  return [{ path, bytes: (await folderSize(path)).bytes, writtenAt: found.mtimeMs }];
}

async function removeMirror(root: string, mirror: string, unusedSince: number): Promise<boolean> {
  const uses = await Promise.all((await keptIn(mirror)).map((commit) => lastUseOf(mirror, commit)));
  if (Math.max(await mirrorUse(mirror), ...uses) >= unusedSince) return false;
  const gone = join(root, `.old-${randomUUID()}`);
  await rename(mirror, gone);
  await rm(gone, { recursive: true, force: true });
  return true;
}

/**
 * Where embargoed objects live: `private` below the cache, for this user alone. `private/git` holds what is kept, one
 * store a canonical url; `private/scratch` holds what a run works with, and what a killed one left until the next.
 */
import { createHash, randomUUID } from 'node:crypto';
import { chmod, lstat, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { MwpipeError, systemCodeOf } from '../../kernel/error.ts';

export interface PrivateStore {
  /** The objects that are kept for a url, on top of its public ones; made where there are none. */
  objects(url: string, publicObjects: string): Promise<string>;
  /** A folder for `use`, removed afterwards whatever happens. What dead runs left goes first. */
  scratch<T>(now: number, use: (folder: string) => Promise<T>): Promise<T>;
}

export function privateStore(cache: string): PrivateStore {
  const root = join(cache, 'private');
  const scratches = join(root, 'scratch');
  return {
    objects: async (url, publicObjects) => {
      await ownFolder(root);
      const place = join(root, 'git', folderName(url));
      await makeRepo(place);
      await mkdir(join(place, 'objects/info'), { recursive: true });
      await writeOnce(join(place, 'objects/info/alternates'), `${publicObjects}\n`);
      return join(place, 'objects');
    },
    scratch: async (now, use) => {
      await ownFolder(root);
      await sweep(scratches, now);
      const folder = join(scratches, `${encodeURIComponent(hostname())}~${process.pid}~${randomUUID()}`);
      await mkdir(folder, { recursive: true, mode: 0o700 });
      try {
        return await use(folder);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}

/** A file system takes 255 bytes. */
function folderName(url: string): string {
  const name = encodeURIComponent(url);
  return name.length <= 200 ? name : `${name.slice(0, 120)}~${createHash('sha256').update(url).digest('hex')}`;
}

/** A link, or a folder of somebody else, is no place for what only its owners may see. */
async function ownFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const { mode, uid } = await lstat(folder);
  const isOwn = (mode & 0o170000) === 0o040000 && uid === (process.getuid?.() ?? uid);
  if (!isOwn) {
    throw new MwpipeError({
      code: 'security/no-private-folder',
      message: `${folder} is not a folder of your own`,
      hint: 'move it away, or point MWPIPE_CACHE elsewhere: embargoed patches are worked on in it',
      source: 'policy',
    });
  }
  if ((mode & 0o077) !== 0) await chmod(folder, 0o700);
}

/** Bare, without a remote: git must never ask one for an object that an embargoed patch names. */
export async function makeRepo(folder: string): Promise<void> {
  await mkdir(join(folder, 'refs'), { recursive: true, mode: 0o700 });
  await mkdir(join(folder, 'objects'), { recursive: true, mode: 0o700 });
  await writeOnce(join(folder, 'config'), '[core]\n\trepositoryformatversion = 0\n\tbare = true\n\tautocrlf = false\n');
  await writeOnce(join(folder, 'HEAD'), 'ref: refs/heads/none\n');
}

async function writeOnce(file: string, text: string): Promise<void> {
  await writeFile(file, text, { flag: 'wx' }).catch((cause: unknown) => {
    if (systemCodeOf(cause) !== 'EEXIST') throw cause;
  });
}

const A_DAY_MS = 86_400_000;

/** Removes what runs left that were killed: their process is gone, or a day has passed. */
async function sweep(scratches: string, now: number): Promise<void> {
  for (const name of await readdir(scratches).catch(() => [])) {
    const [host, pid = ''] = name.split('~');
    const folder = join(scratches, name);
    const old = await lstat(folder).then(
      ({ mtimeMs }) => now - mtimeMs > A_DAY_MS,
      () => false,
    );
    const dead = host === encodeURIComponent(hostname()) && !isAlive(Number(pid));
    if (old || dead) await rm(folder, { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    return systemCodeOf(cause) === 'EPERM';
  }
}

/** What killed runs left of what `writeAtomically` and the blob store write beside its place: `NAME.part`. */
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

export interface LeftFile {
  readonly path: string;
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly writtenAt: number;
}

/** @param except names on top of `folder` that others look after */
export async function findLeftovers(folder: string, except: readonly string[] = []): Promise<LeftFile[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const found = entries
    .filter(({ name }) => !except.includes(name))
    .map(async (entry): Promise<LeftFile[]> => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return findLeftovers(path);
      return entry.isFile() && entry.name.endsWith('.part') ? leftFile(path) : [];
    });
  return (await Promise.all(found)).flat();
}

async function leftFile(path: string): Promise<LeftFile[]> {
  const found = await lstat(path).catch(() => undefined);
  return found === undefined ? [] : [{ path, bytes: found.size, writtenAt: found.mtimeMs }];
}

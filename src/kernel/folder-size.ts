/** How much room a folder takes, as far as its files say; what goes while it is looked at counts as nothing. */
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

export interface FolderSize {
  readonly files: number;
  readonly bytes: number;
}

/** Of a file: its own. Links aren't followed. */
export async function folderSize(path: string): Promise<FolderSize> {
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined) return { files: 0, bytes: 0 };
  if (!found.isDirectory()) return { files: 1, bytes: found.size };
  let [files, bytes] = [0, 0];
  for (const name of await readdir(path).catch(() => [])) {
    const below = await folderSize(join(path, name));
    files += below.files;
    bytes += below.bytes;
  }
  return { files, bytes };
}

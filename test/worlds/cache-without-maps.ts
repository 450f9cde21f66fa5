/** A cache with all that was made before, where no test was ever recorded: what is recorded in it stays in it. */
import { cp, mkdir, mkdtemp, readdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';

/** @param folder where it is made; the caller removes it */
export async function cacheWithoutMaps(cache: string, folder: string): Promise<string> {
  const own = await mkdtemp(join(folder, 'cache-'));
  await mkdir(join(own, 'blobs'));
  for (const name of await readdir(cache)) {
    if (name !== 'blobs') await symlink(join(cache, name), join(own, name));
  }
  for (const name of ['incoming', 'sha256']) await symlink(join(cache, 'blobs', name), join(own, 'blobs', name));
  const isNamed = (path: string): boolean => !path.includes('test-map');
  await cp(join(cache, 'blobs/named'), join(own, 'blobs/named'), { recursive: true, filter: isNamed });
  return own;
}

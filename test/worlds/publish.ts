/** Worlds are made once: beside their place, then renamed into it, so that a killed run leaves no half and two make one. */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../src/kernel/run-context.ts';

const A_DAY = 24 * 3600 * 1000;

export interface Published {
  /** Folder of the world in the cache. */
  readonly root: string;
  /** The folder that was made beside. */
  readonly made: string;
  /** Names the making: its version and what it was made from. */
  readonly key: string;
  /** The file in it that says that it is whole. */
  readonly record: string;
}

/** Puts it in its place and points `remotes` at it; where another process was first, its is the same. */
export async function publish({ root, made, key, record }: Published): Promise<void> {
  const folder = join(root, 'made');
  await mkdir(folder, { recursive: true });
  await rename(made, join(folder, key)).catch((cause: unknown) => {
    if (!existsSync(join(folder, key, record))) throw cause;
  });
  const link = join(root, `.remotes-${randomUUID()}`);
  await symlink(join('made', key), link);
  await rename(link, join(root, 'remotes'));
  const stale = (await readdir(folder)).filter((name) => name !== key);
  await Promise.all(stale.map((name) => rm(join(folder, name), { recursive: true, force: true })));
}

/** What a killed run left a day ago or more; a younger one may still be at work. */
export async function sweep(root: string, clock: Clock): Promise<void> {
  const left = (await readdir(root)).filter((name) => name.startsWith('.'));
  for (const name of left) {
    const found = await stat(join(root, name)).catch(() => undefined);
    const old = found !== undefined && clock.now() - found.mtimeMs > A_DAY;
    if (old) await rm(join(root, name), { recursive: true, force: true });
  }
}

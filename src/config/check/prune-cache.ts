/**
 * Keeps folders of the cache small: what was not used for long goes, then what was used longest ago, until the rest fits. A file's
 * time is that of its last use. Whoever reads one meanwhile has it whole, or finds nothing and asks anew.
 */
import { readdir, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../../kernel/clock.ts';

export interface CacheLimits {
  /** Of all folders together. */
  readonly bytes: number;
  /** Since the last use. */
  readonly ageMs: number;
}

interface KeptFile {
  readonly path: string;
  readonly usedMs: number;
  readonly bytes: number;
}

/** @param keep was just written: it stays, however large it is */
export async function pruneCache(
  folders: readonly string[],
  { bytes, ageMs, keep }: CacheLimits & { readonly keep: string },
): Promise<void> {
  const now = systemClock.now();
  const files = (await Promise.all(folders.map(filesIn))).flat().sort((a, b) => b.usedMs - a.usedMs);
  const first = files.find(({ path }) => path === keep);
  let room = bytes - (first?.bytes ?? 0);
  for (const file of files) {
    if (file === first) continue;
    room -= file.bytes;
    // Once one doesn't fit, nothing that was used before it stays.
    if (room < 0 || now - file.usedMs > ageMs) await rm(file.path, { force: true }).catch(() => undefined);
  }
}

/** Where the cache is somebody else's, it stays as old as it looks. */
export async function markUsed(path: string): Promise<void> {
  const now = systemClock.now() / 1000;
  await utimes(path, now, now).catch(() => undefined);
}

/** What goes while it is looked at is none; parts that a killed run left are files as others. */
async function filesIn(folder: string): Promise<KeptFile[]> {
  const names = await readdir(folder).catch((): string[] => []);
  const files = await Promise.all(
    names.map(async (name): Promise<KeptFile[]> => {
      const path = join(folder, name);
      const info = await stat(path).catch(() => undefined);
      return info?.isFile() === true ? [{ path, usedMs: info.mtimeMs, bytes: info.size }] : [];
    }),
  );
  return files.flat();
}

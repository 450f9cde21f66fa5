/** Files that are whole or not there: written beside their place, flushed, renamed into it; a full disk is said plainly. */
import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { MwpipeError, systemCodeOf } from './error.ts';

/** A reader sees the old content or the new one. Throws `disk/full`; nothing half-written is left then. */
export async function writeAtomically(path: string, content: string | Uint8Array, mode = 0o666): Promise<void> {
  await guardDisk(path, async () => {
    await mkdir(dirname(path), { recursive: true });
    const temporary = `${path}.${randomUUID()}.part`;
    try {
      await writeFile(temporary, content, { flush: true, mode });
      await rename(temporary, path);
    } finally {
      await rm(temporary, { force: true });
    }
  });
}

/** Runs what writes below `path`; a full disk or quota is an error with a way out instead of a bare code. */
export async function guardDisk<T>(path: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (cause) {
    const code = systemCodeOf(cause);
    if (code !== 'ENOSPC' && code !== 'EDQUOT') throw cause;
    throw new MwpipeError({
      code: 'disk/full',
      message: `no space left to write ${path}`,
      hint: 'free some space (df -h), or point MWPIPE_CACHE at a larger disk; nothing half-written was kept',
      source: 'outside',
      cause,
    });
  }
}

/** `mwpipe cache ls`: what takes the room, namespace by namespace. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { folderSize } from '../../kernel/folder-size.ts';
import { ok, type Outcome } from '../../kernel/outcome.ts';
import type { MirrorFacts, MirrorStore } from './mirror-store.ts';

interface CacheRoom {
  /** Folder below the cache: `git`, `blobs`. */
  readonly name: string;
  readonly files: number;
  readonly bytes: number;
}

export interface CacheListing {
  readonly cache: string;
  /** The largest first. */
  readonly rooms: readonly CacheRoom[];
  readonly mirrors: readonly MirrorFacts[];
}

export async function listCache(cache: string, mirrors: MirrorStore): Promise<Outcome<CacheListing>> {
  const names = await readdir(cache).catch(() => []);
  const rooms = await Promise.all(names.map(async (name) => ({ name, ...(await folderSize(join(cache, name))) })));
  const bySize = (a: { readonly bytes: number }, b: { readonly bytes: number }): number => b.bytes - a.bytes;
  return ok({ cache, rooms: rooms.sort(bySize), mirrors: (await mirrors.list()).toSorted(bySize) });
}

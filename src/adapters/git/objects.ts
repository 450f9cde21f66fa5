/** Commits, trees and blobs of components, read from their mirrors; fetched only where they are missing. */
import type { GitObjects } from '../../resolve/ports.ts';
import type { Mirrors } from './mirrors.ts';
import type { ObjectReader } from './object-reader.ts';
import { readBlob, readBlobs } from './read-blobs.ts';
import { treeReader } from './read-trees.ts';
import { treeMemory } from './tree-memory.ts';
import type { Located } from './unreadable.ts';

interface ObjectTools {
  readonly mirrors: Mirrors;
  readonly reader: ObjectReader;
  readonly fetch: GitObjects['fetch'];
}

export function gitObjects({ mirrors, reader, fetch }: ObjectTools): GitObjects {
  const tools = { reader, memory: treeMemory() };
  const trees = treeReader(tools);
  const locate = async (ref: { readonly url: string; readonly id: string }): Promise<Located> => ({
    ...ref,
    mirror: await mirrors.open(ref.url),
  });
  return {
    fetch,
    entries: async (ref) => trees.entries(await locate(ref)),
    stat: async (ref, path) => trees.stat(await locate(ref), path),
    commit: async (ref) => trees.commit(await locate(ref)),
    file: async (ref, path) => {
      const place = await locate(ref);
      const found = await trees.stat(place, path);
      if (found === undefined) return undefined;
      // A copy: whoever keeps this file shouldn't keep what came with it.
      return Buffer.from(await readBlob({ ...place, id: found.oid, bytes: found.bytes }, reader));
    },
    blobs: async function* (url, oids) {
      if (oids.length > 0) yield* readBlobs({ url, mirror: await mirrors.open(url) }, oids, tools);
    },
  };
}

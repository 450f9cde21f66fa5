/** Commits, trees and blobs of components, read from their mirrors; fetched only where they are missing. */
import type { GitObjects } from '../../resolve/ports.ts';
import { touchCommit } from './last-use.ts';
import type { Mirrors } from './mirrors.ts';
import { readBlob, readBlobs, type BlobTools } from './read-blobs.ts';
import type { TreeReader } from './read-trees.ts';
import type { Located } from './unreadable.ts';

interface ObjectTools extends BlobTools {
  readonly mirrors: Mirrors;
  readonly trees: TreeReader;
  readonly fetch: GitObjects['fetch'];
}

export function gitObjects({ mirrors, trees, fetch, ...tools }: ObjectTools): GitObjects {
  const locate = async (ref: { readonly url: string; readonly id: string }): Promise<Located> => ({
    ...ref,
    mirror: await mirrors.open(ref.url),
  });
  return {
    fetch: async (wanted, context) => {
      const fetched = await fetch(wanted, context);
      if (!fetched.ok) return fetched;
      const places = [await mirrors.open(wanted.url)];
      if (wanted.filter !== undefined) places.push(await mirrors.openTrees(wanted.url, wanted.commit));
      for (const place of places) tools.reader.include(place);
      await touchCommit(places, wanted.commit, context.clock.now());
      return fetched;
    },
    entries: async (ref) => trees.entries(await locate(ref)),
    stat: async (ref, path) => trees.stat(await locate(ref), path),
    commit: async (ref) => trees.commit(await locate(ref)),
    file: async (ref, path) => {
      const place = await locate(ref);
      const found = await trees.stat(place, path);
      if (found === undefined) return undefined;
      // A copy: whoever keeps this file shouldn't keep what came with it.
      return Buffer.from(await readBlob({ ...place, id: found.oid, bytes: found.bytes }, tools.reader));
    },
    blobs: async function* (url, oids) {
      if (oids.length > 0) yield* readBlobs({ url, mirror: await mirrors.open(url) }, oids, tools);
    },
  };
}

/** Two blob stores as one: what is new goes on top, what is below is read and never written. */
import type { BlobStore } from './blob-store.ts';

/** @param recalls which documents of the store below count */
export function stackedStore(
  top: BlobStore,
  { below, recalls }: { readonly below: BlobStore; readonly recalls: (name: string) => boolean },
): BlobStore {
  return {
    put: (source) => top.put(source),
    remember: (name, document) => top.remember(name, document),
    has: async (digest) => (await top.has(digest)) ?? below.has(digest),
    check: async (digest) => (await top.check(digest)) ?? below.check(digest),
    read: async (digest) => (await top.read(digest)) ?? below.read(digest),
    open: async function* (digest) {
      yield* ((await top.has(digest)) === undefined ? below : top).open(digest);
    },
    recall: async (name) => (await top.recall(name)) ?? (recalls(name) ? below.recall(name) : undefined),
  };
}

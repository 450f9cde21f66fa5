/** Images whose manifest and blobs the cache holds: known by digest alone. */
import { MOST_MANIFEST_BYTES, type ImageSource } from '../../build/inspect-ports.ts';
import type { BlobStore } from '../../kernel/blob-store.ts';
import type { Digest } from '../../kernel/digest.ts';
import { ok } from '../../kernel/outcome.ts';

export function storeSource(blobs: BlobStore): ImageSource {
  return {
    manifest: async (reference) => {
      const digest = reference as Digest;
      const stored = reference === undefined ? undefined : await blobs.has(digest);
      // Whatever is longer is a layer, and no manifest of ours.
      if (stored === undefined || stored.bytes > MOST_MANIFEST_BYTES) return ok(undefined);
      const data = await blobs.read(digest);
      const isManifest = data?.subarray(0, 1).toString() === '{';
      return ok(isManifest ? { digest, mediaType: 'application/vnd.oci.image.manifest.v1+json', data } : undefined);
    },
    blob: async ({ digest }) => ok((await blobs.has(digest)) === undefined ? undefined : blobs.open(digest)),
    attachments: () => Promise.resolve(ok([])),
    names: () => Promise.resolve(ok([])),
  };
}

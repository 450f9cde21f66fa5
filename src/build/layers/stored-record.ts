/** What an earlier run wrote down about a layer: read again with care, since anybody may have touched the cache. */
import { z } from 'zod';
import type { Digest } from '../../kernel/digest.ts';
import type { StoredLayer } from '../../kernel/stored-layer.ts';

const digestSchema = z.custom<Digest>(isDigest);

export const storedLayerSchema = z.object({
  diffId: digestSchema,
  bytes: z.int().nonnegative(),
  blob: z.object({
    digest: digestSchema,
    bytes: z.int().nonnegative(),
    mediaType: z.enum(['application/vnd.oci.image.layer.v1.tar+gzip', 'application/vnd.oci.image.layer.v1.tar+zstd']),
  }),
});

export function parseStoredLayer(document: unknown): StoredLayer | undefined {
  return storedLayerSchema.safeParse(document).data;
}

export function isDigest(value: unknown): value is Digest {
  return typeof value === 'string' && /^sha256:[0-9a-f]{64}$/.test(value);
}

/** Where what has embargoed patches in it is kept. */
import { join } from 'node:path';
import type { BuildPorts } from '../build/index.ts';
import { blobStore, type BlobStore } from '../kernel/blob-store.ts';
import { stackedStore } from '../kernel/stacked-store.ts';

/** `private` below the cache is its owner's alone: resolve made it so when it kept the patched trees there. */
export function apartIn(cache: string, below: BlobStore): NonNullable<BuildPorts['apart']> {
  const root = join(cache, 'private');
  return {
    blobs: stackedStore(blobStore(join(root, 'blobs')), { below, recalls: () => true }),
    layout: join(root, 'oci'),
    logs: join(root, 'steps'),
  };
}

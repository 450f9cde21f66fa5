/** Layers of the cache that aren't what was written: found before anybody gets them, and taken out. */
import type { BlobStore } from '../../kernel/blob-store.ts';
import type { Diagnostic } from '../../kernel/diagnostic.ts';
import type { Digest } from '../../kernel/digest.ts';
import { settle, type Outcome } from '../../kernel/outcome.ts';
import type { StoredLayer } from '../../kernel/stored-layer.ts';

/** Reads each blob against its digest. @returns fails with `build/damaged-layer` for each that is gone now */
export async function checkLayers(layers: readonly StoredLayer[], blobs: BlobStore): Promise<Outcome<void>> {
  const damaged: Diagnostic[] = [];
  for (const { blob, diffId } of layers) {
    if ((await blobs.check(blob.digest)) === undefined) damaged.push(damagedLayer(diffId));
  }
  return settle(undefined, damaged);
}

export function damagedLayer(diffId: Digest): Diagnostic {
  return {
    code: 'build/damaged-layer',
    message: `layer ${diffId.slice(7, 19)} of the cache is not what was written`,
    hint: 'it was taken out of the cache; run the same command again to make it anew, and check the disk',
    exit: 'outside',
  };
}

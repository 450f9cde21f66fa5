/** What has embargoed patches in it is kept apart from what everybody may read (DESIGN's invariant 7). */
import type { BlobStore } from '../kernel/blob-store.ts';
import type { Lockfile } from '../resolve/index.ts';
import type { LayerSpec } from './layers/layer-spec.ts';
import type { BuildPorts } from './build-ports.ts';

export interface Place {
  readonly blobs: BlobStore;
  readonly layout: string;
  /** Of build steps, where they aren't kept with all others. */
  readonly logs?: string;
}

/** Where an image of this lock is kept, and those of its layers that are not public. */
export function placeOf({ visibility }: Pick<Lockfile, 'visibility'>, ports: BuildPorts): Place {
  if (visibility !== 'private') return { blobs: ports.blobs, layout: ports.layout };
  if (ports.apart === undefined) throw new Error('a private lock, and no place apart to build it in');
  return ports.apart;
}

/** The store for one layer: patches of a private lock are kept apart, all else is shared with everybody. */
export function storeFor(
  spec: LayerSpec,
  {
    patches,
    place,
    ports,
  }: { readonly patches: readonly LayerSpec[]; readonly place: Place; readonly ports: BuildPorts },
): BlobStore {
  return patches.includes(spec) ? place.blobs : ports.blobs;
}

/** A runtime as registries hold it: what is pushed, and what a lock pins. */
import { sha256, type Digest } from '../../kernel/digest.ts';
import type { StoredLayer } from '../../kernel/stored-layer.ts';
import { manifestOf } from '../image/manifest.ts';
import type { RuntimePorts, StoredRuntime } from '../ports.ts';

export interface RuntimeManifest {
  readonly config: Buffer;
  readonly manifest: Buffer;
  readonly digest: Digest;
  readonly layers: readonly (StoredLayer & { readonly name: string })[];
}

/** undefined where the blob store lacks its configuration: taken by an older mwpipe. */
export async function runtimeManifest(
  { imageId, layers }: StoredRuntime,
  { blobs }: Pick<RuntimePorts, 'blobs'>,
): Promise<RuntimeManifest | undefined> {
  const config = await blobs.read(imageId);
  if (config === undefined) return undefined;
  const named = layers.map((layer, index) => ({ ...layer, name: `runtime ${index + 1}` }));
  const manifest = manifestOf(config, named);
  return { config, manifest, digest: sha256(manifest), layers: named };
}

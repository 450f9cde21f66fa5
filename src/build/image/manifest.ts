/** An image's manifest: https://github.com/opencontainers/image-spec/blob/v1.1.0/manifest.md. No clock and no machine in it. */
import { canonicalJson, sha256 } from '../../kernel/digest.ts';
import type { StoredLayer } from '../../kernel/stored-layer.ts';

export const MANIFEST_TYPE = 'application/vnd.oci.image.manifest.v1+json';
const CONFIG_TYPE = 'application/vnd.oci.image.config.v1+json';

/** What a layer is, for people and for `mwpipe image`. */
const LAYER_ANNOTATION = 'mwpipe.layer';

export function manifestOf(config: Buffer, layers: readonly (StoredLayer & { readonly name: string })[]): Buffer {
  return Buffer.from(
    canonicalJson({
      schemaVersion: 2,
      mediaType: MANIFEST_TYPE,
      config: { mediaType: CONFIG_TYPE, digest: sha256(config), size: config.length },
      layers: layers.map(({ name, blob }) => ({
        mediaType: blob.mediaType,
        digest: blob.digest,
        size: blob.bytes,
        annotations: { [LAYER_ANNOTATION]: name },
      })),
    }),
  );
}

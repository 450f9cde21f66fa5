/** What of an image a registry has to hold: its layers and its config, each once, and its manifest. */
import { sha256 } from '../../kernel/digest.ts';
import type { StoredLayer } from '../../kernel/stored-layer.ts';
import type { AssembledImage } from '../image/image-config.ts';
import { MANIFEST_TYPE } from '../image/manifest.ts';
import type { ManifestDocument, OutgoingBlob } from '../registry-ports.ts';

/** What a push needs of an image. */
export interface PublishedImage extends Pick<AssembledImage, 'imageId' | 'config' | 'manifest' | 'manifestDigest'> {
  readonly layers: readonly StoredLayer[];
}

export interface ImageContents {
  readonly manifest: ManifestDocument;
  readonly blobs: readonly OutgoingBlob[];
}

/** Two layers with the same bytes are one blob. */
export function contentsOf({ imageId, config, manifest, manifestDigest, layers }: PublishedImage): ImageContents {
  const blobs = new Map(layers.map(({ blob: { digest, bytes } }) => [digest, { digest, bytes }]));
  return {
    manifest: { mediaType: MANIFEST_TYPE, digest: manifestDigest, data: manifest },
    blobs: [...blobs.values(), { digest: imageId, bytes: config.length, data: config }],
  };
}

/** As a push of it would verify: a manifest's own name is its sha256. */
export function manifestDocument(mediaType: string, data: Buffer): ManifestDocument {
  return { mediaType, digest: sha256(data), data };
}

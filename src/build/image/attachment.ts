/**
 * What is said about an image beside it (an SBOM, provenance, a signature): a manifest of its own whose `subject` is the
 * image's. https://github.com/opencontainers/image-spec/blob/v1.1.0/manifest.md#guidelines-for-artifact-usage
 */
import { canonicalJson, sha256, type Digest } from '../../kernel/digest.ts';
import { MANIFEST_TYPE } from './manifest.ts';

/** https://github.com/opencontainers/image-spec/blob/v1.1.0/descriptor.md */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
  readonly artifactType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface Attachment {
  /** What it is: `application/vnd.cyclonedx+json`, `application/vnd.in-toto+json`. */
  readonly artifactType: string;
  readonly data: Buffer;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** The spec's empty config. */
export const EMPTY_CONFIG = Buffer.from('{}');

export interface AttachmentManifest {
  readonly manifest: Buffer;
  readonly descriptor: Descriptor;
}

export function attachmentManifest(attachment: Attachment, subject: Descriptor): AttachmentManifest {
  const { artifactType, data, annotations = {} } = attachment;
  const empty = {
    mediaType: 'application/vnd.oci.empty.v1+json',
    digest: sha256(EMPTY_CONFIG),
    size: EMPTY_CONFIG.length,
  };
  const { mediaType, digest, size } = subject;
  const manifest = Buffer.from(
    canonicalJson({
      schemaVersion: 2,
      mediaType: MANIFEST_TYPE,
      artifactType,
      config: empty,
      layers: [{ mediaType: artifactType, digest: sha256(data), size: data.length }],
      subject: { mediaType, digest, size },
      annotations,
    }),
  );
  const descriptor = { mediaType: MANIFEST_TYPE, digest: sha256(manifest), size: manifest.length, artifactType };
  return { manifest, descriptor: { ...descriptor, annotations } };
}

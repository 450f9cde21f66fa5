/**
 * An image as one tar that is both: an OCI layout (skopeo's `oci-archive:`, containerd, Podman) and what `docker load`
 * reads, from 20.10 on. Nothing in it says when or where it was written.
 */
import type { BlobStore } from '../../kernel/blob-store.ts';
import { canonicalJson, sha256, type Digest } from '../../kernel/digest.ts';
import { TAR_END, tarHeader, tarPadding } from '../../kernel/tar.ts';
import { EARLIEST } from '../layers/mtime.ts';
import type { AssembledImage } from './image-config.ts';
import { MANIFEST_TYPE } from './manifest.ts';

export async function* imageArchive(
  image: AssembledImage,
  { blobs, name }: { readonly blobs: BlobStore; readonly name: string },
): AsyncGenerator<Buffer> {
  const { config, manifest, manifestDigest, imageId, layers, tag } = image;
  const named = { 'org.opencontainers.image.ref.name': name, 'io.containerd.image.name': tag };
  const descriptor = { mediaType: MANIFEST_TYPE, digest: manifestDigest, size: manifest.length, annotations: named };
  const mediaType = 'application/vnd.oci.image.index.v1+json';
  const docker = [{ Config: pathOf(imageId), RepoTags: [tag], Layers: layers.map(({ blob }) => pathOf(blob.digest)) }];
  yield file('oci-layout', Buffer.from('{"imageLayoutVersion":"1.0.0"}'));
  yield file('index.json', Buffer.from(canonicalJson({ schemaVersion: 2, mediaType, manifests: [descriptor] })));
  yield file('manifest.json', Buffer.from(JSON.stringify(docker)));
  yield file(pathOf(sha256(config)), config);
  yield file(pathOf(manifestDigest), manifest);
  for (const { digest, bytes } of unique(layers.map(({ blob }) => blob))) {
    yield tarHeader({ kind: 'file', path: pathOf(digest), bytes, mtime: EARLIEST });
    yield* blobs.open(digest);
    yield tarPadding(bytes);
  }
  yield TAR_END;
}

function unique<Blob extends { readonly digest: Digest }>(blobs: readonly Blob[]): Blob[] {
  return [...new Map(blobs.map((blob) => [blob.digest, blob])).values()];
}

function pathOf(digest: Digest): string {
  return `blobs/sha256/${digest.slice('sha256:'.length)}`;
}

function file(path: string, data: Buffer): Buffer {
  const header = tarHeader({ kind: 'file', path, bytes: data.length, mtime: EARLIEST });
  return Buffer.concat([header, data, tarPadding(data.length)]);
}

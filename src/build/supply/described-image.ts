/** What is known of an image that is described: the same for its SBOM and its provenance. */
import type { Digest } from '../../kernel/digest.ts';
import type { Lockfile } from '../../resolve/index.ts';
import type { AssembledImage } from '../image/image-config.ts';
import type { StoredRuntime } from '../ports.ts';

export interface DescribedImage {
  readonly image: Pick<AssembledImage, 'imageId' | 'manifest' | 'manifestDigest' | 'tag'>;
  readonly lock: Lockfile;
  /** `php82/web` */
  readonly runtime: { readonly name: string; readonly image: StoredRuntime; readonly base?: Digest };
  /** mwpipe's own. */
  readonly version: string;
}

/** A component, or a repo inside one, with embargoed patches on top. */
export function embargoedPatches({ patch }: { readonly patch?: Lockfile['components'][number]['patch'] }): string[] {
  return patch?.security?.map(({ digest }) => digest) ?? [];
}

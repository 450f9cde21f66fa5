/** What looking into images asks of the places where images are: an engine, a layout's folder, the cache, a registry. */
import type { Digest } from '../kernel/digest.ts';
import type { Outcome } from '../kernel/outcome.ts';
import type { RunContext } from '../kernel/run-context.ts';
import type { Descriptor } from './image/attachment.ts';

export type { Descriptor } from './image/attachment.ts';

export interface FoundManifest {
  readonly mediaType: string;
  /** As its place names it; whoever reads it checks that. */
  readonly digest: Digest;
  readonly data: Buffer;
}

/** Manifests and blobs by digest. What it gives is not believed: whoever reads verifies. */
export interface ImageSource {
  /**
   * An image's manifest, or an index of several, by tag or digest; without either the one that there is.
   * @returns undefined where it has none of that name; fails where it can't be read at all, or where a manifest is longer
   * than `MOST_MANIFEST_BYTES`
   */
  manifest(reference: string | undefined, context: RunContext<never>): Promise<Outcome<FoundManifest | undefined>>;
  /** Undefined where it isn't there. The stream may throw, and may be longer than it should. */
  blob(
    wanted: { readonly digest: Digest; readonly bytes: number },
    context: RunContext<never>,
  ): Promise<Outcome<AsyncIterable<Buffer> | undefined>>;
  /** Manifests that say that they are about this one. */
  attachments(subject: Digest, context: RunContext<never>): Promise<Outcome<readonly Descriptor[]>>;
  /** Tags that it has, for hints. */
  names(context: RunContext<never>): Promise<Outcome<readonly string[]>>;
}

/** A manifest of 120 layers has 30 kB; OCI asks registries to take 4 MB. */
export const MOST_MANIFEST_BYTES = 4_000_000;

/** What an engine knows of an image: it keeps no manifest, and layers as folders. */
export interface EngineImage {
  readonly imageId: Digest;
  readonly tags: readonly string[];
  readonly architecture: string;
  readonly created: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly diffIds: readonly Digest[];
  /** Lowest first; `empty` made no layer. */
  readonly history: readonly { readonly createdBy: string; readonly bytes: number; readonly empty: boolean }[];
}

export interface EngineImages {
  /** By tag, image ID or its beginning. @returns fails with `docker/not-running`, `docker/not-allowed` */
  find(reference: string): Promise<Outcome<EngineImage | undefined>>;
  /** A small file of an image, without running it; undefined where it has none. */
  file(imageId: Digest, path: string): Promise<Outcome<Buffer | undefined>>;
  /** Tags of mwpipe's images, for hints. */
  names(): Promise<Outcome<readonly string[]>>;
}

export interface InspectPorts {
  readonly engine: EngineImages;
  layout(folder: string): ImageSource;
  /** Manifests by digest, among all that mwpipe keeps. */
  readonly cache: ImageSource;
}

/** What building asks of the outside: an engine that holds images, one that builds runtimes, a host that bootstraps. */
import type { BlobStore } from '../kernel/blob-store.ts';
import type { Digest } from '../kernel/digest.ts';
import type { Outcome } from '../kernel/outcome.ts';
import type { RunContext } from '../kernel/run-context.ts';
import type { StoredLayer } from '../kernel/stored-layer.ts';
import type { BuildEvent } from './events.ts';
import type { RuntimeBase, RuntimeRules, RuntimeSource } from './runtime-ports.ts';

/** The diff ids of one image's layers, lowest first. */
export type LayerChain = readonly Digest[];

export interface LoadRequest {
  readonly imageId: Digest;
  /** The image's configuration; its sha256 is `imageId`. */
  readonly config: Buffer;
  readonly tag: string;
  /** Lowest first, the runtime's among them. */
  readonly layers: readonly StoredLayer[];
  /** How many of the lowest layers the engine held when it was asked. */
  readonly held: number;
}

export interface ImageStore {
  /**
   * The chains of layers that the engine holds for mwpipe, right after a prune too.
   * @returns fails with `docker/not-running`, `docker/not-allowed`
   */
  chains(): Promise<Outcome<readonly LayerChain[]>>;
  /**
   * Sends what the engine lacks, reading layers from the blob store, and tags the image. Idempotent: `sentBytes` is 0
   * where the image is there, else of the blobs as they are stored. Interrupted, it leaves no tag and no half image.
   * @returns fails with `docker/not-running`, `docker/disk-full`, `docker/load-failed`, `build/damaged-layer`
   */
  load(request: LoadRequest, context: RunContext<BuildEvent>): Promise<Outcome<{ readonly sentBytes: number }>>;
}

/** How processes of an image start; what our images inherit from their runtime. */
export interface ProcessConfig {
  readonly entrypoint: readonly string[];
  readonly cmd: readonly string[];
  readonly env: readonly string[];
  readonly workdir: string;
  readonly ports: readonly string[];
}

export interface RuntimeImage {
  readonly imageId: Digest;
  readonly tag: string;
  readonly diffIds: LayerChain;
  /** On disk, all layers together. */
  readonly bytes: number;
  readonly config: ProcessConfig;
}

export interface BaseImage {
  readonly digest: Digest;
  readonly bytes: number;
  /** `Date` of the archive's Release file, as an ISO time; undefined for a base that an older mwpipe made. */
  readonly released?: string;
}

/** Same key, same content: the engine's image with this tag and label is reused. */
export interface RuntimeIdentity {
  readonly key: Digest;
  readonly tag: string;
}

export interface RuntimeRequest extends RuntimeIdentity {
  readonly name: string;
  readonly dockerfile: string;
  /** Stage of the Dockerfile. */
  readonly target: string | undefined;
  readonly files: readonly ContextFile[];
  /** The base's tar, in the blob store; undefined where no stage stands on it. */
  readonly base: BaseImage | undefined;
  readonly labels?: Readonly<Record<string, string>>;
  /** Runs every step, whatever the engine did before. @default false */
  readonly fresh?: boolean;
}

export interface ContextFile {
  readonly path: string;
  readonly executable: boolean;
  readonly data: Buffer;
}

/** A runtime that the blob store holds too: nothing of it is asked of an engine. */
export interface StoredRuntime extends RuntimeImage {
  readonly layers: readonly StoredLayer[];
  /** What its lowest layers are; undefined where nobody knows. */
  readonly base?: RuntimeBase;
}

export interface RuntimeEngine {
  /** @returns fails with `docker/not-running` */
  find(wanted: RuntimeIdentity): Promise<Outcome<RuntimeImage | undefined>>;
  /** The image with this ID, whoever brought it. @returns fails with `docker/not-running` */
  findImage(imageId: Digest): Promise<Outcome<RuntimeImage | undefined>>;
  /**
   * Imports the base and builds the Dockerfile on it.
   * @returns fails with `build/runtime-failed` (the step and its last lines), `docker/disk-full`, `docker/not-running`
   */
  build(request: RuntimeRequest, context: RunContext<BuildEvent>): Promise<Outcome<RuntimeImage>>;
  /** Forgets what was built on this base, so that the next build runs every step. @returns fails with `docker/*` */
  renew(base: BaseImage, context: RunContext<BuildEvent>): Promise<Outcome<void>>;
  /**
   * Takes a runtime that it holds into the blob store: its layers, and its configuration, whose digest is its image ID.
   * @returns fails with `docker/not-running`, `docker/disk-full`
   */
  take(image: RuntimeImage, context: RunContext<BuildEvent>): Promise<Outcome<readonly StoredLayer[]>>;
}

export interface BaseSpec {
  /** Debian's code name: `bookworm`. */
  readonly debian: string;
  readonly variant: 'minbase';
}

export interface BaseBootstrap {
  /**
   * A root file system from the signed Debian archive, as a normalised tar in the blob store.
   * @returns fails with `build/base-*`: not root, no debootstrap, no Debian archive among the machine's apt sources
   */
  bootstrap(spec: BaseSpec, context: RunContext<BuildEvent>): Promise<Outcome<BaseImage>>;
}

export interface RuntimePorts {
  readonly blobs: BlobStore;
  readonly runtimes: RuntimeEngine;
  readonly bases: BaseBootstrap;
  /** `images/` of the workspace. */
  readonly folder: string;
  readonly images: ImageStore;
  /** @default nothing but the Debian archive, this machine's platform, not frozen */
  readonly rules?: RuntimeRules;
  /** Registries that hold pinned runtimes. @default none */
  readonly source?: RuntimeSource;
}

/** What pinned runtimes ask of the outside, and the rules by which a runtime is taken, built or refused. */
import type { Digest } from '../kernel/digest.ts';
import type { Outcome } from '../kernel/outcome.ts';
import type { RunContext } from '../kernel/run-context.ts';
import type { StoredLayer } from '../kernel/stored-layer.ts';
import type { BuildEvent } from './events.ts';

/** What a runtime's lowest layers are. */
export interface RuntimeBase {
  /** `debian:bookworm`, or the image's repository: `registry.example/debian`. */
  readonly name: string;
  /** Of the bootstrapped tar, or of the image's manifest. */
  readonly digest: Digest;
  readonly kind: 'bootstrapped' | 'image';
}

export interface RuntimeRules {
  /** `policy.bases` of mwpipe.yaml: images that a Dockerfile may stand on. */
  readonly bases: readonly string[];
  /** Whose pins count here: `linux/amd64`. */
  readonly platform: string;
  /** Refuse to build what a lock pins otherwise. */
  readonly frozen: boolean;
}

export interface PulledRuntime {
  /** The image's configuration; its sha256 is the image ID. */
  readonly config: Buffer;
  /** Lowest first, in the blob store; `diffId` is of what was unpacked, not what a manifest claims. */
  readonly layers: readonly StoredLayer[];
}

export interface RuntimeSource {
  /**
   * Brings a runtime's layers into the blob store, by the digest of its manifest.
   * @returns undefined where no registry that it knows has it; fails with `registry/*` where one that should can't be asked
   */
  pull(
    wanted: { readonly runtime: string; readonly manifest: Digest },
    context: RunContext<BuildEvent>,
  ): Promise<Outcome<PulledRuntime | undefined>>;
}

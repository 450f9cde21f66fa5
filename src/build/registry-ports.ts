/** What publishing asks of a registry: one repository, known by digests; whoever receives bytes verifies them. */
import type { Digest } from '../kernel/digest.ts';
import type { Outcome } from '../kernel/outcome.ts';
import type { RunContext } from '../kernel/run-context.ts';
import type { Descriptor } from './image/attachment.ts';
import type { PublishEvent } from './publish/events.ts';

export type { Descriptor } from './image/attachment.ts';
export type { PublishEvent } from './publish/events.ts';

export interface Content {
  readonly kind: 'blob' | 'manifest';
  readonly digest: Digest;
  readonly bytes: number;
}

export interface OutgoingBlob {
  readonly digest: Digest;
  readonly bytes: number;
  /** The bytes, where they are not in the blob store. */
  readonly data?: Buffer;
  /** The path of a repository at the same registry that has it: asked to be mounted, sent where that fails. */
  readonly mountFrom?: string;
}

export interface ManifestDocument {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly data: Buffer;
}

/** A manifest with a `subject`, and what it points at. */
export interface OutgoingAttachment {
  readonly manifest: ManifestDocument;
  /** As lists of attachments show it. */
  readonly descriptor: Descriptor;
  readonly blobs: readonly Required<Omit<OutgoingBlob, 'mountFrom'>>[];
}

export interface PushRequest {
  readonly manifest: ManifestDocument;
  /** What the repository lacks. */
  readonly missing: readonly OutgoingBlob[];
  /** What it holds already: read back too where the registry isn't trusted. */
  readonly held: readonly OutgoingBlob[];
  readonly attachments: readonly OutgoingAttachment[];
  /** Moved last, when all else is there and verified. */
  readonly tags: readonly string[];
}

export interface Pushed {
  /** Of blobs, as they are stored. */
  readonly sentBytes: number;
  readonly mountedBytes: number;
}

export interface Attached {
  readonly sentBytes: number;
  /** Who keeps the list: the registry (referrers API), or we, in the spec's fallback tag. */
  readonly listedBy: 'registry' | 'tag' | 'nobody';
}

export type PublishContext = RunContext<PublishEvent>;

/**
 * One repository at one registry. Every method fails with `registry/*`: gone, silent, wants another login, throttles, is
 * full, refuses, answers what no registry does, or holds other bytes than a digest says.
 */
export interface ImageRegistry {
  /** As mwpipe.yaml calls it. */
  readonly name: string;
  /** `registry.example.org:5000` */
  readonly host: string;
  /** Of the repository at that host: `mediawiki/wiki`. */
  readonly path: string;
  /** May hold images with patches under embargo. */
  readonly isPrivate: boolean;
  /** Which of these it has, with the length that they should have. */
  held(contents: readonly Content[], context: PublishContext): Promise<Outcome<ReadonlySet<Digest>>>;
  /**
   * Blobs, the manifest by digest, attachments, then tags; each verified before the next. Idempotent. Killed, it leaves
   * no tag that moved.
   * @returns fails with `build/damaged-layer` too
   */
  push(request: PushRequest, context: PublishContext): Promise<Outcome<Pushed>>;
  /** Attaches to a manifest that it holds. What others attached stays listed. */
  attach(
    subject: Descriptor,
    attachments: readonly OutgoingAttachment[],
    context: PublishContext,
  ): Promise<Outcome<Attached>>;
  attachments(subject: Digest, context: PublishContext): Promise<Outcome<readonly Descriptor[]>>;
  /** By tag or digest; verified where it is a digest. Undefined where it has none. */
  read(reference: string, context: PublishContext): Promise<Outcome<ManifestDocument | undefined>>;
  /** Takes blobs into the blob store. One with wrong bytes never gets there, nor half of one. */
  fetch(blobs: readonly Content[], context: PublishContext): Promise<Outcome<{ readonly receivedBytes: number }>>;
}

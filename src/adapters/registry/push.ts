/** An image to the repository, in the order in which nobody can see half of it: blobs, manifest, attachments, tags. */
import pLimit from 'p-limit';
import type {
  Attached,
  Content,
  Descriptor,
  OutgoingAttachment,
  OutgoingBlob,
  Pushed,
  PushRequest,
} from '../../build/registry-ports.ts';
import type { BlobStore } from '../../kernel/blob-store.ts';
import { short } from '../../kernel/digest.ts';
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';
import { AT_ONCE, type Context, type RegistryClient } from './client.ts';
import { readBack } from './download-blob.ts';
import { notKept } from './faults.ts';
import { headContent, heldContents } from './held-contents.ts';
import { putManifest } from './manifests.ts';
import { keepReferrers } from './referrers.ts';
import { progress } from './progress.ts';
import { allOf } from './settled.ts';
import { uploadBlob } from './upload-blob.ts';

export interface Repository {
  readonly client: RegistryClient;
  readonly blobs: BlobStore;
  /** `read`: blobs are read back and hashed, for a registry whose storage isn't trusted. */
  readonly verify: 'length' | 'read';
}

export async function pushImage(
  repository: Repository,
  request: PushRequest,
  context: Context,
): Promise<Outcome<Pushed>> {
  const { manifest, missing, held, attachments, tags } = request;
  const moved = await sendBlobs(repository, missing, context);
  if (!moved.ok) return moved;
  const sound = await verifyBlobs(repository, repository.verify === 'read' ? [...held, ...missing] : missing, context);
  if (!sound.ok) return sound;
  const put = await putManifest(repository.client, { manifest, reference: manifest.digest }, context);
  if (!put.ok) return put;
  const subject = { mediaType: manifest.mediaType, digest: manifest.digest, size: manifest.data.length };
  const attached = await attachTo(repository, { subject, attachments }, context);
  if (!attached.ok) return attached;
  for (const tag of tags) {
    const tagged = await putManifest(repository.client, { manifest, reference: tag }, context);
    if (!tagged.ok) return tagged;
  }
  return ok({ ...moved.value, sentBytes: moved.value.sentBytes + attached.value.sentBytes });
}

/** Several at once; where one fails, those that wait aren't begun. */
async function sendBlobs(
  { client, blobs }: Repository,
  missing: readonly OutgoingBlob[],
  context: Context,
): Promise<Outcome<Pushed>> {
  const told = progress(missing, (sentBytes, totalBytes) =>
    context.emit({ code: 'build/push-progress', registry: client.place.name, sentBytes, totalBytes }),
  );
  const limit = pLimit(AT_ONCE);
  let isFailed = false;
  const moves = missing.map((blob) =>
    limit(async (): Promise<Outcome<{ readonly blob: OutgoingBlob; readonly how: 'sent' | 'mounted' } | undefined>> => {
      if (isFailed) return ok(undefined);
      const how = await uploadBlob(blob, { client, blobs, onProgress: told }, context);
      isFailed ||= !how.ok;
      return how.ok ? ok({ blob, how: how.value }) : how;
    }),
  );
  const done = await allOf(moves);
  if (!done.ok) return done;
  const bytesOf = (wanted: 'sent' | 'mounted'): number =>
    done.value.reduce((total, one) => total + (one?.how === wanted ? one.blob.bytes : 0), 0);
  return ok({ sentBytes: bytesOf('sent'), mountedBytes: bytesOf('mounted') });
}

/** What was just sent has to be there, with its length; where it is to be read, with its bytes. */
async function verifyBlobs(
  { client, verify }: Repository,
  blobs: readonly OutgoingBlob[],
  context: Context,
): Promise<Outcome<unknown>> {
  const limit = pLimit(AT_ONCE);
  const check = async (blob: OutgoingBlob): Promise<Outcome<unknown>> => {
    if (verify === 'read') return readBack(blob, client, context);
    const held = await headContent(client, { kind: 'blob', ...blob }, context);
    if (!held.ok) return held;
    return held.value ? ok() : fail(notKept(client.place, `blob ${short(blob.digest)}`));
  };
  return allOf(blobs.map((blob) => limit(() => check(blob))));
}

export async function attachTo(
  repository: Repository,
  { subject, attachments }: { subject: Descriptor; attachments: readonly OutgoingAttachment[] },
  context: Context,
): Promise<Outcome<Attached>> {
  if (attachments.length === 0) return ok({ sentBytes: 0, listedBy: 'nobody' });
  const { client } = repository;
  let sentBytes = 0;
  let isListed = true;
  for (const { manifest, blobs } of attachments) {
    const contents = blobs.map((blob): Content => ({ kind: 'blob', ...blob }));
    const held = await heldContents(client, contents, context);
    if (!held.ok) return held;
    const missing = blobs.filter(({ digest }) => !held.value.has(digest));
    const sent = await sendBlobs(repository, missing, context);
    if (!sent.ok) return sent;
    const sound = await verifyBlobs(repository, missing, context);
    if (!sound.ok) return sound;
    const put = await putManifest(client, { manifest, reference: manifest.digest }, context);
    if (!put.ok) return put;
    sentBytes += sent.value.sentBytes;
    isListed &&= put.value?.listsSubject === true;
  }
  if (isListed) return ok({ sentBytes, listedBy: 'registry' });
  const ours = attachments.map(({ descriptor }) => descriptor);
  const kept = await keepReferrers(client, { subject: subject.digest, ours }, context);
  return kept.ok ? ok({ sentBytes, listedBy: kept.value }) : kept;
}

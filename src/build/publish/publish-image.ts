/**
 * An image to several registries: what each lacks, by a plan that is told first. One that is down doesn't stop the
 * others, and an image with patches under embargo goes to no registry that isn't marked private.
 */
import type { Diagnostic } from '../../kernel/diagnostic.ts';
import type { Digest } from '../../kernel/digest.ts';
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';
import { attachmentManifest, EMPTY_CONFIG, type Attachment, type Descriptor } from '../image/attachment.ts';
import { sha256 } from '../../kernel/digest.ts';
import type { ImageRegistry, OutgoingAttachment, OutgoingBlob, PublishContext } from '../registry-ports.ts';
import { contentsOf, manifestDocument, type ImageContents, type PublishedImage } from './image-contents.ts';
import { planPush, type DestinationPlan, type PushPlan } from './plan-push.ts';
import { readPushFacts, type ReadPush } from './read-push-facts.ts';

export interface PublishRequest {
  readonly image: PublishedImage;
  /** `private`: holds patches under embargo. */
  readonly visibility: 'public' | 'private';
  readonly tags: readonly string[];
  readonly attachments: readonly Attachment[];
  /** Fails where one destination doesn't get it, not only where none does. @default false */
  readonly requireAll?: boolean;
}

type PublishedTo = { readonly registry: string; readonly repository: string } & (
  | {
      readonly held: true;
      /** `registry.example.org/mediawiki@sha256:…`, for machines. */
      readonly reference: string;
      readonly tags: readonly string[];
      readonly sentBytes: number;
      readonly mountedBytes: number;
      readonly ms: number;
    }
  | { readonly held: false; readonly diagnostics: readonly [Diagnostic, ...Diagnostic[]] }
);

export interface Published {
  readonly manifestDigest: Digest;
  readonly plan: PushPlan;
  readonly destinations: readonly PublishedTo[];
}

type Planned = Pick<PublishRequest, 'image' | 'visibility'>;

/** What `publishImage` would do now; sends nothing. @returns fails with `registry/not-private` alone */
export async function planPublish(
  { image, visibility }: Planned,
  destinations: readonly ImageRegistry[],
  context: PublishContext,
): Promise<Outcome<PushPlan>> {
  const allowed = mayHold(visibility, destinations);
  if (!allowed.ok) return allowed;
  const { facts } = await readPushFacts(contentsOf(image), destinations, context);
  return ok(planPush(facts));
}

/** @returns fails with `registry/not-private`; and as the registries do, where none holds it or `requireAll` */
export async function publishImage(
  request: PublishRequest,
  destinations: readonly ImageRegistry[],
  context: PublishContext,
): Promise<Outcome<Published>> {
  const allowed = mayHold(request.visibility, destinations);
  if (!allowed.ok) return allowed;
  const contents = contentsOf(request.image);
  const read = await readPushFacts(contents, destinations, context);
  const plan = planPush(read.facts);
  for (const one of plan.destinations) tellPlan(one, context);
  const results = await pushToAll({ request, contents, plan, read, destinations }, context);
  const failed = results.flatMap((one) => (one.held ? [] : one.diagnostics));
  const [first, ...others] = failed;
  const lacking = request.requireAll === true ? failed.length > 0 : results.every(({ held }) => !held);
  if (lacking && first !== undefined) return fail(first, ...others);
  return ok({ manifestDigest: request.image.manifestDigest, plan, destinations: results });
}

export function mayHold(
  visibility: PublishRequest['visibility'],
  destinations: readonly ImageRegistry[],
): Outcome<void> {
  const open = visibility === 'private' ? destinations.filter(({ isPrivate }) => !isPrivate) : [];
  const [first, ...others] = open.map(notPrivate);
  return first === undefined ? ok() : fail(first, ...others);
}

function notPrivate({ name, host, path }: ImageRegistry): Diagnostic {
  return {
    code: 'registry/not-private',
    message: `this image holds patches under embargo, and ${name} (${host}/${path}) may not have those`,
    hint: 'push to a registry that only your own can read, marked "private: true" under registries of mwpipe.yaml',
    exit: 'refused',
  };
}

function tellPlan({ registry, host, path, blobs, ...plan }: DestinationPlan, context: PublishContext): void {
  if (plan.state === 'unreachable') return;
  const { thereBytes, mountBytes, sendBytes } = plan;
  const sizes = { blobs: blobs.length, thereBytes, mountBytes, sendBytes };
  context.emit({ code: 'build/push-planned', registry, repository: `${host}/${path}`, ...sizes });
}

interface Publishing {
  readonly request: PublishRequest;
  readonly contents: ImageContents;
  readonly plan: PushPlan;
  readonly read: ReadPush;
  readonly destinations: readonly ImageRegistry[];
}

/** At once; those that share a host one after the other, so that the later ones mount what the first was sent. */
async function pushToAll(publishing: Publishing, context: PublishContext): Promise<PublishedTo[]> {
  const { destinations, plan } = publishing;
  const ends = new Map<string, Promise<unknown>>();
  const pushes = destinations.map((registry, index) => {
    const before = ends.get(registry.host) ?? Promise.resolve();
    const planned = plan.destinations[index];
    if (planned === undefined) throw new Error(`no plan for ${registry.name}`);
    const push = before.then(() => pushToOne(publishing, { registry, plan: planned }, context));
    ends.set(
      registry.host,
      push.catch(() => undefined),
    );
    return push;
  });
  const settled = await Promise.allSettled(pushes);
  return settled.map((one) => {
    if (one.status === 'rejected') throw one.reason;
    return one.value;
  });
}

async function pushToOne(
  { request, contents, read }: Publishing,
  { registry, plan }: { readonly registry: ImageRegistry; readonly plan: DestinationPlan },
  context: PublishContext,
): Promise<PublishedTo> {
  const repository = `${registry.host}/${registry.path}`;
  const failed = (diagnostics: readonly [Diagnostic, ...Diagnostic[]]): PublishedTo => {
    context.emit({ code: 'build/push-failed', registry: registry.name, because: diagnostics[0].message });
    return { registry: registry.name, repository, held: false, diagnostics };
  };
  const fault = read.faults.get(registry.name);
  if (fault !== undefined) return failed(fault);
  const started = context.clock.now();
  const { tags } = request;
  const pushed = await registry.push(pushOf(request, contents, plan), context);
  if (!pushed.ok) return failed(pushed.diagnostics);
  const ms = context.clock.now() - started;
  const reference = `${repository}@${contents.manifest.digest}`;
  context.emit({ code: 'build/pushed', registry: registry.name, reference, tags, ...pushed.value, ms });
  return { registry: registry.name, repository, held: true, reference, tags, ...pushed.value, ms };
}

function pushOf({ attachments, tags }: PublishRequest, contents: ImageContents, plan: DestinationPlan) {
  const { manifest, blobs } = contents;
  const planned = new Map(plan.blobs.map((blob) => [blob.digest, blob]));
  const held = blobs.filter(({ digest }) => planned.get(digest)?.how === 'there');
  const missing = blobs
    .filter((blob) => !held.includes(blob))
    .map((blob): OutgoingBlob => {
      const from = planned.get(blob.digest)?.from;
      return from === undefined ? blob : { ...blob, mountFrom: from };
    });
  const subject = { mediaType: manifest.mediaType, digest: manifest.digest, size: manifest.data.length };
  return { manifest, missing, held, tags, attachments: attachments.map((one) => outgoing(one, subject)) };
}

/** What is said about an image, ready to be attached to it. */
function outgoing(attachment: Attachment, subject: Descriptor): OutgoingAttachment {
  const { manifest, descriptor } = attachmentManifest(attachment, subject);
  const blobs = [EMPTY_CONFIG, attachment.data].map((data) => ({ digest: sha256(data), bytes: data.length, data }));
  return { manifest: manifestDocument(descriptor.mediaType, manifest), descriptor, blobs };
}

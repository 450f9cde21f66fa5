/**
 * What is attached to a manifest: the registry's own list where it keeps one (referrers API), else the spec's fallback,
 * an index under the tag `sha256-<hex>`, which we keep for it without losing what others wrote there.
 * https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#unavailable-referrers-api
 */
import { z } from 'zod';
import type { Attached, Descriptor } from '../../build/registry-ports.ts';
import { canonicalJson, sha256, type Digest } from '../../kernel/digest.ts';
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';
import type { Context, RegistryClient } from './client.ts';
import { faultOf, notKept } from './faults.ts';
import { INDEX_TYPE, putManifest, readManifest } from './manifests.ts';

const descriptorSchema = z.looseObject({
  mediaType: z.string(),
  digest: z.templateLiteral(['sha256:', z.string().regex(/^[0-9a-f]{64}$/)]),
  size: z.int().min(0),
  artifactType: z.string().exactOptional(),
  annotations: z.record(z.string(), z.string()).exactOptional(),
});
const indexSchema = z.looseObject({ manifests: z.array(descriptorSchema) });

/** What is attached to `subject`, by whoever. */
export async function listReferrers(
  client: RegistryClient,
  subject: Digest,
  context: Context,
): Promise<Outcome<readonly Descriptor[]>> {
  const own = await askRegistry(client, subject, context);
  if (!own.ok || own.value !== undefined) return own.ok ? ok(own.value ?? []) : own;
  const kept = await readIndex(client, subject, context);
  return kept.ok ? ok(kept.value.manifests) : kept;
}

/** Undefined where the registry keeps no such list. */
async function askRegistry(
  client: RegistryClient,
  subject: Digest,
  context: Context,
): Promise<Outcome<readonly Descriptor[] | undefined>> {
  const found: Descriptor[] = [];
  let url: string | URL = `referrers/${subject}`;
  for (let pages = 0; pages < 100; pages += 1) {
    const asked = { method: 'GET', url, headers: { accept: INDEX_TYPE }, accept: [200, 404, 405, 501] } as const;
    const answer = await client.send(asked, context);
    if (!answer.ok) return answer;
    const text = await answer.value.text(4 * 1024 * 1024);
    if (answer.value.status !== 200) return ok(undefined);
    const page = indexSchema.safeParse(parseJson(text));
    if (!page.success) return ok(undefined);
    found.push(...page.data.manifests);
    const next: string | undefined = /<([^>]+)>\s*;\s*rel="?next"?/i.exec(answer.value.headers.get('link') ?? '')?.[1];
    if (next === undefined) return ok(found);
    const resolved = client.resolve(next, new URL(client.endpoint.origin));
    if (!resolved.ok) return resolved;
    url = resolved.value;
  }
  return fail(faultOf(client.place, { status: 200, text: 'it has no end', asked: 'GET of referrers' }));
}

interface KeptIndex {
  /** All that others wrote, words of theirs included. */
  readonly document: Record<string, unknown>;
  readonly manifests: readonly Descriptor[];
  readonly etag: string | undefined;
}

const MOST_ROUNDS = 8;
/** Longer than a neighbour takes between reading the index and writing it. */
const SETTLE_MS = 100;

/**
 * Puts our descriptors into the fallback's index. Registries take the last writer's: so it is read again when a
 * neighbour who read before us has written too, and written again where ours got lost.
 */
export async function keepReferrers(
  client: RegistryClient,
  { subject, ours }: { readonly subject: Digest; readonly ours: readonly Descriptor[] },
  context: Context,
): Promise<Outcome<Attached['listedBy']>> {
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const kept = await readIndex(client, subject, context);
    if (!kept.ok) return kept;
    const missing = ours.filter(({ digest }) => kept.value.manifests.every((one) => one.digest !== digest));
    if (missing.length === 0) return ok('tag');
    const written = await writeIndex(client, { subject, kept: kept.value, missing }, context);
    if (!written.ok) return written;
    await context.clock.sleep(SETTLE_MS + Math.random() * SETTLE_MS, context.signal);
  }
  return fail(notKept(client.place, `what is attached to ${subject.slice(0, 19)}`));
}

async function readIndex(client: RegistryClient, subject: Digest, context: Context): Promise<Outcome<KeptIndex>> {
  const read = await readManifest(client, fallbackTag(subject), context);
  if (!read.ok) return read;
  if (read.value === undefined) return ok({ document: {}, manifests: [], etag: undefined });
  const document = indexSchema.safeParse(parseJson(read.value.data.toString('utf8')));
  if (!document.success) {
    const asked = `GET of tag ${fallbackTag(subject)}`;
    return fail(faultOf(client.place, { status: 200, text: 'it is no index', asked }));
  }
  return ok({ document: document.data, manifests: document.data.manifests, etag: read.value.etag ?? undefined });
}

async function writeIndex(
  client: RegistryClient,
  { subject, kept, missing }: { subject: Digest; kept: KeptIndex; missing: readonly Descriptor[] },
  context: Context,
): Promise<Outcome<unknown>> {
  const manifests = [...kept.manifests, ...missing];
  const data = Buffer.from(canonicalJson({ ...kept.document, schemaVersion: 2, mediaType: INDEX_TYPE, manifests }));
  const manifest = { mediaType: INDEX_TYPE, digest: sha256(data), data };
  const condition = kept.etag === undefined ? {} : { ifMatch: kept.etag };
  return putManifest(client, { manifest, reference: fallbackTag(subject), ...condition }, context);
}

function fallbackTag(subject: Digest): string {
  return subject.replace(':', '-');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

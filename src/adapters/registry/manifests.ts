/** Manifests by tag or digest: read against their digest, written and read back, so that what a tag names is what was meant. */
import type { ManifestDocument } from '../../build/registry-ports.ts';
import { sha256, short } from '../../kernel/digest.ts';
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';
import type { Context, RegistryClient } from './client.ts';
import { faultOf, gone, lies, notKept, type BadAnswer } from './faults.ts';

export const INDEX_TYPE = 'application/vnd.oci.image.index.v1+json';
export const ACCEPT = [
  'application/vnd.oci.image.manifest.v1+json',
  INDEX_TYPE,
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
].join(', ');
/** The spec's limit for pushed manifests. */
const MOST_BYTES = 4 * 1024 * 1024;

export interface ReadManifest extends ManifestDocument {
  readonly etag: string | null;
}

export async function readManifest(
  client: RegistryClient,
  reference: string,
  context: Context,
): Promise<Outcome<ReadManifest | undefined>> {
  const url = `manifests/${reference}`;
  const answer = await client.send({ method: 'GET', url, headers: { accept: ACCEPT }, accept: [200, 404] }, context);
  if (!answer.ok) return answer;
  if (answer.value.status === 404) {
    await answer.value.discard();
    return ok(undefined);
  }
  const { headers } = answer.value;
  const data = await wholeOf(client, answer.value.bytes(), context);
  if (!data.ok) return data;
  const digest = sha256(data.value);
  const isDigest = reference.startsWith('sha256:');
  if (isDigest && digest !== reference)
    return fail(lies(client.place, { what: `manifest ${short(reference)}`, got: digest.slice(0, 19) }));
  const mediaType = headers.get('content-type')?.split(';')[0] ?? '';
  return ok({ mediaType, digest, data: data.value, etag: headers.get('etag') });
}

async function wholeOf(
  { place }: RegistryClient,
  bytes: AsyncGenerator<Uint8Array>,
  context: Context,
): Promise<Outcome<Buffer>> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of bytes) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > MOST_BYTES)
        return fail(faultOf(place, { status: 200, text: 'it has no end', asked: 'GET of a manifest' }));
    }
    return ok(Buffer.concat(chunks));
  } catch (broken) {
    context.signal.throwIfAborted();
    return fail(gone(place, broken));
  }
}

/**
 * The digest is always right here, for it is of the very bytes that are sent. Docker's registry says so all the same
 * where another push of the same manifest is half through with writing its link, which is empty until then.
 */
function isHalfWritten({ status, text }: BadAnswer): boolean {
  return status === 400 && text.includes('DIGEST_INVALID');
}

export interface PutManifest {
  readonly manifest: ManifestDocument;
  /** A tag or its digest. */
  readonly reference: string;
  /** Only in the place of the one that was read. */
  readonly ifMatch?: string;
}

/** Writes it and reads it back. @returns whether the registry lists it by its subject; undefined where another was faster */
export async function putManifest(
  client: RegistryClient,
  { manifest, reference, ifMatch }: PutManifest,
  context: Context,
): Promise<Outcome<{ readonly listsSubject: boolean } | undefined>> {
  const condition = ifMatch === undefined ? {} : { 'if-match': ifMatch };
  const answer = await client.send(
    {
      method: 'PUT',
      url: `manifests/${reference}`,
      headers: { 'content-type': manifest.mediaType, ...condition },
      body: () => manifest.data,
      accept: [200, 201, 202, 412],
      passes: isHalfWritten,
    },
    context,
  );
  if (!answer.ok) return answer;
  await answer.value.discard();
  if (answer.value.status === 412) return ok(undefined);
  const kept = await readManifest(client, reference, context);
  if (!kept.ok) return kept;
  const what = reference === manifest.digest ? `manifest ${short(reference)}` : `tag ${reference}`;
  if (kept.value === undefined) return fail(notKept(client.place, what));
  // A tag that names another manifest now was moved by somebody else: theirs came later.
  const isWrong = reference === manifest.digest && kept.value.digest !== manifest.digest;
  if (isWrong) return fail(lies(client.place, { what, got: kept.value.digest }));
  return ok({ listsSubject: answer.value.headers.get('oci-subject') !== null });
}

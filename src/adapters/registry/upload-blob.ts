/**
 * One blob to the repository: mounted from a neighbour where that works, else streamed. Where the connection breaks, the
 * registry is asked how much it has, and gets the rest; one that has forgotten gets all again.
 */
import { createReadStream } from 'node:fs';
import { damagedLayer } from '../../build/index.ts';
import type { OutgoingBlob } from '../../build/registry-ports.ts';
import type { BlobStore } from '../../kernel/blob-store.ts';
import { short } from '../../kernel/digest.ts';
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';
import type { Answer } from './answer.ts';
import type { Context, RegistryClient } from './client.ts';
import { faultOf, lies } from './faults.ts';
import { headContent } from './held-contents.ts';

export interface UploadTools {
  readonly client: RegistryClient;
  readonly blobs: BlobStore;
  /** How far a blob has come; less than before where it starts again. */
  readonly onProgress: (blob: OutgoingBlob, bytes: number) => void;
}

/** Where an upload stands. */
interface Session {
  readonly location: URL;
  readonly offset: number;
}

/** @returns fails with `registry/*`, `build/damaged-layer` */
export async function uploadBlob(
  blob: OutgoingBlob,
  tools: UploadTools,
  context: Context,
): Promise<Outcome<'sent' | 'mounted'>> {
  const { client } = tools;
  const started = await mountOrStart(blob, tools, context);
  if (!started.ok) return started;
  if (started.value === 'mounted') return ok('mounted');
  let session = started.value;
  for (let tries = 1; ; tries += 1) {
    const sent = await sendRest(blob, { session, tools }, context);
    if (sent.ok) return sent;
    const [fault] = sent.diagnostics;
    if (!WORTH_ANOTHER.includes(fault.code) || tries >= client.limits.tries) return sent;
    await client.wait(tries, fault.message, context);
    const next = await goOn(blob, { session, tools }, context);
    if (!next.ok) return next;
    if (next.value === 'sent') return ok('sent');
    if (next.value.offset > session.offset) tries = 0;
    session = next.value;
    tools.onProgress(blob, session.offset);
    tellResumed(blob, { session, because: fault.message, client }, context);
  }
}

/** What a second try can mend: the connection, or a registry that lost its place. */
const WORTH_ANOTHER: readonly string[] = [
  'registry/gone',
  'registry/silent',
  'registry/failed',
  'registry/unexpected',
  'registry/wrong-bytes',
];

function tellResumed(
  { digest }: OutgoingBlob,
  {
    session,
    because,
    client,
  }: { readonly session: Session; readonly because: string; readonly client: RegistryClient },
  context: Context,
): void {
  const fromBytes = session.offset;
  context.emit({ code: 'build/push-resumed', registry: client.place.name, digest, fromBytes, because });
}

/** After a connection broke: the whole blob may be there, its answer lost; or a part of it; or nothing. */
async function goOn(
  blob: OutgoingBlob,
  { session, tools }: Rest,
  context: Context,
): Promise<Outcome<Session | 'sent'>> {
  const kept = await whereItStands(session, tools, context);
  if (kept !== undefined) return ok(kept);
  const held = await headContent(tools.client, { kind: 'blob', ...blob }, context);
  if (!held.ok) return held;
  return held.value ? ok('sent') : start(tools, context);
}

/** A registry that lends nothing to this login gets the blob itself. */
async function mountOrStart(
  { digest, mountFrom }: OutgoingBlob,
  tools: UploadTools,
  context: Context,
): Promise<Outcome<Session | 'mounted'>> {
  if (mountFrom === undefined) return start(tools, context);
  const { client } = tools;
  const url = `blobs/uploads/?${new URLSearchParams({ mount: digest, from: mountFrom }).toString()}`;
  const answer = await client.send({ method: 'POST', url, accept: [201, 202], from: mountFrom }, context);
  if (!answer.ok) return start(tools, context);
  await answer.value.discard();
  return answer.value.status === 201 ? ok('mounted') : sessionOf(answer.value, client);
}

async function start({ client }: UploadTools, context: Context): Promise<Outcome<Session>> {
  const answer = await client.send({ method: 'POST', url: 'blobs/uploads/', accept: [202] }, context);
  if (!answer.ok) return answer;
  await answer.value.discard();
  return sessionOf(answer.value, client);
}

function sessionOf({ headers }: Answer, client: RegistryClient): Outcome<Session> {
  const location = client.resolve(headers.get('location'), new URL(client.endpoint.origin));
  return location.ok ? ok({ location: location.value, offset: 0 }) : location;
}

interface Rest {
  readonly session: Session;
  readonly tools: UploadTools;
}

async function sendRest(blob: OutgoingBlob, rest: Rest, context: Context): Promise<Outcome<'sent'>> {
  const { client } = rest.tools;
  let { session } = rest;
  while (session.offset < blob.bytes) {
    const patched = await patch(blob, { ...rest, session }, context);
    if (!patched.ok) return patched;
    session = patched.value;
  }
  const url = new URL(session.location);
  url.searchParams.set('digest', blob.digest);
  const put = {
    method: 'PUT',
    url,
    headers: { 'content-length': '0' },
    accept: [201, 204, 400],
    again: false,
  } as const;
  const answer = await client.send(put, context);
  if (!answer.ok) return answer;
  const { status } = answer.value;
  const text = await answer.value.text();
  if (status !== 400) return ok('sent');
  if (!text.includes('DIGEST_INVALID'))
    return fail(faultOf(client.place, { status, text, asked: `PUT of ${short(blob.digest)}` }));
  if (await isDamagedHere(blob, rest.tools)) return fail(damagedLayer(blob.digest));
  return fail(
    lies(client.place, { what: `the upload of ${short(blob.digest)}`, got: 'it says that other bytes came' }),
  );
}

async function patch(blob: OutgoingBlob, { session, tools }: Rest, context: Context): Promise<Outcome<Session>> {
  const { client, blobs } = tools;
  const { offset } = session;
  const stored = blob.data ?? (await blobs.has(blob.digest));
  if (stored === undefined || (!Buffer.isBuffer(stored) && stored.bytes !== blob.bytes)) {
    await blobs.check(blob.digest); // takes it out
    return fail(damagedLayer(blob.digest));
  }
  async function* body(): AsyncGenerator<Uint8Array> {
    const source = Buffer.isBuffer(stored)
      ? [stored.subarray(offset)]
      : createReadStream((stored as { path: string }).path, { start: offset, highWaterMark: 256 * 1024 });
    let bytes = offset;
    for await (const chunk of source as AsyncIterable<Buffer>) {
      yield chunk;
      bytes += chunk.length;
      tools.onProgress(blob, bytes);
    }
  }
  const range = offset === 0 ? {} : { 'content-range': `${offset}-${blob.bytes - 1}` };
  const length = String(blob.bytes - offset);
  const headers = { 'content-type': 'application/octet-stream', 'content-length': length, ...range };
  const asked = { method: 'PATCH', url: session.location, headers, body, accept: [202, 204], again: false } as const;
  const answer = await client.send(asked, context);
  if (!answer.ok) return answer;
  await answer.value.discard();
  const location = client.resolve(answer.value.headers.get('location') ?? session.location.href, session.location);
  if (!location.ok) return location;
  // Of a single byte they say what they say of none.
  const kept = blob.bytes === 1 ? 1 : (endOf(answer.value.headers.get('range')) ?? blob.bytes);
  if (kept > offset) return ok({ location: location.value, offset: Math.min(kept, blob.bytes) });
  return fail(faultOf(client.place, { status: 202, text: 'it kept nothing', asked: `PATCH of ${short(blob.digest)}` }));
}

/** Undefined where the registry knows nothing of the upload any more: Debian's 2.8 forgets one that broke off. */
async function whereItStands(
  session: Session,
  { client }: UploadTools,
  context: Context,
): Promise<Session | undefined> {
  const answer = await client.send({ method: 'GET', url: session.location, accept: [204, 202] }, context);
  if (!answer.ok) return undefined;
  await answer.value.discard();
  const offset = endOf(answer.value.headers.get('range'));
  const location = client.resolve(answer.value.headers.get('location') ?? session.location.href, session.location);
  return offset === undefined || !location.ok ? undefined : { location: location.value, offset };
}

/** `0-1023` is 1024 bytes; `0-0` is what registries say of none. */
function endOf(range: string | null): number | undefined {
  const end = /^(?:bytes=)?0-(\d+)$/.exec(range ?? '')?.[1];
  if (end === undefined) return undefined;
  return end === '0' ? 0 : Number(end) + 1;
}

async function isDamagedHere(blob: OutgoingBlob, { blobs }: UploadTools): Promise<boolean> {
  return blob.data === undefined && (await blobs.check(blob.digest)) === undefined;
}

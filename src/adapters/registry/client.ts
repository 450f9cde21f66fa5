/**
 * Asks a registry, patiently: shows it who we are when it wants to know, waits where it is busy, tries again where a
 * connection broke, follows where a blob is kept elsewhere (without our credentials), and never over plain HTTP unasked.
 */
import type { PublishEvent } from '../../build/registry-ports.ts';
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import { exchange, Redirected, type Answer, type Exchange } from './answer.ts';
import { authority, type Scope } from './authority.ts';
import { readChallenge } from './challenge.ts';
import type { Login } from './credentials.ts';
import { mayAsk, shown, type Endpoint } from './endpoint.ts';
import { causeOf, faultOf, gone, isFull, plainHttp, throttled, type BadAnswer, type Place } from './faults.ts';

export interface Limits {
  /** Without a byte in either direction. */
  readonly silenceMs: number;
  /** Longest that one request is waited for while the registry is busy. */
  readonly waitMs: number;
  /** Of one request, and of one blob without progress. */
  readonly tries: number;
}

interface Asked extends Omit<Exchange, 'body' | 'url' | 'headers'> {
  /** Absolute, or below `/v2/PATH/`. */
  readonly url: URL | string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Made anew for each try. */
  readonly body?: () => AsyncIterable<Uint8Array> | Buffer;
  /** Statuses that the caller knows what to do with; any other is a diagnostic. */
  readonly accept: readonly number[];
  /** Another repository, to be mounted from. */
  readonly from?: string;
  /** False where the caller goes on by itself after a broken connection: nothing is asked twice. @default true */
  readonly again?: boolean;
  /** A refusal that is over in a moment, as a busy registry's is. */
  readonly passes?: (answer: BadAnswer) => boolean;
}

export type Context = RunContext<PublishEvent>;

export interface RegistryClient {
  readonly place: Place;
  readonly endpoint: Endpoint;
  readonly limits: Limits;
  send(asked: Asked, context: Context): Promise<Outcome<Answer>>;
  /** Where a header of an answer leads, if that may be asked. */
  resolve(location: string | null, base: URL): Outcome<URL>;
  /** Tells that it waits, and waits. */
  wait(tries: number, because: string, context: Context): Promise<void>;
}

/** Enough to fill a line; more would only share it. */
export const AT_ONCE = 4;

const BUSY = [429, 500, 502, 503, 504];
const MOVED = [301, 302, 303, 307, 308];
const MOST_HOPS = 5;
const MOST_TOKENS = 3;

export function registryClient(
  place: Place,
  parts: { readonly endpoint: Endpoint; readonly login: Login | undefined; readonly limits: Limits },
): RegistryClient {
  const { endpoint, limits } = parts;
  const who = authority({ place, ...parts, silenceMs: limits.silenceMs });
  const client: RegistryClient = {
    place,
    endpoint,
    limits,
    send: (asked, context) => sendPatiently({ client, who }, asked, context),
    resolve: (location, base) => {
      const url = location === null ? null : URL.parse(location, base.href);
      if (url === null) return fail(faultOf(place, { status: 0, text: 'it names no place', asked: shown(base) }));
      return mayAsk(url, endpoint) ? ok(url) : fail(plainHttp(place, shown(url)));
    },
    wait: async (tries, because, context) => {
      const waitMs = 250 * 2 ** tries;
      context.emit({ code: 'build/registry-waited', registry: place.name, because, waitMs });
      await context.clock.sleep(waitMs, context.signal);
    },
  };
  return client;
}

interface Tools {
  readonly client: RegistryClient;
  readonly who: ReturnType<typeof authority>;
}

async function sendPatiently(tools: Tools, asked: Asked, context: Context): Promise<Outcome<Answer>> {
  const { place, limits } = tools.client;
  let waited = 0;
  for (let tries = 1; ; tries += 1) {
    const tried = await sendOnce(tools, asked, context);
    const isLast = tries >= limits.tries || asked.again === false;
    if ('broken' in tried) {
      if (isLast) return fail(gone(place, tried.broken));
      await tools.client.wait(tries, causeOf(tried.broken), context);
      continue;
    }
    if (!tried.ok) return tried;
    const answer = tried.value;
    if (asked.accept.includes(answer.status) && !isWebPage(answer)) return ok(answer);
    const text = tools.who.redact(await answer.text());
    const bad = { status: answer.status, text, asked: `${asked.method} ${shown(urlOf(tools, asked))}` };
    const wait = retryAfter(answer.headers.get('retry-after'), context) ?? 250 * 2 ** tries;
    const isBusy = (BUSY.includes(answer.status) && !isFull(bad)) || asked.passes?.(bad) === true;
    if (!isBusy || isLast || waited + wait > limits.waitMs) {
      return fail(isBusy && answer.status === 429 ? throttled(place, wait) : faultOf(place, bad));
    }
    waited += wait;
    context.emit({ code: 'build/registry-waited', registry: place.name, because: String(answer.status), waitMs: wait });
    await context.clock.sleep(wait, context.signal);
  }
}

/** A login page or a proxy says 200 to everything: HEAD of each blob too. */
function isWebPage({ status, headers }: Answer): boolean {
  return status === 200 && headers.get('content-type')?.startsWith('text/html') === true;
}

/** Seconds, or a date. @returns milliseconds */
function retryAfter(header: string | null, { clock }: Context): number | undefined {
  if (header === null) return undefined;
  const ms = /^\d+$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - clock.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}

type Tried = Outcome<Answer> | { readonly broken: unknown };

/** One try, with what it takes to be let in: a token may end between being given and being shown, by what others do at once. */
async function sendOnce(tools: Tools, asked: Asked, context: Context): Promise<Tried> {
  const scopes = scopesOf(tools, asked);
  for (let tries = 1; ; tries += 1) {
    const used = tools.who.header(scopes);
    const tried = await follow(tools, { asked, authorization: used }, context);
    if ('broken' in tried || !tried.ok || tried.value.status !== 401) return tried;
    const challenge = readChallenge(tried.value.headers.get('www-authenticate'));
    await tried.value.discard();
    if (tries > MOST_TOKENS) return fail(tools.who.refusal());
    const letIn = await tools.who.answer({ challenge, scopes, used }, context);
    if (!letIn.ok) return letIn;
  }
}

function scopesOf({ client }: Tools, { method, from }: Asked): Scope[] {
  const read = method === 'GET' || method === 'HEAD';
  const own: Scope = `repository:${client.endpoint.path}:${read ? 'pull' : 'pull,push'}`;
  return from === undefined ? [own] : [own, `repository:${from}:pull`];
}

/** Reads are followed where the registry keeps blobs elsewhere; another server gets no word of who we are. */
async function follow(
  tools: Tools,
  { asked, authorization }: { readonly asked: Asked; readonly authorization: string | undefined },
  context: Context,
): Promise<Tried> {
  const { endpoint, limits, place } = tools.client;
  const { method } = asked;
  let url = urlOf(tools, asked);
  for (let hops = 0; ; hops += 1) {
    const own = url.origin === endpoint.origin && authorization !== undefined;
    const headers = { ...asked.headers, ...(own ? { authorization } : {}) };
    const body = asked.body === undefined ? {} : { body: asked.body() };
    try {
      const patience = { silenceMs: limits.silenceMs, signal: context.signal };
      const answer = await exchange({ method, url, headers, ...body }, patience);
      const isRead = method === 'GET' || method === 'HEAD';
      if (!MOVED.includes(answer.status) || !isRead || asked.accept.includes(answer.status)) return ok(answer);
      await answer.discard();
      const next = tools.client.resolve(answer.headers.get('location'), url);
      if (!next.ok) return next;
      if (hops === MOST_HOPS) return fail(faultOf(place, { status: answer.status, text: '', asked: shown(url) }));
      url = next.value;
    } catch (broken) {
      context.signal.throwIfAborted();
      if (!(broken instanceof Redirected)) return { broken };
      return fail(faultOf(place, { status: 307, text: '', asked: `${method} ${shown(url)}` }));
    }
  }
}

function urlOf({ client }: Tools, { url }: Asked): URL {
  return typeof url === 'string' ? new URL(`${client.endpoint.origin}/v2/${client.endpoint.path}/${url}`) : url;
}

/**
 * ls-refs over HTTP, on connections that are kept. Where a host has answered in version 2 once, the command is sent
 * without asking first what the server can; any answer but a proper one then makes it ask in full.
 */
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { readPackets } from './pkt-line.ts';
import { lsRefsCommand, readAdvertisement, readRefs, type ObjectFormat } from './protocol.ts';
import { RemoteFault } from './remote-fault.ts';
import type { AskLimits, Question } from './ask-daemon.ts';

export interface HttpClient {
  ask(question: Question, limits: AskLimits): Promise<Map<string, string>>;
}

export function httpClient(maxSockets: number): HttpClient {
  const agents = {
    'http:': new HttpAgent({ keepAlive: true, maxSockets }),
    'https:': new HttpsAgent({ keepAlive: true, maxSockets }),
  };
  const speaks2 = new Set<string>();
  const exchange: Exchange = (url, options, limits) => {
    const secure = url.protocol === 'https:';
    return send(url, { ...options, agent: agents[secure ? 'https:' : 'http:'] }, limits);
  };
  const ask: HttpClient['ask'] = async (question, limits) => {
    if (speaks2.has(question.url.origin)) {
      try {
        return await command(exchange, { ...question, format: 'sha1' }, limits);
      } catch (error) {
        if (!(error instanceof RemoteFault) || SURE.has(error.kind)) throw error;
      }
    }
    const format = await advertisement(exchange, question, limits);
    speaks2.add(question.url.origin);
    return command(exchange, { ...question, format }, limits);
  };
  return { ask };
}

/** What asking in full wouldn't change. */
const SURE: ReadonlySet<string> = new Set(['timeout', 'gone', 'reset']);

interface Sent extends RequestOptions {
  readonly body?: string;
}

type Exchange = (url: URL, sent: Sent, limits: AskLimits) => Promise<IncomingMessage>;

async function advertisement(exchange: Exchange, { url }: Question, limits: AskLimits): Promise<ObjectFormat> {
  const response = await exchange(below(url, 'info/refs?service=git-upload-pack'), { method: 'GET' }, limits);
  expectType(response, 'application/x-git-upload-pack-advertisement');
  return reading(response, limits, readAdvertisement);
}

async function command(
  exchange: Exchange,
  { url, prefixes, format }: Question & { readonly format: ObjectFormat },
  limits: AskLimits,
): Promise<Map<string, string>> {
  const type = 'application/x-git-upload-pack';
  const headers = { 'content-type': `${type}-request`, accept: `${type}-result` };
  const sent = { method: 'POST', headers, body: lsRefsCommand(prefixes, format) };
  const response = await exchange(below(url, 'git-upload-pack'), sent, limits);
  expectType(response, `${type}-result`);
  return reading(response, limits, readRefs);
}

/** Reads to the very end, so that the connection is used again. */
async function reading<T>(
  response: IncomingMessage,
  { mostBytes }: AskLimits,
  read: (packets: ReturnType<typeof readPackets>) => Promise<T>,
): Promise<T> {
  const packets = readPackets(response, mostBytes);
  const value = await read(packets);
  while ((await packets.next()).done !== true);
  return value;
}

function below(url: URL, path: string): URL {
  return new URL(`${url.href.replace(/\/$/, '')}/${path}`);
}

function send(url: URL, { body, headers, ...options }: Sent, limits: AskLimits): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const start = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const ours = { 'git-protocol': 'version=2', 'user-agent': 'git/2 (mwpipe)', ...(headers as object) };
    const request = start(url, { ...options, headers: ours, signal: limits.signal, timeout: limits.silenceMs });
    request.on('timeout', () => request.destroy(new RemoteFault('timeout', 'silent')));
    request.on('error', reject);
    request.on('response', (response) => {
      const fault = refusal(response, url);
      if (fault === undefined) {
        resolve(response);
      } else {
        response.resume();
        reject(fault);
      }
    });
    request.end(body);
  });
}

function refusal({ statusCode = 0, headers }: IncomingMessage, url: URL): RemoteFault | undefined {
  if (statusCode >= 200 && statusCode < 300) return undefined;
  if (statusCode >= 300 && statusCode < 400) return new RemoteFault('redirected', target(headers.location ?? '', url));
  if (statusCode === 401 || statusCode === 407) return new RemoteFault('ask-git', 'wants a login');
  if (statusCode === 404 || statusCode === 410) return new RemoteFault('no-such-repo', `answered ${statusCode}`);
  if (statusCode === 403) return new RemoteFault('ask-git', 'answered 403');
  return new RemoteFault('gone', `answered ${statusCode}`);
}

/** Where the repo is said to be, as one would write it. */
function target(location: string, url: URL): string {
  const absolute = URL.canParse(location, url.href) ? new URL(location, url.href).href : location;
  return absolute.replace(/\/(?:info\/refs(?:\?.*)?|git-upload-pack)$/, '');
}

function expectType(response: IncomingMessage, type: string): void {
  const theirs = response.headers['content-type'] ?? 'nothing';
  if (theirs === type) return;
  response.destroy();
  throw new RemoteFault('not-git', `answered with ${theirs}`);
}

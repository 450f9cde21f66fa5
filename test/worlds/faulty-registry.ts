/** A proxy before a real registry that misbehaves where a test says so, and remembers what it was asked. */
import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** `drop`: the connection ends after this many bytes of an upload's body, or of a download's. */
export type Fault =
  | { readonly kind: 'drop'; readonly afterBytes: number }
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers?: Record<string, string>;
      readonly body?: string;
    }
  | { readonly kind: 'damage' }
  /** Does what it is asked, and its answer gets lost. */
  | { readonly kind: 'lost' }
  /** Not a fault: the registry's own answer, with more headers. */
  | { readonly kind: 'more'; readonly headers: Record<string, string> }
  | { readonly kind: 'hang' };

export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  /** Of the body that came. */
  bytes: number;
}

/** @param count how often this method was asked for this kind of thing (`PATCH uploads`), this time included */
export type Choose = (seen: Seen, count: number) => Fault | undefined;

export interface FaultyRegistry extends AsyncDisposable {
  readonly host: string;
  readonly seen: Seen[];
  /** Of bodies of PATCH: what went over the wire for blobs. */
  uploadedBytes(): number;
}

export interface FaultyOptions {
  /** Keeps what came of an upload that broke off, as registries after Debian's 2.8 do. */
  readonly resumable?: boolean;
}

interface Proxy {
  readonly port: number;
  readonly options: FaultyOptions;
  /** The newest address of an upload by its id: clients of a resumable registry may know an older one. */
  readonly newest: Map<string, string>;
}

export async function faultyRegistry(
  port: number,
  choose: Choose = () => undefined,
  options: FaultyOptions = {},
): Promise<FaultyRegistry> {
  const seen: Seen[] = [];
  const counts = new Map<string, number>();
  const proxy: Proxy = { port, options, newest: new Map() };
  const server = createServer((request, response) => {
    const { method = 'GET', url: path = '/', headers } = request;
    const one: Seen = { method, path, headers, bytes: 0 };
    seen.push(one);
    const kind = `${method} ${/\/(blobs\/uploads|blobs|manifests|referrers)\//.exec(path)?.[1] ?? ''}`;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
    request.on('data', (chunk: Buffer) => void (one.bytes += chunk.length)).on('error', () => undefined);
    void answer({ proxy, fault: choose(one, counts.get(kind)!), request, response }).catch(() => response.destroy());
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    uploadedBytes: () => seen.reduce((total, { method, bytes }) => total + (method === 'PATCH' ? bytes : 0), 0),
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

interface Exchange {
  readonly proxy: Proxy;
  readonly fault: Fault | undefined;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

async function answer(exchange: Exchange): Promise<void> {
  const { fault, request, response } = exchange;
  if (fault?.kind === 'hang') return;
  if (fault?.kind === 'answer') {
    request.resume();
    response.writeHead(fault.status, fault.headers).end(fault.body ?? '');
    return;
  }
  const isUpload = request.method === 'PATCH';
  if (isUpload && fault?.kind === 'drop') return dropUpload(exchange, fault.afterBytes);
  await forward(exchange, await bodyOf(request));
}

async function bodyOf(request: IncomingMessage, most = Infinity): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes >= most) break;
  }
  return Buffer.concat(chunks).subarray(0, most);
}

/** A registry that can resume keeps what came; Debian's sees a client that went away. */
async function dropUpload(exchange: Exchange, afterBytes: number): Promise<void> {
  const { proxy, request } = exchange;
  const { socket } = request;
  const body = await bodyOf(request, afterBytes);
  if (proxy.options.resumable === true) {
    await upstream(proxy, { ...partsOf(exchange), body, contentLength: body.length });
  } else {
    await cutUpstream(proxy, { ...partsOf(exchange), body });
  }
  socket.destroy();
}

async function forward(exchange: Exchange, body: Buffer): Promise<void> {
  const { proxy, fault, response } = exchange;
  const got = await upstream(proxy, { ...partsOf(exchange), body, contentLength: body.length });
  if (fault?.kind === 'lost') return void response.destroy();
  const data = Buffer.from(got.data);
  if (fault?.kind === 'damage' && data.length > 0) data[Math.floor(data.length / 2)]! ^= 0x20;
  response.writeHead(got.status, { ...got.headers, ...(fault?.kind === 'more' ? fault.headers : {}) });
  if (fault?.kind !== 'drop') return void response.end(data);
  response.write(data.subarray(0, fault.afterBytes), () => setTimeout(() => response.destroy(), 50));
}

interface Parts {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
}

function partsOf({ proxy, request }: Exchange): Parts {
  const { method = 'GET', url = '/', headers } = request;
  const known = proxy.newest.get(uploadId(url) ?? '');
  if (known === undefined || proxy.options.resumable !== true) return { method, path: url, headers };
  const path = new URL(known, 'http://x');
  const digest = new URL(url, 'http://x').searchParams.get('digest');
  if (digest !== null) path.searchParams.set('digest', digest);
  return { method, path: path.pathname + path.search, headers };
}

const uploadId = (path: string): string | undefined => /\/uploads\/([0-9a-f-]{36})/.exec(path)?.[1];

async function upstream(proxy: Proxy, parts: Parts & { readonly body: Buffer; readonly contentLength: number }) {
  const { method, path, headers, body, contentLength } = parts;
  const length = method === 'GET' || method === 'HEAD' ? {} : { 'content-length': String(contentLength) };
  const sent = httpRequest({ host: '127.0.0.1', port: proxy.port, method, path, headers: { ...headers, ...length } });
  sent.removeHeader('content-range'); // what a broken upload has may be less than it says
  sent.end(body);
  const [got] = (await once(sent, 'response')) as [IncomingMessage];
  const data = await bodyOf(got);
  const location = got.headers.location;
  const id = uploadId(location ?? '');
  if (location !== undefined && id !== undefined) proxy.newest.set(id, location.replace(/^https?:\/\/[^/]+/, ''));
  return { status: got.statusCode ?? 502, headers: got.headers, data };
}

async function cutUpstream(proxy: Proxy, parts: Parts & { readonly body: Buffer }): Promise<void> {
  const { method, path, headers, body } = parts;
  const sent = httpRequest({ host: '127.0.0.1', port: proxy.port, method, path, headers });
  sent.on('error', () => undefined);
  await new Promise((resolve) => sent.write(body, resolve));
  await new Promise((resolve) => setTimeout(resolve, 50));
  sent.destroy();
}

/**
 * A cluster's API: finds it and who we are by kubeconfig, as kubectl does, and asks it over connections that stay open, so that
 * a request costs a millisecond or two. What a cluster refuses is an ApiError; cluster.ts makes diagnostics of those.
 */
import http from 'node:http';
import https from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node';

export interface ApiRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** From the API's root, with its query. */
  readonly path: string;
  readonly body?: unknown;
  readonly signal?: AbortSignal;
  /** A PATCH is a merge patch; a GET may ask for a table or metadata alone. */
  readonly accept?: string;
  /** The answer must have begun by then. @default 30 s */
  readonly patienceMs?: number;
}

interface ApiAnswer {
  readonly body: string;
  /** The server's own time, from its answer: ms since 1970. */
  readonly serverNow: number | undefined;
}

export interface KubernetesClient extends AsyncDisposable {
  /** Its address, for messages. */
  readonly server: string;
  ask(request: ApiRequest): Promise<ApiAnswer>;
  /** What comes, as it comes: logs. */
  stream(request: ApiRequest): Promise<AsyncIterable<Uint8Array>>;
}

/** What the API answered where it isn't a 2xx. */
export class ApiError extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
  }
}

const PATIENCE_MS = 30_000;
/** Connections to one server at once. */
const AT_ONCE = 64;

/** Reads the kubeconfig, and connects at the first call. @param place as mwpipe.yaml names it; where not, as kubectl does */
export async function kubernetesClient(place: {
  readonly kubeconfig?: string;
  readonly context?: string;
}): Promise<KubernetesClient> {
  const { KubeConfig: Config } = await import('@kubernetes/client-node');
  const config = new Config();
  if (place.kubeconfig === undefined) config.loadFromDefault();
  else config.loadFromFile(place.kubeconfig);
  if (place.context !== undefined) config.setCurrentContext(place.context);
  const cluster = config.getCurrentCluster();
  if (cluster === null) throw new ApiError(0, `the kubeconfig has no context ${config.getCurrentContext()}`);
  const agent = new https.Agent({ keepAlive: true, maxSockets: AT_ONCE });
  const connection: Connection = { config, server: cluster.server, agent, proxied: cluster.proxyUrl !== undefined };
  return {
    server: cluster.server,
    ask: async (request) => {
      const response = await send(connection, request);
      const { date } = response.headers;
      return { body: await textOf(response), serverNow: date === undefined ? undefined : Date.parse(date) };
    },
    stream: (request) => send(connection, request),
    [Symbol.asyncDispose]: () => {
      agent.destroy();
      return Promise.resolve();
    },
  };
}

interface Connection {
  readonly config: KubeConfig;
  readonly server: string;
  readonly agent: https.Agent;
  readonly proxied: boolean;
}

async function send(connection: Connection, request: ApiRequest): Promise<http.IncomingMessage> {
  const url = new URL(`${connection.server.replace(/\/$/, '')}${request.path}`);
  const body = request.body === undefined ? undefined : JSON.stringify(request.body);
  const method = request.method ?? 'GET';
  const options: https.RequestOptions = {
    method,
    headers: {
      Accept: request.accept ?? 'application/json',
      ...(body === undefined ? {} : { 'Content-Length': Buffer.byteLength(body), 'Content-Type': contentType(method) }),
    },
    ...(request.signal === undefined ? {} : { signal: request.signal }),
  };
  // Each time: a token may have to be got anew.
  await connection.config.applyToHTTPSOptions(options);
  if (!connection.proxied) options.agent = url.protocol === 'https:' ? connection.agent : undefined;
  const response = await begin({ url, options, body, patienceMs: request.patienceMs ?? PATIENCE_MS });
  const status = response.statusCode ?? 0;
  if (status >= 200 && status < 300) return response;
  throw new ApiError(status, reasonOf(await textOf(response), status));
}

function begin(call: {
  readonly url: URL;
  readonly options: https.RequestOptions;
  readonly body: string | undefined;
  readonly patienceMs: number;
}): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    const library = call.url.protocol === 'https:' ? https : http;
    const sent = library.request(call.url, call.options);
    const late = setTimeout(() => {
      sent.destroy(new ApiError(0, `no answer within ${String(call.patienceMs / 1000)} s`));
    }, call.patienceMs);
    sent.once('response', (response) => {
      clearTimeout(late);
      resolve(response);
    });
    sent.once('error', (error) => {
      clearTimeout(late);
      reject(error);
    });
    sent.end(call.body);
  });
}

function contentType(method: string): string {
  return method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
}

async function textOf(response: http.IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of response) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks).toString('utf8');
}

function reasonOf(text: string, status: number): string {
  try {
    const said = JSON.parse(text) as { message?: unknown };
    if (typeof said.message === 'string') return said.message;
  } catch {
    // A proxy on the way, or the pod itself: its own words.
  }
  return text.trim().slice(0, 200) || `status ${String(status)}`;
}

/**
 * Real git servers over a folder of bare repos, on loopback: `git daemon`, and smart HTTP as Apache would serve it
 * (`git http-backend`). `roundTripMs` puts the distance of a real network in between, and everything is counted.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PLAIN_GIT } from './fast-import.ts';
import { delayingFront, freePort } from './git-front.ts';

export interface GitServerOptions {
  /** Added to each exchange, the TCP handshake included. @default 0 */
  readonly roundTripMs?: number;
  /** Serves `--filter=blob:none`. @default false, as git's own default */
  readonly allowFilter?: boolean;
  /** Protocols 0 and 1 only: sends any commit that it is asked for by id, whatever ref has it. @default false */
  readonly allowAnySha1?: boolean;
  /** 0: an old server, which ignores that the client knows version 2. @default 2 */
  readonly protocol?: 0 | 2;
}

export interface GitServer extends AsyncDisposable {
  /** Ends with a slash; the path of a repo below the folder follows, with or without `.git`. */
  readonly url: string;
  readonly port: number;
  /** Connections made to it, and requests (for git:// the same). Grows as they come. */
  readonly counts: { readonly connections: number; readonly requests: number };
}

/** `git://127.0.0.1:PORT/` over the bare repos below `root`. */
export async function gitDaemon(root: string, options: GitServerOptions = {}): Promise<GitServer> {
  const { child, port } = await startDaemon(root, options);
  const front = await delayingFront(port, {
    roundTripMs: options.roundTripMs ?? 0,
    asVersion0: options.protocol === 0,
  });
  return {
    url: `git://127.0.0.1:${front.port}/`,
    port: front.port,
    counts: {
      get connections() {
        return front.connections();
      },
      get requests() {
        return front.connections();
      },
    },
    [Symbol.asyncDispose]: async () => {
      await front[Symbol.asyncDispose]();
      await endGroup(child);
    },
  };
}

/** It takes no port of the kernel's choice, so a free one is looked for; another process may be quicker: then again. */
async function startDaemon(
  root: string,
  options: GitServerOptions,
  attempts = 5,
): Promise<{ readonly child: ChildProcess; readonly port: number }> {
  const port = await freePort();
  const place = [`--base-path=${root}`, '--listen=127.0.0.1', `--port=${port}`];
  const args = ['daemon', '--verbose', '--export-all', '--reuseaddr', '--max-connections=0', ...place, root];
  // A group of its own: `git daemon` is a child of `git`, and has children for its connections.
  const child = spawn('git', args, {
    env: serverEnvironment(options),
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  });
  let said = '';
  const ready = new Promise<boolean>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', () => resolve(false));
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-2000);
      if (text.includes('Ready to rumble')) resolve(true);
    });
  });
  if (await ready) return { child, port };
  if (attempts > 1) return startDaemon(root, options, attempts - 1);
  throw new Error(`git daemon doesn't start: ${said}`);
}

async function endGroup(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null) return;
  const closed = once(child, 'close');
  process.kill(-child.pid, 'SIGTERM');
  await closed;
}

function serverEnvironment({ allowFilter = false, allowAnySha1 = false }: GitServerOptions): NodeJS.ProcessEnv {
  return {
    ...process.env,
    ...PLAIN_GIT,
    GIT_CONFIG_COUNT: '3',
    GIT_CONFIG_KEY_0: 'uploadpack.allowFilter',
    GIT_CONFIG_VALUE_0: String(allowFilter),
    GIT_CONFIG_KEY_1: 'uploadpack.allowAnySHA1InWant',
    GIT_CONFIG_VALUE_1: String(allowAnySha1),
    GIT_CONFIG_KEY_2: 'safe.directory',
    GIT_CONFIG_VALUE_2: '*',
  };
}

/** `http://127.0.0.1:PORT/` over the bare repos below `root`. */
export async function smartHttp(root: string, options: GitServerOptions = {}): Promise<GitServer> {
  let requests = 0;
  const server = createServer((request, response) => {
    requests += 1;
    void backend({ root, options }, request, response).catch(() => response.destroy());
  });
  server.keepAliveTimeout = 30_000;
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const behind = (server.address() as AddressInfo).port;
  const front = await delayingFront(behind, { roundTripMs: options.roundTripMs ?? 0, asVersion0: false });
  return {
    url: `http://127.0.0.1:${front.port}/`,
    port: front.port,
    counts: {
      get connections() {
        return front.connections();
      },
      get requests() {
        return requests;
      },
    },
    [Symbol.asyncDispose]: async () => {
      await front[Symbol.asyncDispose]();
      await endServer(server);
    },
  };
}

async function endServer(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}

interface Site {
  readonly root: string;
  readonly options: GitServerOptions;
}

/** @see git-http-backend(1) and RFC 3875: headers, an empty line, the body */
async function backend({ root, options }: Site, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, search } = new URL(request.url ?? '/', 'http://x');
  const version = options.protocol === 0 ? undefined : request.headers['git-protocol'];
  const child = spawn('git', ['http-backend'], {
    env: {
      ...serverEnvironment(options),
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: '1',
      REQUEST_METHOD: request.method,
      PATH_INFO: decodeURIComponent(pathname),
      QUERY_STRING: search.slice(1),
      CONTENT_TYPE: request.headers['content-type'],
      CONTENT_LENGTH: request.headers['content-length'],
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'],
      ...(version === undefined ? {} : { GIT_PROTOCOL: String(version) }),
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const ended = once(child, 'close');
  response.on('close', () => child.kill()); // whoever asked is gone, or has it all
  child.stdin.on('error', () => undefined); // it doesn't read what it refuses
  request.pipe(child.stdin);
  let head: Buffer = Buffer.alloc(0);
  for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
    if (response.headersSent) {
      if (!response.write(chunk)) await Promise.race([once(response, 'drain'), once(response, 'close')]);
      continue;
    }
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end < 0) continue;
    writeHead(head.toString('latin1', 0, end), response);
    if (head.length > end + 4) response.write(head.subarray(end + 4));
  }
  await ended;
  response.end();
}

function writeHead(text: string, response: ServerResponse): void {
  const headers = text.split('\r\n').map((line): [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  });
  const status = headers.find(([name]) => name.toLowerCase() === 'status')?.[1] ?? '200';
  for (const [name, value] of headers) if (name.toLowerCase() !== 'status') response.setHeader(name, value);
  response.writeHead(Number.parseInt(status, 10));
}

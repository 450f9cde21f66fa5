/** Remotes that misbehave in one way each: what a broken, moved, guarded or hostile server does to its client. */
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { delayingFront, listen } from './git-front.ts';
import type { GitServer } from './git-servers.ts';

/** `endless` announces refs without end; `not-git` answers in a language of its own. */
export type TcpFault = 'hang' | 'reset' | 'endless' | 'not-git';

export interface FaultyRemote extends AsyncDisposable {
  /** Ends with a slash, as that of a real server. */
  readonly url: string;
}

/** Answers every connection wrongly, whatever is asked; over git:// or, with the same faults, http://. */
export async function faultyRemote(scheme: 'git' | 'http', fault: TcpFault): Promise<FaultyRemote> {
  const http = scheme === 'http';
  const front = await listen((client) => {
    client.once('data', () => misbehave(client, fault, http));
    client.resume();
  });
  return { url: `${scheme}://127.0.0.1:${front.port}/`, [Symbol.asyncDispose]: () => front[Symbol.asyncDispose]() };
}

function misbehave(client: Socket, fault: TcpFault, http: boolean): void {
  if (fault === 'hang') return;
  if (fault === 'reset') {
    client.resetAndDestroy();
  } else if (fault === 'endless') {
    client.write(http ? `${HTTP_OK}${SERVICE}` : '');
    client.write('000eversion 2\n0013ls-refs=unborn\n0012fetch=shallow\n0000');
    sendRefs(client, 0);
  } else {
    client.end(http ? `${HTML_OK}<h1>It works!</h1>` : 'SSH-2.0-OpenSSH_9.2p1\r\n');
  }
}

const HTTP_OK = 'HTTP/1.1 200 OK\r\nContent-Type: application/x-git-upload-pack-advertisement\r\n\r\n';
const HTML_OK = 'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n';
const SERVICE = '001e# service=git-upload-pack\n0000';

function sendRefs(client: Socket, from: number): void {
  const line = (at: number): string => `0042${'1'.repeat(40)} refs/heads/${String(at).padStart(9, '0')}\n`;
  let at = from;
  while (!client.destroyed) {
    at += 1000;
    if (!client.write(Array.from({ length: 1000 }, (_, step) => line(at + step)).join(''))) break;
  }
  client.once('drain', () => sendRefs(client, at));
}

/** In front of a real server: everything is as it should be, but each pack is cut, or stops coming. */
export async function truncating(
  server: GitServer,
  { afterBytes = 20, then = 'close' }: { readonly afterBytes?: number; readonly then?: 'close' | 'silence' } = {},
): Promise<FaultyRemote> {
  const front = await delayingFront(server.port, { roundTripMs: 0, cutAfter: afterBytes, then });
  const scheme = server.url.slice(0, server.url.indexOf(':'));
  return { url: `${scheme}://127.0.0.1:${front.port}/`, [Symbol.asyncDispose]: () => front[Symbol.asyncDispose]() };
}

/** An HTTP server that answers every request in the same way: 404, 401, a redirect to `location`, a web page. */
export function answering(status: 404 | 401 | 500 | 200): Promise<FaultyRemote> {
  return serve((_request, response) => {
    const login = status === 401 ? { 'WWW-Authenticate': 'Basic realm="git"' } : {};
    response.writeHead(status, { 'Content-Type': 'text/html', ...login }).end('<h1>hello</h1>\n');
  });
}

/** Redirects each request to the same path below `target`; to itself, where that is undefined, below `/moved/`. */
export function redirecting(target?: string): Promise<FaultyRemote> {
  return serve((request, response) => {
    const path = (request.url ?? '/').slice(1);
    response.writeHead(301, { Location: target === undefined ? `/moved/${path}` : target + path }).end();
  });
}

async function serve(listener: RequestListener): Promise<FaultyRemote> {
  const server = createServer(listener);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

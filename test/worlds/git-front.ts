/** A TCP front before a git server: adds the round-trip time of a network, and can cut an answer in the middle. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

export interface FrontOptions {
  readonly roundTripMs: number;
  /** Hides from a git daemon that the client knows protocol version 2. */
  readonly asVersion0?: boolean;
  /** Lets so many bytes of a pack through. */
  readonly cutAfter?: number;
  /** What comes after them. @default 'close' */
  readonly then?: 'close' | 'silence';
}

export interface Front extends AsyncDisposable {
  readonly port: number;
  connections(): number;
}

export async function delayingFront(behind: number, options: FrontOptions): Promise<Front> {
  let connections = 0;
  const front = await listen((client) => {
    connections += 1;
    join(client, behind, options);
  });
  return { ...front, connections: () => connections };
}

export interface Listening extends AsyncDisposable {
  readonly port: number;
}

/** A TCP server on a port of the kernel's choice; its end destroys what is still connected. */
export async function listen(serve: (client: Socket) => void): Promise<Listening> {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (client) => {
    sockets.add(client);
    client.on('close', () => sockets.delete(client)).on('error', () => undefined);
    serve(client);
  });
  const port = await portOf(server);
  return {
    port,
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** A port that was free a moment ago, for a server that takes none of the kernel's choice. */
export async function freePort(): Promise<number> {
  const server = createServer();
  const port = await portOf(server);
  const closed = once(server, 'close');
  server.close();
  await closed;
  return port;
}

async function portOf(server: Server): Promise<number> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return (server.address() as AddressInfo).port;
}

/** On a network the handshake takes one round trip before the client may speak; here the kernel has answered at once. */
function join(client: Socket, behind: number, options: FrontOptions): void {
  const { roundTripMs, asVersion0 = false } = options;
  const server = connect({ host: '127.0.0.1', port: behind, noDelay: true, allowHalfOpen: true });
  server.on('error', () => client.resetAndDestroy());
  client.on('error', () => server.destroy()).on('close', () => server.destroy());
  const speaksFrom = performance.now() + roundTripMs;
  const hide = (chunk: Buffer): Buffer =>
    asVersion0 ? Buffer.from(chunk.toString('latin1').replace('version=2', 'version=0'), 'latin1') : chunk;
  void carry(client, server, { halfMs: roundTripMs / 2, from: speaksFrom, change: hide });
  void carry(server, client, { halfMs: roundTripMs / 2, from: 0, ...cutting(options) });
}

interface Way {
  readonly halfMs: number;
  /** Nothing was under way before. */
  readonly from: number;
  readonly change: (chunk: Buffer) => Buffer;
  /** After a chunk: has enough passed? */
  readonly ended?: () => boolean;
}

/** Each chunk arrives half a round trip after it was sent, however many are under way. */
async function carry(source: Socket, sink: Socket, { halfMs, from, change, ended = () => false }: Way): Promise<void> {
  const later = async (): Promise<void> => {
    const wait = Math.max(performance.now(), from) + halfMs - performance.now();
    if (wait > 0) await delay(wait);
  };
  let arriving: Promise<unknown> = Promise.resolve();
  const deliver = (act: () => unknown): void => {
    const due = later();
    arriving = arriving.then(() => due).then(act);
  };
  try {
    for await (const chunk of source as AsyncIterable<Buffer>) {
      const changed = change(chunk);
      deliver(() => sink.write(changed));
      if (ended()) break;
      if (sink.writableNeedDrain) await Promise.race([once(sink, 'drain'), once(sink, 'close')]);
    }
    deliver(() => sink.end());
  } catch {
    deliver(() => sink.resetAndDestroy());
  }
}

/** Lets everything through up to `cutAfter` bytes of the pack. */
function cutting({ cutAfter, then = 'close' }: FrontOptions): Pick<Way, 'change' | 'ended'> {
  if (cutAfter === undefined) return { change: (chunk) => chunk };
  let left: number | undefined;
  const change = (chunk: Buffer): Buffer => {
    const start = chunk.indexOf('PACK');
    if (left === undefined && start >= 0) left = cutAfter + start;
    if (left === undefined) return chunk;
    const passed = chunk.subarray(0, left);
    left -= passed.length;
    return passed;
  };
  return { change, ended: () => left === 0 && then === 'close' };
}

/**
 * ls-refs over git://. The command goes out together with the request: a server of version 2 reads it when it has said
 * what it can, an older one has nothing that it could mistake it for. That saves one of git's three round trips.
 */
import { connect } from 'node:net';
import { addAbortSignal } from 'node:stream';
import { FLUSH, packet, readPackets } from './pkt-line.ts';
import { lsRefsCommand, readAdvertisement, readRefs, type ObjectFormat } from './protocol.ts';
import { RemoteFault } from './remote-fault.ts';

export interface Question {
  readonly url: URL;
  readonly prefixes: readonly string[];
}

export interface AskLimits {
  readonly signal: AbortSignal;
  /** Without a byte for so long, a remote counts as silent. */
  readonly silenceMs: number;
  readonly mostBytes: number;
}

const PORT = 9418;

export async function askDaemon(
  question: Question,
  limits: AskLimits,
  format: ObjectFormat = 'sha1',
): Promise<Map<string, string>> {
  const { url, prefixes } = question;
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const socket = connect({ host, port: url.port === '' ? PORT : Number(url.port), noDelay: true });
  addAbortSignal(limits.signal, socket);
  socket.setTimeout(limits.silenceMs, () => socket.destroy(new RemoteFault('timeout', 'silent')));
  const service = packet(`git-upload-pack ${pathOf(url)}\0host=${url.host}\0\0version=2\0`);
  socket.write(service + lsRefsCommand(prefixes, format) + FLUSH);
  try {
    const packets = readPackets(socket, limits.mostBytes);
    const theirs = await readAdvertisement(packets);
    if (theirs !== format) return await askDaemon(question, limits, theirs);
    return await readRefs(packets);
  } catch (error) {
    // A daemon with too many clients hangs up without a word.
    if (socket.bytesRead === 0 && error instanceof RemoteFault && error.kind === 'broken')
      throw new RemoteFault('reset', 'hung up');
    throw error;
  } finally {
    socket.destroy();
  }
}

/** As git does it: decoded, and `/~user/x` is that user's. */
function pathOf({ pathname }: URL): string {
  const path = decodeURIComponent(pathname);
  return path.startsWith('/~') ? path.slice(1) : path;
}

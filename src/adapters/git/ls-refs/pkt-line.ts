/**
 * Git's framing: four hex digits of length, then the rest.
 * @see gitprotocol-common(5), "pkt-line Format"; gitprotocol-v2(5), "Packet-Line Framing"
 */
import { RemoteFault } from './remote-fault.ts';

export type Packet = Buffer | 'flush' | 'delimiter' | 'end';

const SPECIAL: Readonly<Record<string, Packet>> = { '0000': 'flush', '0001': 'delimiter', '0002': 'end' };
/** A length of 65520 is the largest that git sends. */
const LARGEST = 65_520;

export const FLUSH = '0000';
export const DELIMITER = '0001';

export function packet(text: string): string {
  return (Buffer.byteLength(text) + 4).toString(16).padStart(4, '0') + text;
}

/** The packets of a stream; fails with `not-git` where its first bytes are none, `broken` where it ends inside one. */
export async function* readPackets(bytes: AsyncIterable<Buffer>, most: number): AsyncGenerator<Packet> {
  const reader = bytesOf(bytes, most);
  for (let first = true; ; first = false) {
    const digits = (await reader.next(4))?.toString('latin1');
    if (digits === undefined) return;
    const special = SPECIAL[digits];
    if (special !== undefined) {
      yield special;
      continue;
    }
    const length = /^[0-9a-f]{4}$/i.test(digits) ? Number.parseInt(digits, 16) : 0;
    if (length < 4 || length > LARGEST) throw new RemoteFault(first ? 'not-git' : 'broken', `began with ${digits}`);
    const content = await reader.next(length - 4);
    if (content === undefined) throw new RemoteFault('broken', 'ended in the middle of a line');
    yield content;
  }
}

/** Exactly so many bytes; undefined where the stream ends before them. Chunks are joined only when there are enough. */
function bytesOf(bytes: AsyncIterable<Buffer>, most: number): { next(count: number): Promise<Buffer | undefined> } {
  const chunks = bytes[Symbol.asyncIterator]();
  let parts: Buffer[] = [];
  let have = 0;
  let total = 0;
  const fill = async (count: number): Promise<boolean> => {
    while (have < count) {
      const chunk = await chunks.next();
      if (chunk.done === true) return false;
      parts.push(chunk.value);
      have += chunk.value.length;
      total += chunk.value.length;
      if (total > most) throw new RemoteFault('broken', `sent more than ${Math.round(most / 1e6)} MB of refs`);
    }
    return true;
  };
  return {
    next: async (count) => {
      if (!(await fill(count))) {
        if (have > 0) throw new RemoteFault('broken', 'ended in the middle of a line');
        return undefined;
      }
      const all = parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);
      parts = [all.subarray(count)];
      have = all.length - count;
      return all.subarray(0, count);
    },
  };
}

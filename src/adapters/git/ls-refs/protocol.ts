/**
 * The `ls-refs` command of protocol version 2, as text and as what is read back.
 * @see gitprotocol-v2(5), "Capability Advertisement" and "ls-refs"
 */
import { DELIMITER, FLUSH, packet, type Packet } from './pkt-line.ts';
import { RemoteFault } from './remote-fault.ts';

/** How the ids of a repo are made; git's default needs not be said. */
export type ObjectFormat = 'sha1' | 'sha256';

export function lsRefsCommand(prefixes: readonly string[], format: ObjectFormat): string {
  const capabilities = format === 'sha1' ? '' : packet(`object-format=${format}\n`);
  const wanted = prefixes.map((prefix) => packet(`ref-prefix ${prefix}\n`));
  return packet('command=ls-refs\n') + capabilities + DELIMITER + packet('peel\n') + wanted.join('') + FLUSH;
}

/** Reads up to the end of what the server can. Fails with `ask-git` where it speaks an older protocol. */
export async function readAdvertisement(packets: AsyncGenerator<Packet>): Promise<ObjectFormat> {
  let format: ObjectFormat = 'sha1';
  let speaks2 = false;
  for (;;) {
    const line = await nextLine(packets);
    if (line === undefined && speaks2) return format;
    if (line === undefined || line.startsWith('# service=')) continue; // over HTTP the two come first
    if (line === 'version 2') speaks2 = true;
    else if (!speaks2) throw new RemoteFault('ask-git', 'speaks an older protocol');
    else if (line === 'object-format=sha256') format = 'sha256';
  }
}

/** Up to the flush; annotated tags as their commit. Whatever is no proper line of a ref is left out. */
export async function readRefs(packets: AsyncGenerator<Packet>): Promise<Map<string, string>> {
  const refs = new Map<string, string>();
  for (;;) {
    const line = await nextLine(packets);
    if (line === undefined) return refs;
    const [oid = '', ref = '', ...attributes] = line.split(' ');
    const peeled = attributes.find((attribute) => attribute.startsWith('peeled:'))?.slice('peeled:'.length);
    if (IS_OID.test(peeled ?? oid) && ref !== '') refs.set(ref, peeled ?? oid);
  }
}

export const IS_OID = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/** Undefined for a flush. */
async function nextLine(packets: AsyncGenerator<Packet>): Promise<string | undefined> {
  const next = await packets.next();
  if (next.done === true) throw new RemoteFault('broken', 'ended before all refs were sent');
  if (next.value === 'flush') return undefined;
  if (typeof next.value === 'string') throw new RemoteFault('broken', `sent an unexpected ${next.value} packet`);
  const line = next.value.toString().replace(/\n$/, '');
  if (line.startsWith('ERR ')) throw new RemoteFault('said', line.slice('ERR '.length));
  return line;
}

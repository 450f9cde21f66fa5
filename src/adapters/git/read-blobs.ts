/**
 * Blobs one after the other, asked for some MB ahead, so that git works while the last one is used. What was asked for
 * is taken in whether the caller goes on or not: one that dawdles or stops holds nobody else up.
 */
import type { ObjectReader } from './object-reader.ts';
import type { TreeMemory } from './tree-memory.ts';
import { megabytes, tooLarge, unreadable, type Located, type MirrorOf } from './unreadable.ts';

export interface BlobTools {
  readonly reader: ObjectReader;
  readonly memory: TreeMemory;
}

export interface ReadBlob {
  readonly oid: string;
  readonly data: Buffer;
}

/** More than any file of MediaWiki has, less than what would hurt. */
const BLOB_MOST = 256_000_000;

/** Blobs whose sizes are looked up together. */
const SLICE = 2_000;

/** @param oids in the order in which they are given; each must be a blob */
export async function* readBlobs(of: MirrorOf, oids: readonly string[], tools: BlobTools): AsyncGenerator<ReadBlob> {
  for (let start = 0; start < oids.length; start += SLICE) {
    const slice = oids.slice(start, start + SLICE);
    const sizes = await blobSizes(of, slice, tools);
    const wanted = slice.map((id, at) => ({ ...of, id, bytes: sizes[at] ?? 0 }));
    yield* readAhead(wanted, tools.reader);
  }
}

/** Sizes in the order asked; those that are known aren't asked for. */
export async function blobSizes(
  of: MirrorOf,
  oids: readonly string[],
  { reader, memory }: BlobTools,
): Promise<number[]> {
  const unknown = [...new Set(oids)].filter((oid) => !memory.sizes.has(oid));
  const found = await reader.infos(of.mirror, unknown);
  const fresh = new Map<string, number>();
  for (const [at, id] of unknown.entries()) {
    const bytes = found[at]?.bytes;
    if (bytes === undefined) throw unreadable({ ...of, id }, 'missing');
    memory.size(id, bytes);
    fresh.set(id, bytes);
  }
  return oids.map((oid) => fresh.get(oid) ?? memory.sizes.get(oid) ?? 0);
}

type Sized = Located & { readonly bytes: number };

/** Bytes on their way to one caller, beyond the blob that it has. */
const AHEAD = 4_000_000;

async function* readAhead(wanted: readonly Sized[], reader: ObjectReader): AsyncGenerator<ReadBlob> {
  const coming: Promise<Buffer>[] = [];
  let asked = 0;
  let ahead = 0;
  for (const { id, bytes } of wanted) {
    // Half empty, it is filled up in one go: blob by blob, each would have a flush of its own.
    const room = ahead < AHEAD / 2 || coming.length === 0;
    for (let next = wanted[asked]; room && next !== undefined; next = wanted[asked]) {
      if (ahead >= AHEAD && coming.length > 0) break;
      const reading = readBlob(next, reader);
      reading.catch(() => undefined); // told when its turn comes
      coming.push(reading);
      ahead += next.bytes;
      asked += 1;
    }
    const data = await coming.shift();
    ahead -= bytes;
    if (data !== undefined) yield { oid: id, data };
  }
}

export async function readBlob(place: Sized, reader: ObjectReader): Promise<Buffer> {
  if (place.bytes > BLOB_MOST) throw tooLarge(place, { is: megabytes(place.bytes), most: megabytes(BLOB_MOST) });
  const found = await reader.contents(place.mirror, place.id, BLOB_MOST);
  if (found?.type !== 'blob' || found.data === undefined) {
    throw unreadable(place, found === undefined ? 'missing' : `it is a ${found.type}`);
  }
  return found.data;
}

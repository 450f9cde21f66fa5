/** Blobs of a place that isn't believed: whole ones in memory up to a bound, files out of layers, hashes of streams. */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { extract } from 'tar-stream';
import type { Diagnostic } from '../../kernel/diagnostic.ts';
import { short, type Digest } from '../../kernel/digest.ts';
import { messageOf } from '../../kernel/error.ts';
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import type { ImageSource } from '../inspect-ports.ts';

export interface WantedBlob {
  readonly digest: Digest;
  readonly size: number;
  readonly mediaType: string;
}

interface Reading {
  readonly source: ImageSource;
  readonly context: RunContext<never>;
  /** What it is, for messages: `the configuration`. */
  readonly what: string;
}

/** @returns fails with `image/missing-blob`, `image/wrong-digest`, `image/too-large` */
export async function readWhole(wanted: WantedBlob, most: number, reading: Reading): Promise<Outcome<Buffer>> {
  if (wanted.size > most) return fail(tooLarge(reading.what, wanted.size, most));
  const chunks: Buffer[] = [];
  const read = await hashBlob(wanted, { ...reading, onChunk: (chunk) => void chunks.push(chunk) });
  return read.ok ? ok(Buffer.concat(chunks)) : read;
}

/** Reads all of it and checks length and digest; memory stays flat. */
export async function hashBlob(
  wanted: WantedBlob,
  { source, context, what, onChunk }: Reading & { readonly onChunk?: (chunk: Buffer) => void },
): Promise<Outcome<void>> {
  const stream = await openBlob(wanted, { source, context, what });
  if (!stream.ok) return stream;
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    for await (const chunk of stream.value) {
      context.signal.throwIfAborted();
      bytes += chunk.length;
      if (bytes > wanted.size) return fail(wrongDigest(what, wanted.digest, `it is longer than ${wanted.size} bytes`));
      hash.update(chunk);
      onChunk?.(chunk);
    }
  } catch (thrown) {
    context.signal.throwIfAborted();
    return fail(wrongDigest(what, wanted.digest, `it can't be read: ${messageOf(thrown)}`));
  }
  if (bytes < wanted.size) {
    return fail(wrongDigest(what, wanted.digest, `it ends after ${bytes} of ${wanted.size} bytes`));
  }
  return `sha256:${hash.digest('hex')}` === wanted.digest
    ? ok()
    : fail(wrongDigest(what, wanted.digest, 'its bytes have another digest'));
}

async function openBlob(wanted: WantedBlob, { source, context, what }: Reading) {
  const found = await source.blob({ digest: wanted.digest, bytes: wanted.size }, context);
  if (!found.ok) return found;
  return found.value === undefined ? fail(missingBlob(what, wanted.digest)) : ok(found.value);
}

/** Hash of the tar inside a layer; its blob was checked before. @returns fails with `image/broken-layer` too */
export async function hashTar(wanted: WantedBlob, reading: Reading): Promise<Outcome<Digest>> {
  const stream = await openBlob(wanted, reading);
  if (!stream.ok) return stream;
  return guardLayer(reading.what, async () => {
    const hash = createHash('sha256');
    for await (const chunk of unpacked(stream.value, wanted.mediaType)) {
      reading.context.signal.throwIfAborted();
      hash.update(chunk);
    }
    return `sha256:${hash.digest('hex')}` as const;
  });
}

/** A file of a small layer; undefined where it has none of that name, or it is longer than `most`. */
export async function fileInLayer(
  wanted: WantedBlob,
  { path, most }: { readonly path: string; readonly most: number },
  reading: Reading,
): Promise<Outcome<Buffer | undefined>> {
  const blob = await readWhole(wanted, most, reading);
  if (!blob.ok) return blob;
  const tar = unpacked(Readable.from([blob.value]), wanted.mediaType);
  return guardLayer(reading.what, () => fileIn(tar, { path, most }));
}

async function guardLayer<T>(what: string, read: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return ok(await read());
  } catch (thrown) {
    const message = `${what} is no tar that can be unpacked: ${messageOf(thrown)}`;
    return fail({
      code: 'image/broken-layer',
      message,
      hint: 'no image of mwpipe has that: who made it?',
      exit: 'outside',
    });
  }
}

async function* unpacked(stream: AsyncIterable<Buffer>, mediaType: string): AsyncGenerator<Buffer> {
  const zip = /zstd$/.test(mediaType) ? createZstdDecompress() : /gzip$/.test(mediaType) ? createGunzip() : undefined;
  if (zip === undefined) {
    yield* stream;
    return;
  }
  const done = pipeline(stream, zip);
  done.catch(() => undefined); // told by the loop below
  yield* zip as AsyncIterable<Buffer>;
  await done;
}

async function fileIn(
  tar: AsyncIterable<Buffer>,
  { path, most }: { readonly path: string; readonly most: number },
): Promise<Buffer | undefined> {
  const reader = extract();
  const read = pipeline(Readable.from(tar), reader);
  read.catch(() => undefined); // told by the loop below
  for await (const entry of reader) {
    const { name, size } = entry.header;
    if (name.replace(/^(\.?\/)+/, '') !== path || size > most) entry.resume();
    else return await collected(entry as AsyncIterable<Buffer>);
  }
  await read;
  return undefined;
}

async function collected(entry: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of entry) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function missingBlob(what: string, digest: Digest): Diagnostic {
  const message = `${what} (${short(digest)}) is not there`;
  return { code: 'image/missing-blob', message, hint: 'the copy is not whole: make it again', exit: 'outside' };
}

export function wrongDigest(what: string, digest: Digest, because: string): Diagnostic {
  const message = `${what} is not what its digest ${short(digest)} says: ${because}`;
  return { code: 'image/wrong-digest', message, hint: 'the copy is damaged, or somebody changed it', exit: 'outside' };
}

export function tooLarge(what: string, bytes: number, most: number): Diagnostic {
  const message = `${what} would have ${bytes} bytes; at most ${most} are read`;
  return { code: 'image/too-large', message, hint: 'no image of mwpipe has that: who made it?', exit: 'outside' };
}

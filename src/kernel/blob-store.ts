/**
 * One content-addressed store for all that mwpipe makes: layers, bundles, indexes. A blob is written beside its place,
 * checked, then renamed into it, so a killed run or a full disk leaves no half of one; reads are verified on request.
 */
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { sha256, type Digest } from './digest.ts';
import { systemCodeOf } from './error.ts';
import { guardDisk, writeAtomically } from './write-atomically.ts';

export interface StoredBlob {
  readonly digest: Digest;
  readonly bytes: number;
  readonly path: string;
}

export interface BlobStore {
  /** Streams a blob in; the same content twice is one blob. Throws `disk/full` where it doesn't fit. */
  put(source: AsyncIterable<Uint8Array>): Promise<StoredBlob>;
  has(digest: Digest): Promise<StoredBlob | undefined>;
  /** Its bytes as they are on disk, unchecked; throws at the first where there is none. */
  open(digest: Digest): AsyncIterable<Buffer>;
  /** Reads all of a blob against its digest, memory flat; a damaged one is removed and counts as missing. */
  check(digest: Digest): Promise<StoredBlob | undefined>;
  /** Reads a whole small blob and checks it against its digest; a damaged one is removed and counts as missing. */
  read(digest: Digest): Promise<Buffer | undefined>;
  /** A small document under a name of the caller's (`layer/<key>`): what an earlier run found out. */
  recall(name: string): Promise<unknown>;
  remember(name: string, document: unknown): Promise<void>;
}

/** A store in `root`; several processes may use it at once. */
export function blobStore(root: string): BlobStore {
  const pathOf = (digest: Digest): string => {
    const hex = digest.slice('sha256:'.length);
    return join(root, 'sha256', hex.slice(0, 2), hex);
  };
  const namedPath = (name: string): string => join(root, 'named', `${encodeURIComponent(name)}.json`);
  return {
    put: (source) => guardDisk(root, () => putBlob(root, pathOf, source)),
    has: async (digest) => {
      const path = pathOf(digest);
      const found = await stat(path).catch(() => undefined);
      return found === undefined ? undefined : { digest, bytes: found.size, path };
    },
    open: (digest) => createReadStream(pathOf(digest)),
    check: (digest) => checkBlob(digest, pathOf(digest)),
    read: async (digest) => {
      const data = await readFile(pathOf(digest)).catch(() => undefined);
      if (data === undefined || sha256(data) === digest) return data;
      await rm(pathOf(digest), { force: true });
      return undefined;
    },
    recall: async (name) => {
      const text = await readFile(namedPath(name), 'utf8').catch(() => undefined);
      return text === undefined ? undefined : parsed(text);
    },
    remember: (name, document) => writeAtomically(namedPath(name), `${JSON.stringify(document)}\n`),
  };
}

async function putBlob(
  root: string,
  pathOf: (digest: Digest) => string,
  source: AsyncIterable<Uint8Array>,
): Promise<StoredBlob> {
  const incoming = join(root, 'incoming');
  await mkdir(incoming, { recursive: true });
  const temporary = join(incoming, `${randomUUID()}.part`);
  const hash = createHash('sha256');
  let bytes = 0;
  // Opened before the source is asked: a stream that opens later could make the file after it was removed below.
  const file = await open(temporary, 'wx');
  try {
    await pipeline(async function* () {
      for await (const chunk of source) {
        hash.update(chunk);
        bytes += chunk.length;
        yield chunk;
      }
    }, file.createWriteStream());
    const digest: Digest = `sha256:${hash.digest('hex')}`;
    await mkdir(dirname(pathOf(digest)), { recursive: true });
    await rename(temporary, pathOf(digest));
    return { digest, bytes, path: pathOf(digest) };
  } finally {
    await rm(temporary, { force: true });
  }
}

async function checkBlob(digest: Digest, path: string): Promise<StoredBlob | undefined> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(path, { highWaterMark: 1_000_000 }), hash);
  } catch (cause) {
    if (systemCodeOf(cause) === 'ENOENT') return undefined;
    throw cause;
  }
  if (`sha256:${hash.digest('hex')}` === digest) return { digest, bytes: (await stat(path)).size, path };
  await rm(path, { force: true });
  return undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** A blob of a gigabyte of zeros in a repo, as the few megabytes that it is when deflated: written by hand, never held. */
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createDeflate } from 'node:zlib';

const CHUNK = Buffer.alloc(1 << 20);

/** @returns its id */
export async function writeHugeBlob(gitDir: string, megabytes: number): Promise<string> {
  const hash = createHash('sha1');
  const object = function* (): Generator<Buffer> {
    yield Buffer.from(`blob ${megabytes * CHUNK.length}\0`);
    for (let made = 0; made < megabytes; made += 1) yield CHUNK;
  };
  const hashed = function* (): Generator<Buffer> {
    for (const part of object()) {
      hash.update(part);
      yield part;
    }
  };
  const beside = join(gitDir, 'objects', 'huge');
  await pipeline(Readable.from(hashed()), createDeflate({ level: 1 }), createWriteStream(beside));
  const oid = hash.digest('hex');
  await mkdir(join(gitDir, 'objects', oid.slice(0, 2)), { recursive: true });
  await rename(beside, join(gitDir, 'objects', oid.slice(0, 2), oid.slice(2)));
  return oid;
}

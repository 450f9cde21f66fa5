/** Every blob of a store against its digest. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { systemCodeOf } from './error.ts';

export interface CheckedBlob {
  /** By which it is named. */
  readonly digest: string;
  readonly path: string;
  /** Undefined where it is whole. */
  readonly problem: string | undefined;
}

/** @param root of a `blobStore`; one that another run removes meanwhile is left out */
export async function* checkBlobs(root: string): AsyncGenerator<CheckedBlob> {
  const folder = join(root, 'sha256');
  for (const first of await namesIn(folder)) {
    for (const name of await namesIn(join(folder, first))) {
      const path = join(folder, first, name);
      const actual = await digestOf(path);
      if (actual === undefined) continue;
      const problem = actual === name ? undefined : `its bytes have the digest sha256:${actual}`;
      yield { digest: `sha256:${name}`, path, problem };
    }
  }
}

async function namesIn(folder: string): Promise<string[]> {
  return (await readdir(folder).catch(() => [])).sort();
}

async function digestOf(path: string): Promise<string | undefined> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(path, { highWaterMark: 1_000_000 }), hash);
  } catch (cause) {
    if (systemCodeOf(cause) === 'ENOENT') return undefined;
    throw cause;
  }
  return hash.digest('hex');
}

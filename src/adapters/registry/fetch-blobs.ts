/** Blobs from the repository into the blob store, several at once, each kept only when all of it was verified. */
import pLimit from 'p-limit';
import type { Content } from '../../build/registry-ports.ts';
import type { BlobStore } from '../../kernel/blob-store.ts';
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';
import { AT_ONCE, type Context, type RegistryClient } from './client.ts';
import { downloadBlob, WrongAnswer, type Wanted } from './download-blob.ts';
import { progress } from './progress.ts';
import { allOf } from './settled.ts';

export async function fetchBlobs(
  { client, blobs }: { readonly client: RegistryClient; readonly blobs: BlobStore },
  wanted: readonly Content[],
  context: Context,
): Promise<Outcome<{ readonly receivedBytes: number }>> {
  const told = progress(wanted, (receivedBytes, totalBytes) =>
    context.emit({ code: 'build/pull-progress', registry: client.place.name, receivedBytes, totalBytes }),
  );
  const limit = pLimit(AT_ONCE);
  let isFailed = false;
  const fetches = wanted.map((blob) =>
    limit(async (): Promise<Outcome<number>> => {
      if (isFailed) return ok(0);
      const fetched = await keep(counted(downloadBlob(blob, client, context), blob, told), blobs);
      isFailed ||= !fetched.ok;
      return fetched;
    }),
  );
  const received = await allOf(fetches);
  return received.ok ? ok({ receivedBytes: received.value.reduce((total, bytes) => total + bytes, 0) }) : received;
}

async function* counted(
  bytes: AsyncIterable<Uint8Array>,
  blob: Wanted,
  told: (blob: Wanted, bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  let received = 0;
  for await (const chunk of bytes) {
    received += chunk.length;
    told(blob, received);
    yield chunk;
  }
}

/** A source that ends in `WrongAnswer` leaves nothing in the store. */
async function keep(bytes: AsyncIterable<Uint8Array>, blobs: BlobStore): Promise<Outcome<number>> {
  try {
    return ok((await blobs.put(bytes)).bytes);
  } catch (thrown) {
    if (thrown instanceof WrongAnswer) return fail(...thrown.diagnostics);
    throw thrown;
  }
}

/** A registry of runtimes in memory: what was pushed comes back by its manifest's digest, and it can be told to lie. */
import type { PulledRuntime, RuntimeSource } from '../../../src/build/runtime-ports.ts';
import type { BlobStore } from '../../../src/kernel/blob-store.ts';
import { sha256, type Digest } from '../../../src/kernel/digest.ts';
import { manifestOf } from '../../../src/build/image/manifest.ts';
import { fail, ok } from '../../../src/kernel/outcome.ts';
import type { StoredLayer } from '../../../src/kernel/stored-layer.ts';

interface PushedRuntime {
  readonly config: Buffer;
  readonly layers: readonly StoredLayer[];
}

export interface FakeRuntimeSource {
  /** @returns the manifest's digest */
  push(runtime: PushedRuntime, from: BlobStore): Promise<Digest>;
  /** As one machine sees it, with its store. */
  into(blobs: BlobStore): RuntimeSource;
  /** What it says instead, from now on. */
  answer: 'truly' | 'with another configuration' | 'not at all';
  readonly pulls: string[];
}

export function fakeRuntimeSource(): FakeRuntimeSource {
  const manifests = new Map<Digest, PushedRuntime>();
  const held = new Map<Digest, Buffer>();
  const fake: FakeRuntimeSource = {
    answer: 'truly',
    pulls: [],
    push: async ({ config, layers }, from) => {
      for (const { blob } of layers) {
        const data = await from.read(blob.digest);
        if (data === undefined) throw new Error(`nothing to push as ${blob.digest}`);
        held.set(blob.digest, data);
      }
      const manifest = sha256(manifestOf(config, named(layers)));
      manifests.set(manifest, { config, layers });
      return manifest;
    },
    into: (blobs) => ({
      pull: async ({ runtime, manifest }, context) => {
        context.signal.throwIfAborted();
        fake.pulls.push(runtime);
        if (fake.answer === 'not at all') {
          return fail({ code: 'registry/gone', message: 'no registry answers', exit: 'outside' });
        }
        const found = manifests.get(manifest);
        return ok(
          found === undefined ? undefined : await brought(found, { blobs, held, lies: fake.answer !== 'truly' }),
        );
      },
    }),
  };
  return fake;
}

async function brought(
  { config, layers }: PushedRuntime,
  { blobs, held, lies }: { blobs: BlobStore; held: ReadonlyMap<Digest, Buffer>; lies: boolean },
): Promise<PulledRuntime> {
  for (const { blob } of layers) await blobs.put(once(held.get(blob.digest)!));
  return { config: lies ? Buffer.from(`${config.toString()} `) : config, layers };
}

/** As the step that pins names them. */
function named(layers: readonly StoredLayer[]): (StoredLayer & { readonly name: string })[] {
  return layers.map((layer, index) => ({ ...layer, name: `runtime ${index + 1}` }));
}

// eslint-disable-next-line @typescript-eslint/require-await -- stores read asynchronously
async function* once(data: Buffer): AsyncGenerator<Buffer> {
  yield data;
}

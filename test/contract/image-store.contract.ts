/** What every engine must do with images, the fake one and Docker: a build is made of these sentences. */
import { describe, expect, it } from 'vitest';
import type { ImageStore, LoadRequest } from '../../src/build/ports.ts';
import type { BlobStore } from '../../src/kernel/blob-store.ts';
import type { Digest } from '../../src/kernel/digest.ts';
import type { Outcome } from '../../src/kernel/outcome.ts';
import { testContext } from '../worlds/context.ts';

export interface ImageStoreWorld extends AsyncDisposable {
  readonly store: ImageStore;
  readonly blobs: BlobStore;
  /** An image of the runtime and one layer for each text. `held` is what the store says that it holds. */
  image(...texts: readonly string[]): Promise<LoadRequest>;
  /** The file of the layer with this number, 0 the lowest above the runtime, as the image's containers see it. */
  content(image: LoadRequest, layer: number): Promise<string>;
  tags(): Promise<readonly string[]>;
  remove(image: LoadRequest): Promise<void>;
  damage(layer: Digest): Promise<void>;
}

function valueOf<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  throw new Error(outcome.diagnostics.map((one) => `${one.code}: ${one.message}`).join('\n'));
}

const chainOf = (image: LoadRequest): Digest[] => image.layers.map(({ diffId }) => diffId);

async function bytesOf(image: LoadRequest, blobs: BlobStore): Promise<number> {
  const stored = await Promise.all(image.layers.slice(image.held).map(({ blob }) => blobs.has(blob.digest)));
  return stored.reduce((total, one) => total + (one?.bytes ?? 0), 0);
}

export function imageStoreContract(name: string, open: () => Promise<ImageStoreWorld>): void {
  describe(name, () => {
    it('sends the layers that it lacks, and the image holds their files', async () => {
      await using world = await open();
      const image = await world.image('one', 'two');
      const loaded = valueOf(await world.store.load(image, testContext()));
      expect(loaded.sentBytes).toBe(await bytesOf(image, world.blobs));
      expect(await world.content(image, 0)).toBe('one');
      expect(await world.content(image, 1)).toBe('two');
      expect(await world.tags()).toEqual([image.tag]);
    });

    it('sends nothing for an image that is there', async () => {
      await using world = await open();
      const image = await world.image('one', 'two');
      await world.store.load(image, testContext());
      expect(valueOf(await world.store.load(image, testContext())).sentBytes).toBe(0);
    });

    it('sends one layer where one on top is new', async () => {
      await using world = await open();
      await world.store.load(await world.image('one', 'two'), testContext());
      const next = await world.image('one', 'two', 'three');
      expect(next.held).toBe(next.layers.length - 1);
      expect(valueOf(await world.store.load(next, testContext())).sentBytes).toBe(await bytesOf(next, world.blobs));
      expect(await world.content(next, 2)).toBe('three');
      expect(await world.content(next, 0)).toBe('one');
    });

    it('tells which chains it holds, and no longer those of an image that was removed', async () => {
      await using world = await open();
      const image = await world.image('one', 'two');
      await world.store.load(image, testContext());
      expect(valueOf(await world.store.chains())).toContainEqual(chainOf(image));
      await world.remove(image);
      expect(valueOf(await world.store.chains())).not.toContainEqual(chainOf(image));
    });

    it('gets the whole image where what it held has gone meanwhile', async () => {
      await using world = await open();
      const first = await world.image('one', 'two');
      await world.store.load(first, testContext());
      const next = await world.image('one', 'two', 'three');
      await world.remove(first);
      const context = testContext();
      const loaded = valueOf(await world.store.load(next, context));
      expect(context.events.map((event) => event.code)).toContain('build/partial-load-refused');
      expect(loaded.sentBytes).toBe(await bytesOf({ ...next, held: 0 }, world.blobs));
      expect(await world.content(next, 0)).toBe('one');
    });

    it('names a layer that was damaged in the cache, takes it out and leaves no tag', async () => {
      await using world = await open();
      const image = await world.image('one', 'two');
      const damaged = image.layers.at(-1)!.blob.digest;
      await world.damage(damaged);
      const outcome = await world.store.load(image, testContext());
      expect(outcome).toMatchObject({ ok: false, diagnostics: [{ code: 'build/damaged-layer', exit: 'outside' }] });
      expect(await world.blobs.has(damaged)).toBeUndefined();
      expect(await world.tags()).toEqual([]);
    });

    it('leaves no tag when it is interrupted, and takes the same image afterwards', async () => {
      await using world = await open();
      const image = await world.image('one', 'two'.repeat(1_000_000));
      const interrupt = new AbortController();
      const context = testContext({ signal: interrupt.signal });
      const stopping = { ...context, emit: () => interrupt.abort(new Error('interrupted')) };
      await expect(world.store.load(image, stopping)).rejects.toThrow('interrupted');
      expect(await world.tags()).toEqual([]);
      valueOf(await world.store.load(image, testContext()));
      expect(await world.tags()).toEqual([image.tag]);
    });
  });
}

/** What every registry must do with images, the fake one and Debian's: publishing is made of these sentences. */
import { describe, expect, it } from 'vitest';
import { publishImage, type PublishRequest } from '../../src/build/publish/publish-image.ts';
import { pullImage } from '../../src/build/publish/pull-image.ts';
import type { ImageRegistry } from '../../src/build/registry-ports.ts';
import { sha256, type Digest } from '../../src/kernel/digest.ts';
import type { BlobStore } from '../../src/kernel/blob-store.ts';
import type { Outcome } from '../../src/kernel/outcome.ts';
import { testContext } from '../worlds/context.ts';
import { blobBytes, blobFolder, imageOf } from '../worlds/published-image.ts';

export interface ImageRegistryWorld extends AsyncDisposable {
  /** A repository of the one registry of this world. */
  open(path: string, blobs: BlobStore, options?: { readonly verify?: 'length' | 'read' }): ImageRegistry;
  damage(blob: Digest): Promise<void>;
}

function valueOf<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  throw new Error(outcome.diagnostics.map((one) => `${one.code}: ${one.message}`).join('\n'));
}

const SBOM = { artifactType: 'application/vnd.cyclonedx+json', data: Buffer.from('{"bomFormat":"CycloneDX"}') };
const PROVENANCE = { artifactType: 'application/vnd.in-toto+json', data: Buffer.from('{"_type":"statement"}') };

const plain = (image: PublishRequest['image'], more: Partial<PublishRequest> = {}): PublishRequest => ({
  image,
  visibility: 'public',
  tags: [],
  attachments: [],
  ...more,
});

export function imageRegistryContract(name: string, openWorld: () => Promise<ImageRegistryWorld>): void {
  describe(name, () => {
    it('takes an image that another machine pulls by its digest, every byte the same', async () => {
      await using world = await openWorld();
      await using here = await blobFolder();
      await using there = await blobFolder();
      const image = await imageOf(here.blobs, 'one', 'two', 300_000);
      const registry = world.open('mediawiki/wiki', here.blobs);
      const { destinations } = valueOf(
        await publishImage(plain(image, { tags: ['wmf.1'] }), [registry], testContext()),
      );
      expect(destinations).toMatchObject([{ held: true, sentBytes: blobBytes(image), mountedBytes: 0 }]);
      const registries = [world.open('mediawiki/wiki', there.blobs)];
      const pulled = valueOf(await pullImage(image.manifestDigest, { registries, blobs: there.blobs }, testContext()));
      expect(pulled).toEqual({
        ...image,
        registry: registry.name,
        receivedBytes: blobBytes(image),
        layers: layersOf(image),
      });
      expect(valueOf(await registry.read('wmf.1', testContext()))).toMatchObject({ digest: image.manifestDigest });
    });

    it('gets no blob of an image that is there', async () => {
      await using world = await openWorld();
      await using here = await blobFolder();
      const image = await imageOf(here.blobs, 'one', 'two');
      const registry = world.open('mediawiki/wiki', here.blobs);
      valueOf(await publishImage(plain(image), [registry], testContext()));
      const again = valueOf(await publishImage(plain(image, { tags: ['again'] }), [registry], testContext()));
      expect(again).toMatchObject({
        plan: { sendBytes: 0, destinations: [{ state: 'complete' }] },
        destinations: [{ held: true, sentBytes: 0 }],
      });
      expect(valueOf(await registry.read('again', testContext()))?.digest).toBe(image.manifestDigest);
    });

    it('gets only the layer that is new', async () => {
      await using world = await openWorld();
      await using here = await blobFolder();
      const registry = world.open('mediawiki/wiki', here.blobs);
      valueOf(await publishImage(plain(await imageOf(here.blobs, 'one', 'two')), [registry], testContext()));
      const next = await imageOf(here.blobs, 'one', 'two', 'three');
      const { destinations } = valueOf(await publishImage(plain(next), [registry], testContext()));
      const fresh = next.layers.at(-1)!.blob.bytes + next.config.length;
      expect(destinations).toMatchObject([{ held: true, sentBytes: fresh }]);
    });

    it('mounts what a neighbour at the same registry has', async () => {
      await using world = await openWorld();
      await using here = await blobFolder();
      const image = await imageOf(here.blobs, 'one', 200_000);
      const first = world.open('mediawiki/wiki', here.blobs);
      const second = world.open('mediawiki/private', here.blobs);
      valueOf(await publishImage(plain(image), [first], testContext()));
      const both = valueOf(await publishImage(plain(image), [first, second], testContext()));
      expect(both.plan.sendBytes).toBe(0);
      expect(both.destinations).toMatchObject([{ sentBytes: 0 }, { sentBytes: 0, mountedBytes: blobBytes(image) }]);
      await using there = await blobFolder();
      const registries = [world.open('mediawiki/private', there.blobs)];
      valueOf(await pullImage(image.manifestDigest, { registries, blobs: there.blobs }, testContext()));
    });

    it('lists what is attached to an image, once, and keeps what others attached', async () => {
      await using world = await openWorld();
      await using here = await blobFolder();
      const image = await imageOf(here.blobs, 'one');
      const registry = world.open('mediawiki/wiki', here.blobs);
      valueOf(await publishImage(plain(image, { attachments: [SBOM] }), [registry], testContext()));
      valueOf(await publishImage(plain(image, { attachments: [PROVENANCE] }), [registry], testContext()));
      valueOf(await publishImage(plain(image, { attachments: [SBOM, PROVENANCE] }), [registry], testContext()));
      const listed = valueOf(await registry.attachments(image.manifestDigest, testContext()));
      expect(listed.map(({ artifactType }) => artifactType).sort()).toEqual([
        SBOM.artifactType,
        PROVENANCE.artifactType,
      ]);
      const manifest = valueOf(await registry.read(listed[0]!.digest, testContext()));
      expect(JSON.parse(manifest!.data.toString())).toMatchObject({ subject: { digest: image.manifestDigest } });
      expect(valueOf(await registry.attachments(sha256('another'), testContext()))).toEqual([]);
    });

    it('loses none of the attachments that several writers add at once', async () => {
      await using world = await openWorld();
      await using here = await blobFolder();
      const image = await imageOf(here.blobs, 'one');
      const registry = world.open('mediawiki/wiki', here.blobs);
      valueOf(await publishImage(plain(image), [registry], testContext()));
      const writers = ['a', 'b', 'c', 'd'].map(async (word) => {
        const attachments = [{ artifactType: `application/x.${word}`, data: Buffer.from(word) }];
        valueOf(
          await publishImage(plain(image, { attachments }), [world.open('mediawiki/wiki', here.blobs)], testContext()),
        );
      });
      await Promise.all(writers);
      expect(valueOf(await registry.attachments(image.manifestDigest, testContext()))).toHaveLength(4);
    });

    it('is whole after two pushes of the same image at once', async () => {
      await using world = await openWorld();
      await using here = await blobFolder();
      await using there = await blobFolder();
      const image = await imageOf(here.blobs, 'one', 2_000_000);
      const push = async () => {
        const registry = world.open('mediawiki/wiki', here.blobs);
        return valueOf(
          await publishImage(plain(image, { tags: ['live'], attachments: [SBOM] }), [registry], testContext()),
        );
      };
      await Promise.all([push(), push()]);
      const registries = [world.open('mediawiki/wiki', there.blobs)];
      valueOf(await pullImage(image.manifestDigest, { registries, blobs: there.blobs }, testContext()));
    });

    it('says that it has no such image', async () => {
      await using world = await openWorld();
      await using here = await blobFolder();
      const registry = world.open('mediawiki/wiki', here.blobs);
      expect(valueOf(await registry.read('wmf.9', testContext()))).toBeUndefined();
      const pulled = await pullImage(sha256('x'), { registries: [registry], blobs: here.blobs }, testContext());
      expect(pulled).toMatchObject({ ok: false, diagnostics: [{ code: 'registry/lacks-image', exit: 'outside' }] });
    });

    it('gives wrong bytes of a right length: the pull says so, and nothing of them is kept', async () => {
      await using world = await openWorld();
      await using here = await blobFolder();
      await using there = await blobFolder();
      const image = await imageOf(here.blobs, 'one', 100_000);
      valueOf(await publishImage(plain(image), [world.open('mediawiki/wiki', here.blobs)], testContext()));
      const { digest } = image.layers[1]!.blob;
      await world.damage(digest);
      const registries = [world.open('mediawiki/wiki', there.blobs)];
      const pulled = await pullImage(image.manifestDigest, { registries, blobs: there.blobs }, testContext());
      expect(pulled).toMatchObject({ ok: false, diagnostics: [{ code: 'registry/wrong-bytes', exit: 'outside' }] });
      expect(await there.blobs.has(digest)).toBeUndefined();
    });

    it('is caught with wrong bytes at the next push where blobs are read back, and no tag moves', async () => {
      await using world = await openWorld();
      await using here = await blobFolder();
      const image = await imageOf(here.blobs, 'one', 100_000);
      valueOf(await publishImage(plain(image), [world.open('mediawiki/wiki', here.blobs)], testContext()));
      await world.damage(image.layers[1]!.blob.digest);
      const registry = world.open('mediawiki/wiki', here.blobs, { verify: 'read' });
      const pushed = await publishImage(plain(image, { tags: ['live'] }), [registry], testContext());
      expect(pushed).toMatchObject({ ok: false, diagnostics: [{ code: 'registry/wrong-bytes' }] });
      expect(valueOf(await registry.read('live', testContext()))).toBeUndefined();
    });

    it('gets nothing from a cache that is damaged, and the damage is named', async () => {
      await using world = await openWorld();
      await using here = await blobFolder();
      await using other = await blobFolder();
      const image = await imageOf(here.blobs, 'one', 100_000);
      const registry = world.open('mediawiki/wiki', other.blobs); // a cache that has lost them all
      const pushed = await publishImage(plain(image), [registry], testContext());
      const [first] = pushed.ok ? [] : pushed.diagnostics;
      expect(first).toMatchObject({ code: 'build/damaged-layer', exit: 'outside' });
      expect(valueOf(await registry.read(image.manifestDigest, testContext()))).toBeUndefined();
    });
  });
}

function layersOf({ layers }: PublishRequest['image']) {
  return layers.map(({ diffId, bytes, blob }) => ({ diffId, bytes, blob }));
}

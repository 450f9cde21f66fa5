/** What every source of pinned runtimes does: an adapter for real registries passes the same suite as the fake. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { filesTar } from '../../src/build/layers/layer-tar.ts';
import type { RuntimeSource } from '../../src/build/runtime-ports.ts';
import { blobStore, type BlobStore } from '../../src/kernel/blob-store.ts';
import { canonicalJson, sha256, type Digest } from '../../src/kernel/digest.ts';
import { openLayer, storeLayer, type StoredLayer } from '../../src/kernel/stored-layer.ts';
import { testContext } from '../worlds/context.ts';
import { valueOf } from '../worlds/overlays.ts';

export interface RuntimeSourceWorld extends AsyncDisposable {
  /** @returns the digest of the manifest that `runtimeManifest` makes of it */
  push(runtime: { config: Buffer; layers: readonly StoredLayer[] }, from: BlobStore): Promise<Digest>;
  /** As another machine sees it, whose store is empty. */
  into(blobs: BlobStore): RuntimeSource;
}

export function runtimeSourceContract(name: string, open: () => Promise<RuntimeSourceWorld>): void {
  describe(`${name}, a source of pinned runtimes`, () => {
    it('brings configuration and layers, by the digest of their manifest; twice is the same', async () => {
      await using at = await machines(open);
      const manifest = await at.world.push(at.runtime, at.here);
      const wanted = { runtime: 'php82/web', manifest };
      const pulled = valueOf(await at.world.into(at.there).pull(wanted, testContext()));
      expect(pulled?.config).toEqual(at.runtime.config);
      expect(pulled?.layers).toMatchObject(at.runtime.layers);
      for (const layer of pulled?.layers ?? []) expect(await tarDigest(layer, at.there)).toBe(layer.diffId);
      expect(await at.world.into(at.there).pull(wanted, testContext())).toEqual({ ok: true, value: pulled });
    });

    it('has nothing for a manifest that nobody pushed', async () => {
      await using at = await machines(open);
      const wanted = { runtime: 'php82/web', manifest: sha256('nobody') };
      expect(await at.world.into(at.there).pull(wanted, testContext())).toEqual({ ok: true, value: undefined });
    });

    it('stops when it is interrupted', async () => {
      await using at = await machines(open);
      const manifest = await at.world.push(at.runtime, at.here);
      const signal = AbortSignal.abort(new Error('interrupted'));
      const pulling = at.world.into(at.there).pull({ runtime: 'php82/web', manifest }, testContext({ signal }));
      await expect(pulling).rejects.toThrow('interrupted');
    });
  });
}

async function machines(open: () => Promise<RuntimeSourceWorld>) {
  const folder = await mkdtemp(join(tmpdir(), 'mwpipe-source-'));
  const here = blobStore(join(folder, 'here'));
  const layers = [
    await storeLayer(filesTar({ base: 'a' }), { blobs: here }),
    await storeLayer(filesTar({ php: 'b' }), { blobs: here }),
  ];
  const rootfs = { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) };
  const config = Buffer.from(canonicalJson({ architecture: 'amd64', os: 'linux', config: {}, rootfs }));
  const world = await open();
  return {
    world,
    here,
    there: blobStore(join(folder, 'there')),
    runtime: { config, layers },
    [Symbol.asyncDispose]: async () => {
      await world[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
}

async function tarDigest(layer: StoredLayer, blobs: BlobStore): Promise<Digest> {
  const chunks: Buffer[] = [];
  for await (const chunk of openLayer(layer, blobs)) chunks.push(chunk);
  return sha256(Buffer.concat(chunks));
}

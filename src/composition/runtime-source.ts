/** Pinned runtimes from registries. */
import { join } from 'node:path';
import { pullImage, type RuntimeSource } from '../build/index.ts';
import { blobStore } from '../kernel/blob-store.ts';
import { ok } from '../kernel/outcome.ts';
import type { Workspace } from '../kernel/workspace.ts';
import { registriesOf } from './registries.ts';

/** Pinned runtimes from the workspace's registries; one that none of them has is built. */
export function registrySource(workspace: Workspace): RuntimeSource {
  return {
    pull: async ({ manifest }, context) => {
      const registries = await registriesOf(workspace);
      if (!registries.ok) return registries;
      if (registries.value.length === 0) return ok(undefined);
      const blobs = blobStore(join(workspace.cache, 'blobs'));
      const pulled = await pullImage(manifest, { registries: registries.value, blobs }, context);
      if (pulled.ok) return pulled;
      const isLacking = pulled.diagnostics.every(({ code }) => code === 'registry/lacks-image');
      return isLacking ? ok(undefined) : pulled;
    },
  };
}

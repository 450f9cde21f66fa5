/** What runtimes ask of the outside: the Docker engine and this machine's debootstrap; no git. */
import { join } from 'node:path';
import { machinePlatform, type RuntimePorts, type RuntimeSource } from '../build/index.ts';
import { blobStore } from '../kernel/blob-store.ts';
import type { Workspace } from '../kernel/workspace.ts';

/** @param frozen refuses a runtime that isn't the pinned one */
export async function runtimePorts(workspace: Workspace, frozen = false): Promise<RuntimePorts> {
  const [{ dockerEngine }, { dockerImageStore }, { dockerRuntimeEngine }, { debootstrap }] = await Promise.all([
    import('../adapters/docker/engine.ts'),
    import('../adapters/docker/image-store.ts'),
    import('../adapters/docker/runtime-builder.ts'),
    import('../adapters/host/debootstrap.ts'),
  ]);
  const blobs = blobStore(join(workspace.cache, 'blobs'));
  const docker = dockerEngine();
  return {
    blobs,
    images: dockerImageStore(docker, blobs),
    runtimes: dockerRuntimeEngine(docker, blobs),
    bases: debootstrap(join(workspace.cache, 'bootstrap'), blobs),
    folder: join(workspace.root, 'images'),
    source: lazySource(workspace),
    rules: { bases: workspace.document.value.policy.bases, platform: machinePlatform(), frozen },
  };
}

/** The registry client is loaded where a pin is to be pulled. */
function lazySource(workspace: Workspace): RuntimeSource {
  return {
    pull: async (wanted, context) =>
      (await import('./runtime-source.ts')).registrySource(workspace).pull(wanted, context),
  };
}

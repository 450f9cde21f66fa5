/** Brings a runtime of the blob store into the engine: a pinned one that was pulled, or one that was pruned there. */
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import type { BuildEvent } from '../events.ts';
import { heldLayers } from '../plan/image-plan.ts';
import type { RuntimeImage, RuntimePorts, StoredRuntime } from '../ports.ts';

/** Where the engine lacks it. @returns fails as `loadRuntime` does */
export async function bringIntoEngine(
  runtime: StoredRuntime,
  ports: RuntimePorts,
  context: RunContext<BuildEvent>,
): Promise<Outcome<RuntimeImage>> {
  const found = await ports.runtimes.findImage(runtime.imageId);
  if (!found.ok) return found;
  return found.value === undefined ? loadRuntime(runtime, ports, context) : ok(found.value);
}

/** @returns fails with `build/damaged-layer`, `docker/*` */
export async function loadRuntime(
  runtime: StoredRuntime,
  { blobs, images }: RuntimePorts,
  context: RunContext<BuildEvent>,
): Promise<Outcome<RuntimeImage>> {
  const { imageId, tag, layers, diffIds } = runtime;
  const config = await blobs.read(imageId);
  if (config === undefined) {
    return fail({
      code: 'build/damaged-layer',
      message: `the cache has lost the configuration of ${tag}`,
      hint: 'run the same command again: it is taken anew',
      exit: 'outside',
    });
  }
  const chains = await images.chains();
  if (!chains.ok) return chains;
  const held = heldLayers(diffIds, chains.value);
  const loaded = await images.load({ imageId, config, tag, layers, held }, context);
  return loaded.ok ? ok(runtime) : loaded;
}

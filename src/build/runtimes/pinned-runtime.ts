/** Takes the very image that a lock pins: from the blob store, the engine, or a registry, whichever has it first. */
import { sha256, short } from '../../kernel/digest.ts';
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import type { BuildEvent } from '../events.ts';
import type { RuntimePorts, StoredRuntime } from '../ports.ts';
import type { PulledRuntime } from '../runtime-ports.ts';
import { parseImageDocument } from './image-document.ts';
import { runtimeTag, runtimeTitle, type RuntimeName } from './runtime-identity.ts';
import type { RuntimePin } from './runtime-lock.ts';
import { rememberRuntime, storedByImage, takeRuntime } from './stored-runtime.ts';

interface Pinned {
  readonly runtime: RuntimeName;
  readonly pin: RuntimePin;
}

/** @returns undefined where nobody has it; fails with `build/wrong-runtime`, `docker/*`, `registry/*` */
export async function takePinned(
  { runtime, pin }: Pinned,
  ports: RuntimePorts,
  context: RunContext<BuildEvent>,
): Promise<Outcome<StoredRuntime | undefined>> {
  const stored = await storedByImage(pin.image, ports);
  if (stored !== undefined) {
    context.emit({ code: 'build/runtime-reused', runtime: runtimeTitle(runtime), bytes: stored.bytes });
    const { name, digest, kind } = pin.base;
    return ok({ ...stored, base: { name, digest, kind } });
  }
  const found = await ports.runtimes.findImage(pin.image);
  if (found.ok && found.value !== undefined) {
    return takeRuntime({ runtime, image: found.value, base: pin.base }, ports, context);
  }
  const pulled = await pullPinned({ runtime, pin }, ports, context);
  // Without an engine a registry is enough; without either, what is wrong with the engine counts.
  return found.ok || !pulled.ok || pulled.value !== undefined ? pulled : found;
}

async function pullPinned(
  { runtime, pin }: Pinned,
  ports: RuntimePorts,
  context: RunContext<BuildEvent>,
): Promise<Outcome<StoredRuntime | undefined>> {
  const started = context.clock.now();
  const wanted = { runtime: runtimeTitle(runtime), manifest: pin.manifest };
  const pulled = await ports.source?.pull(wanted, context);
  if (pulled === undefined) return ok(undefined);
  if (!pulled.ok || pulled.value === undefined) return pulled as Outcome<undefined>;
  const image = checked(pulled.value, { runtime, pin });
  if (!image.ok) return image;
  await ports.blobs.put(asSource(pulled.value.config));
  await rememberRuntime(image.value, ports);
  const bytes = image.value.layers.reduce((total, { blob }) => total + blob.bytes, 0);
  context.emit({
    code: 'build/runtime-pulled',
    runtime: wanted.runtime,
    manifest: pin.manifest,
    bytes,
    ms: context.clock.now() - started,
  });
  return image;
}

/** A registry may lie: the configuration is the pinned one, and the layers are those that it names. */
function checked({ config, layers }: PulledRuntime, { runtime, pin }: Pinned): Outcome<StoredRuntime> {
  const document = parseImageDocument(config);
  const diffIds = layers.map(({ diffId }) => diffId);
  if (sha256(config) !== pin.image || document?.diffIds.join() !== diffIds.join()) {
    return fail({
      code: 'build/wrong-runtime',
      message: `what a registry gave as ${runtimeTitle(runtime)} is not image ${short(pin.image)}, which is pinned`,
      hint: 'nothing of it is used: tell who runs the registry, or pin what is right with mwpipe runtime lock',
      exit: 'outside',
    });
  }
  const bytes = layers.reduce((total, layer) => total + layer.bytes, 0);
  const { name, digest, kind } = pin.base;
  return ok({
    imageId: pin.image,
    tag: runtimeTag(runtime, pin.image),
    diffIds,
    bytes,
    config: document.config,
    layers,
    base: { name, digest, kind },
  });
}

// eslint-disable-next-line @typescript-eslint/require-await -- stores read asynchronously
async function* asSource(data: Buffer): AsyncGenerator<Buffer> {
  yield data;
}

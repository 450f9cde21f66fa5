/**
 * Makes sure that a runtime is there: the image that its lock pins, wherever that is; else built here from its Dockerfile,
 * on a base that is bootstrapped once for all engines.
 */
import { ok, type Outcome } from '../../kernel/outcome.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import type { BuildEvent } from '../events.ts';
import type { RuntimeImage, RuntimePorts, StoredRuntime } from '../ports.ts';
import { knownBase } from './base.ts';
import { buildRuntime } from './build-runtime.ts';
import { loadRuntime } from './load-runtime.ts';
import { takePinned } from './pinned-runtime.ts';
import { readWanted, type WantedRuntime } from './read-wanted.ts';
import { identityOf, runtimeBaseOf, runtimeTitle, type RuntimeName } from './runtime-identity.ts';
import { storedByImage, storedByTag, takeRuntime } from './stored-runtime.ts';
import { tellUnpinned } from './unpinned.ts';

type Context = RunContext<BuildEvent>;

/**
 * The runtime's image in the engine.
 * @returns fails with `build/*` for a definition that is wrong or refused, a base or a build that failed, and with
 * `build/runtime-not-pinned` (refused) where it is frozen
 */
export async function ensureRuntime(
  runtime: RuntimeName,
  ports: RuntimePorts,
  context: Context,
): Promise<Outcome<RuntimeImage>> {
  const wanted = await readWanted(runtime, ports);
  if (!wanted.ok) return wanted;
  const pinned = await pinnedInEngine(wanted.value, ports, context);
  if (!pinned.ok || pinned.value !== undefined) return pinned as Outcome<RuntimeImage>;
  const may = tellUnpinned(wanted.value, ports, context);
  return may.ok ? buildRuntime(wanted.value, ports, context) : may;
}

/**
 * The runtime with its layers in the blob store, so that assembling an image asks no engine.
 * @returns fails as `ensureRuntime` does
 */
export async function storeRuntime(
  runtime: RuntimeName,
  ports: RuntimePorts,
  context: Context,
): Promise<Outcome<StoredRuntime>> {
  const wanted = await readWanted(runtime, ports);
  if (!wanted.ok) return wanted;
  const { pin, stale } = wanted.value;
  if (pin !== undefined && !stale) {
    const pinned = await takePinned({ runtime, pin }, ports, context);
    if (!pinned.ok || pinned.value !== undefined) return pinned as Outcome<StoredRuntime>;
  }
  const may = tellUnpinned(wanted.value, ports, context);
  return may.ok ? storeBuilt(wanted.value, ports, context) : may;
}

/** What the definition here gives, whatever the lock says. */
export async function storeBuilt(
  wanted: WantedRuntime,
  ports: RuntimePorts,
  context: Context,
): Promise<Outcome<StoredRuntime>> {
  const { runtime, definition } = wanted;
  const known = wanted.fresh === true ? undefined : await storedHere(wanted, ports);
  if (known !== undefined) {
    context.emit({ code: 'build/runtime-reused', runtime: runtimeTitle(runtime), bytes: known.bytes });
    return ok(known);
  }
  const image = await buildRuntime(wanted, ports, context);
  if (!image.ok) return image;
  const base = definition.base === undefined ? undefined : await knownBase(definition.base, ports);
  return takeRuntime({ runtime, image: image.value, base: runtimeBaseOf(definition, base) }, ports, context);
}

/** As `storeRuntime` would find it; makes and pulls nothing: undefined where it would have to. */
export async function findRuntime(
  runtime: RuntimeName,
  ports: RuntimePorts,
): Promise<Outcome<RuntimeImage | undefined>> {
  const wanted = await readWanted(runtime, ports);
  if (!wanted.ok) return wanted;
  const { pin, stale } = wanted.value;
  if (pin !== undefined && !stale) {
    const stored = await storedByImage(pin.image, ports);
    const found = stored === undefined ? await ports.runtimes.findImage(pin.image) : ok(stored);
    if (!found.ok || found.value !== undefined || ports.source !== undefined) return found;
  }
  return findBuilt(wanted.value, ports);
}

/** What was built here from this definition. */
export async function findBuilt(
  wanted: WantedRuntime,
  ports: RuntimePorts,
): Promise<Outcome<RuntimeImage | undefined>> {
  const stored = await storedHere(wanted, ports);
  if (stored !== undefined) return ok(stored);
  const { runtime, definition } = wanted;
  const base = definition.base === undefined ? undefined : await knownBase(definition.base, ports);
  if (definition.base !== undefined && base === undefined) return ok(undefined);
  return ports.runtimes.find(identityOf(runtime, definition, base));
}

async function storedHere(
  { runtime, definition }: WantedRuntime,
  ports: RuntimePorts,
): Promise<StoredRuntime | undefined> {
  const base = definition.base === undefined ? undefined : await knownBase(definition.base, ports);
  if (definition.base !== undefined && base === undefined) return undefined;
  const stored = await storedByTag(identityOf(runtime, definition, base).tag, ports);
  const from = runtimeBaseOf(definition, base);
  return stored === undefined || from === undefined ? stored : { ...stored, base: from };
}

async function pinnedInEngine(
  { runtime, pin, stale }: WantedRuntime,
  ports: RuntimePorts,
  context: Context,
): Promise<Outcome<RuntimeImage | undefined>> {
  if (pin === undefined || stale) return ok(undefined);
  const found = await ports.runtimes.findImage(pin.image);
  if (!found.ok) return found;
  if (found.value !== undefined) {
    context.emit({ code: 'build/runtime-reused', runtime: runtimeTitle(runtime), bytes: found.value.bytes });
    return found;
  }
  const taken = await takePinned({ runtime, pin }, ports, context);
  return taken.ok && taken.value !== undefined ? loadRuntime(taken.value, ports, context) : taken;
}

/** Runtimes in the blob store: taken from an engine once, or pulled; found again by what they are. */
import type { Digest } from '../../kernel/digest.ts';
import { ok, type Outcome } from '../../kernel/outcome.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import type { BuildEvent } from '../events.ts';
import type { RuntimeImage, RuntimePorts, StoredRuntime } from '../ports.ts';
import type { RuntimeBase } from '../runtime-ports.ts';
import { runtimeTitle, type RuntimeName } from './runtime-identity.ts';
import { parseRuntime } from './runtime-record.ts';

type Blobs = Pick<RuntimePorts, 'blobs'>;

/** As an earlier run stored it; undefined where it never did, or a part has gone since. */
export async function storedByTag(tag: string, ports: Blobs): Promise<StoredRuntime | undefined> {
  return whole(parseRuntime(await ports.blobs.recall(tagRecord(tag))), ports);
}

export async function storedByImage(imageId: Digest, ports: Blobs): Promise<StoredRuntime | undefined> {
  const known = parseRuntime(await ports.blobs.recall(imageRecord(imageId)));
  return known?.imageId === imageId ? whole(known, ports) : undefined;
}

/** Under its tag, which says how it was defined, and under its image ID, which says what it is. */
export async function rememberRuntime(stored: StoredRuntime, { blobs }: Blobs): Promise<void> {
  await blobs.remember(tagRecord(stored.tag), stored);
  await blobs.remember(imageRecord(stored.imageId), stored);
}

/** Takes what the engine holds into the blob store. @returns fails with `docker/*` */
export async function takeRuntime(
  { runtime, image, base }: { runtime: RuntimeName; image: RuntimeImage; base: RuntimeBase | undefined },
  ports: RuntimePorts,
  context: RunContext<BuildEvent>,
): Promise<Outcome<StoredRuntime>> {
  const started = context.clock.now();
  const taken = await ports.runtimes.take(image, context);
  if (!taken.ok) return taken;
  const stored = { ...image, layers: taken.value, ...(base === undefined ? {} : { base }) };
  await rememberRuntime(stored, ports);
  const bytes = taken.value.reduce((total, { blob }) => total + blob.bytes, 0);
  const ms = context.clock.now() - started;
  context.emit({ code: 'build/runtime-taken', runtime: runtimeTitle(runtime), bytes, ms });
  return ok(stored);
}

async function whole(known: StoredRuntime | undefined, { blobs }: Blobs): Promise<StoredRuntime | undefined> {
  if (known === undefined) return undefined;
  const here = await Promise.all(
    known.layers.map(async ({ blob }) => (await blobs.has(blob.digest))?.bytes === blob.bytes),
  );
  return here.every(Boolean) ? known : undefined;
}

function tagRecord(tag: string): string {
  return `runtime/${tag}`;
}

function imageRecord(imageId: Digest): string {
  return `runtime-image/${imageId}`;
}

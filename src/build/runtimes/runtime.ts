/** Makes sure that a runtime is in the engine: bootstraps its base once for all engines, builds its Dockerfile on it. */
import { digestOf, sha256, short, type Digest } from '../../kernel/digest.ts';
import { ok, type Outcome } from '../../kernel/outcome.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import type { BuildEvent } from '../events.ts';
import type { StoredLayer } from '../../kernel/stored-layer.ts';
import { isDigest } from '../layers/stored-record.ts';
import type { BaseImage, BaseSpec, RuntimeIdentity, RuntimeImage, RuntimePorts, StoredRuntime } from '../ports.ts';
import { parseRuntime } from './runtime-record.ts';
import { readRuntime, type RuntimeDefinition } from './runtime-definition.ts';

/** `images/<name>/`, and which of its flavours; `web` and `test` for php82, `plain` for those with one. */
export interface RuntimeName {
  readonly name: string;
  readonly flavour: string;
}

/**
 * The runtime's image in the engine, built where its definition or its base is new.
 * @returns fails with `build/*` for a definition that is wrong or refused, a base or a build that failed
 */
export async function ensureRuntime(
  wanted: RuntimeName,
  ports: RuntimePorts,
  context: RunContext<BuildEvent>,
): Promise<Outcome<RuntimeImage>> {
  const definition = await readRuntime(ports.folder, wanted);
  if (!definition.ok) return definition;
  const base = await ensureBase(definition.value.base, ports, context);
  if (!base.ok) return base;
  const identity = identityOf(wanted, definition.value, base.value);
  const found = await ports.runtimes.find(identity);
  if (!found.ok) return found;
  const runtime = `${wanted.name}/${wanted.flavour}`;
  if (found.value !== undefined) {
    context.emit({ code: 'build/runtime-reused', runtime, bytes: found.value.bytes });
    return ok(found.value);
  }
  return buildRuntime(wanted, { ports, context, definition: definition.value, base: base.value, identity });
}

/**
 * The runtime with its layers in the blob store: taken from the engine once, so that assembling an image asks none.
 * @returns fails as `ensureRuntime` does
 */
export async function storeRuntime(
  wanted: RuntimeName,
  ports: RuntimePorts,
  context: RunContext<BuildEvent>,
): Promise<Outcome<StoredRuntime>> {
  const known = await storedRuntime(wanted, ports);
  if (!known.ok) return known;
  if (known.value !== undefined) {
    const runtime = `${wanted.name}/${wanted.flavour}`;
    context.emit({ code: 'build/runtime-reused', runtime, bytes: known.value.bytes });
    return ok(known.value);
  }
  const image = await ensureRuntime(wanted, ports, context);
  return image.ok ? takeRuntime(wanted, image.value, { ports, context }) : image;
}

async function takeRuntime(
  { name, flavour }: RuntimeName,
  image: RuntimeImage,
  { ports, context }: { readonly ports: RuntimePorts; readonly context: RunContext<BuildEvent> },
): Promise<Outcome<StoredRuntime>> {
  const started = context.clock.now();
  const taken = await ports.runtimes.take(image, context);
  if (!taken.ok) return taken;
  const stored = { ...image, layers: taken.value };
  await ports.blobs.remember(recordName(image.tag), stored);
  const bytes = taken.value.reduce((total, { blob }) => total + blob.bytes, 0);
  const ms = context.clock.now() - started;
  context.emit({ code: 'build/runtime-taken', runtime: `${name}/${flavour}`, bytes, ms });
  return ok(stored);
}

/** The runtime as an earlier run stored it; undefined where it never did, or a layer has gone since. */
async function storedRuntime(wanted: RuntimeName, ports: RuntimePorts): Promise<Outcome<StoredRuntime | undefined>> {
  const definition = await readRuntime(ports.folder, wanted);
  if (!definition.ok) return definition;
  const base = await knownBase(definition.value.base, ports);
  if (base === undefined) return ok(undefined);
  const { tag } = identityOf(wanted, definition.value, base);
  const known = parseRuntime(await ports.blobs.recall(recordName(tag)));
  const here = known === undefined ? [] : await Promise.all(known.layers.map((layer) => isHere(layer, ports)));
  return ok(here.every(Boolean) ? known : undefined);
}

async function isHere({ blob }: StoredLayer, { blobs }: RuntimePorts): Promise<boolean> {
  return (await blobs.has(blob.digest))?.bytes === blob.bytes;
}

function recordName(tag: string): string {
  return `runtime/${tag}`;
}

/** As `storeRuntime` would find it; makes nothing: undefined where it would have to build. */
export async function findRuntime(
  wanted: RuntimeName,
  ports: RuntimePorts,
): Promise<Outcome<RuntimeImage | undefined>> {
  const stored = await storedRuntime(wanted, ports);
  if (!stored.ok || stored.value !== undefined) return stored;
  const definition = await readRuntime(ports.folder, wanted);
  if (!definition.ok) return definition;
  const base = await knownBase(definition.value.base, ports);
  return base === undefined ? ok(undefined) : ports.runtimes.find(identityOf(wanted, definition.value, base));
}

interface RuntimeBuild {
  readonly ports: RuntimePorts;
  readonly context: RunContext<BuildEvent>;
  readonly definition: RuntimeDefinition;
  readonly base: BaseImage;
  readonly identity: RuntimeIdentity;
}

async function buildRuntime({ name, flavour }: RuntimeName, build: RuntimeBuild): Promise<Outcome<RuntimeImage>> {
  const { ports, context, definition, base, identity } = build;
  const runtime = `${name}/${flavour}`;
  const started = context.clock.now();
  context.emit({ code: 'build/runtime-started', runtime, because: 'no image of this definition in the engine' });
  const made = await ports.runtimes.build(
    {
      ...identity,
      name: runtime,
      dockerfile: definition.dockerfile,
      target: definition.stage,
      files: definition.files,
      base,
    },
    context,
  );
  if (!made.ok) return made;
  const ms = context.clock.now() - started;
  context.emit({ code: 'build/runtime-made', runtime, bytes: made.value.bytes, ms });
  return made;
}

function identityOf({ name, flavour }: RuntimeName, definition: RuntimeDefinition, base: BaseImage): RuntimeIdentity {
  const key = runtimeKey(definition, base);
  return { key, tag: `mwpipe/runtime-${name}:${flavour}-${short(key)}` };
}

/** What the image is made of; not its name, so that a copied definition builds nothing. */
function runtimeKey(definition: RuntimeDefinition, base: BaseImage): Digest {
  return digestOf({
    format: 1,
    base: base.digest,
    stages: definition.stages.map((stage) => stage.text),
    files: definition.files.map(({ path, executable, data }) => ({ path, executable, digest: sha256(data) })),
  });
}

/** One bootstrapped base for every engine of this machine: it takes a minute. */
async function ensureBase(
  spec: BaseSpec,
  ports: RuntimePorts,
  context: RunContext<BuildEvent>,
): Promise<Outcome<BaseImage>> {
  const known = await knownBase(spec, ports);
  if (known !== undefined) return ok(known);
  const started = context.clock.now();
  context.emit({ code: 'build/base-started', debian: spec.debian });
  const made = await ports.bases.bootstrap(spec, context);
  if (!made.ok) return made;
  await ports.blobs.remember(baseName(spec), made.value);
  const ms = context.clock.now() - started;
  context.emit({ code: 'build/base-made', debian: spec.debian, bytes: made.value.bytes, ms });
  return made;
}

async function knownBase(spec: BaseSpec, { blobs }: RuntimePorts): Promise<BaseImage | undefined> {
  const known = await blobs.recall(baseName(spec));
  if (typeof known !== 'object' || known === null || !('digest' in known) || !isDigest(known.digest)) return undefined;
  const stored = await blobs.has(known.digest);
  return stored !== undefined && 'bytes' in known && known.bytes === stored.bytes
    ? { digest: stored.digest, bytes: stored.bytes }
    : undefined;
}

function baseName({ debian, variant }: BaseSpec): string {
  return `base/${debian}-${variant}`;
}

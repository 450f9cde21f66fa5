/** From a lockfile to an image in the engine: read what is there, plan, make what is new, send what the engine lacks. */
import { arch } from 'node:os';
import pLimit from 'p-limit';
import type { Digest } from '../kernel/digest.ts';
import { all, fail, ok, type Outcome } from '../kernel/outcome.ts';
import type { RunContext } from '../kernel/run-context.ts';
import type { Lockfile } from '../resolve/index.ts';
import type { BuildEvent } from './events.ts';
import { assembleImage } from './image/image-config.ts';
import { heldLayers, planImage, type ImagePlan } from './plan/image-plan.ts';
import { makeLayer } from './layers/make-layer.ts';
import type { StoredLayer } from '../kernel/stored-layer.ts';
import type { BuildPorts, LayerChain, RuntimeImage, StoredRuntime } from './ports.ts';
import { readFacts, type LayerFacts } from './read-facts.ts';
import { findRuntime, storeRuntime } from './runtimes/runtime.ts';

export interface BuildRequest {
  readonly lock: Lockfile;
  /** `php82` */
  readonly runtime: string;
  readonly flavour: string;
}

interface BuiltLayer extends StoredLayer {
  readonly name: string;
  readonly state: 'reused' | 'made' | 'runtime';
}

export interface BuiltImage {
  readonly imageId: Digest;
  readonly manifestDigest: Digest;
  readonly tag: string;
  readonly layers: readonly BuiltLayer[];
  readonly sentBytes: number;
  readonly plan: ImagePlan;
}

type Context = RunContext<BuildEvent>;

/** Engines refuse to stack more. */
const MOST_LAYERS = 125;
/** Git unpacks on one core while we hash on another. */
const LAYERS_AT_ONCE = 2;

/** What a build would do now. Fetches what it has to read; builds, makes and sends nothing. */
export async function planBuild(
  request: BuildRequest,
  ports: BuildPorts,
  context: Context,
): Promise<Outcome<ImagePlan>> {
  const runtime = await findRuntime(runtimeOf(request), ports);
  if (!runtime.ok) return runtime;
  const facts = await readFacts(request.lock, ports, context);
  if (!facts.ok) return facts;
  const chains = await ports.images.chains();
  return chains.ok ? ok(planOf(request, { runtime: runtime.value, facts: facts.value, chains: chains.value })) : chains;
}

/** @returns fails as the ports do, and with `build/unsafe-path`, `build/too-many-layers`, `build/wrong-tree` */
export async function buildImage(
  request: BuildRequest,
  ports: BuildPorts,
  context: Context,
): Promise<Outcome<BuiltImage>> {
  const built = await buildOnce(request, ports, context);
  const damaged = !built.ok && built.diagnostics[0].code === 'build/damaged-layer';
  return damaged ? buildOnce(request, ports, context) : built;
}

async function buildOnce(request: BuildRequest, ports: BuildPorts, context: Context): Promise<Outcome<BuiltImage>> {
  const facts = await readFacts(request.lock, ports, context);
  if (!facts.ok) return facts;
  const [runtime, layers] = await Promise.all([
    storeRuntime(runtimeOf(request), ports, context),
    makeMissing(facts.value, ports, context),
  ]);
  if (!runtime.ok) return runtime;
  if (!layers.ok) return layers;
  const chains = await ports.images.chains();
  if (!chains.ok) return chains;
  const planned = planOf(request, { runtime: runtime.value, facts: facts.value, chains: chains.value });
  const plan = withMade(planned, layers.value);
  const parts = { request, plan, runtime: runtime.value, layers: layers.value };
  return deliver(parts, { chains: chains.value, ports, context });
}

function runtimeOf({ runtime, flavour }: BuildRequest): { name: string; flavour: string } {
  return { name: runtime, flavour };
}

function planOf(
  { lock, runtime: name, flavour }: BuildRequest,
  read: { runtime: RuntimeImage | undefined; facts: LayerFacts; chains: readonly LayerChain[] },
): ImagePlan {
  return planImage({
    set: lock.set,
    mediawiki: lock.mediawiki,
    runtime: { name: `${name}/${flavour}`, image: read.runtime },
    specs: read.facts.specs,
    made: read.facts.made,
    chains: read.chains,
  });
}

/** The plan with what its new layers turned out to be. */
function withMade(plan: ImagePlan, built: readonly BuiltLayer[]): ImagePlan {
  const layers = plan.layers.map((layer, index) => {
    const { diffId, bytes } = built[index] ?? layer;
    return { ...layer, bytes, ...(diffId === undefined ? {} : { diffId }) };
  });
  return { ...plan, layers };
}

/** Makes the layers that the blob store lacks; what was made stays there, so a killed build goes on from it. */
async function makeMissing(
  { specs, made }: LayerFacts,
  ports: BuildPorts,
  context: Context,
): Promise<Outcome<readonly BuiltLayer[]>> {
  const limit = pLimit(LAYERS_AT_ONCE);
  const layers = specs.map((spec) =>
    limit(async (): Promise<Outcome<BuiltLayer>> => {
      const known = made.get(spec.key);
      if (known !== undefined) {
        context.emit({ code: 'build/layer-reused', layer: spec.name, bytes: known.bytes });
        return ok({ name: spec.name, ...known, state: 'reused' });
      }
      const layer = await makeLayer(spec, ports, context);
      return layer.ok ? ok({ name: spec.name, ...layer.value, state: 'made' }) : layer;
    }),
  );
  return all(await Promise.all(layers));
}

interface Parts {
  readonly request: BuildRequest;
  readonly plan: ImagePlan;
  readonly runtime: StoredRuntime;
  readonly layers: readonly BuiltLayer[];
}

interface Delivery {
  readonly chains: readonly LayerChain[];
  readonly ports: BuildPorts;
  readonly context: Context;
}

async function deliver(parts: Parts, { chains, ports, context }: Delivery): Promise<Outcome<BuiltImage>> {
  const { request, plan, runtime, layers } = parts;
  const image = assembleImage({
    lock: request.lock,
    runtime: { name: `${request.runtime}/${request.flavour}`, image: runtime },
    layers,
    architecture: ARCHITECTURES[arch()] ?? arch(),
  });
  if (image.layers.length > MOST_LAYERS) return fail(tooManyLayers(image.layers.length));
  const held = heldLayers(
    image.layers.map(({ diffId }) => diffId),
    chains,
  );
  const loaded = await ports.images.load({ ...image, held }, context);
  if (!loaded.ok) return loaded;
  const below = runtime.layers.map((layer, index): BuiltLayer => {
    return { ...layer, name: `runtime ${index + 1}`, state: 'runtime' };
  });
  const { imageId, manifestDigest, tag } = image;
  return ok({ imageId, manifestDigest, tag, layers: [...below, ...layers], sentBytes: loaded.value.sentBytes, plan });
}

/** Node's names in the words of image configurations. */
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386' };

function tooManyLayers(count: number) {
  return {
    code: 'build/too-many-layers',
    message: `the image would have ${count} layers, engines take ${MOST_LAYERS}`,
    hint: 'commit some of the patches and resolve again, so that they need no layer of their own',
  } as const;
}

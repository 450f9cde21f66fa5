/** From a lockfile to an image: read what is there, plan, make what is new, assemble, and bring it where it should be. */
import type { Digest } from '../kernel/digest.ts';
import { fail, ok, type Outcome } from '../kernel/outcome.ts';
import type { RunContext } from '../kernel/run-context.ts';
import { writeAtomically } from '../kernel/write-atomically.ts';
import type { BuildPorts } from './build-ports.ts';
import {
  makeContainerLayers,
  NO_CONTAINERS,
  planContainers,
  readContainerFacts,
  type ContainerFacts,
  type ContainerLayers,
  type ContainerRequest,
} from './container-layers.ts';
import { deliverImage, mayDeliver, type Delivered, type DeliveryRequest } from './deliver-image.ts';
import type { BuildEvent } from './events.ts';
import { assembleImage, type AssembledImage } from './image/image-config.ts';
import { makeMissing, stackOf, type BuiltLayer, type Stack } from './layer-stack.ts';
import { machineArchitecture } from './machine.ts';
import { heldLayers, planImage, type ImagePlan } from './plan/image-plan.ts';
import { formatLayers } from './plan/layers-file.ts';
import type { LayerChain, RuntimeImage, StoredRuntime } from './ports.ts';
import { readFacts, type CutRequest, type LayerFacts } from './read-facts.ts';
import { findRuntime, storeRuntime } from './runtimes/runtime.ts';

export interface BuildRequest extends CutRequest, ContainerRequest, DeliveryRequest {
  /** Fails where the layers would be cut in another way than their file says. */
  readonly frozen?: boolean;
}

export interface BuiltImage extends Delivered {
  readonly imageId: Digest;
  readonly manifestDigest: Digest;
  readonly tag: string;
  readonly layers: readonly BuiltLayer[];
  readonly plan: ImagePlan;
}

type Context = RunContext<BuildEvent>;

/** Engines refuse to stack more. */
const MOST_LAYERS = 125;
/** What a build would do now. Fetches what it has to read; builds, makes and sends nothing. */
export async function planBuild(
  request: BuildRequest,
  ports: BuildPorts,
  context: Context,
): Promise<Outcome<ImagePlan>> {
  const runtime = await findRuntime(runtimeOf(request), ports);
  if (!runtime.ok) return runtime;
  const facts = await readFacts(request, ports, context);
  if (!facts.ok) return facts;
  const containers = await readContainerFacts(request, { ports, runtime: runtime.value?.imageId }, context);
  if (!containers.ok) return containers;
  const layers = await knownContainerLayers(containers.value, { request, ports }, context);
  if (!layers.ok) return layers;
  const chains = await chainsOf(request, ports);
  if (!chains.ok) return chains;
  const stack = await stackOf(facts.value, layers.value, { lock: request.lock, ports });
  const known = { runtime: runtime.value, facts: facts.value, chains: chains.value, containers: containers.value };
  return ok(planOf(request, { ...known, stack }));
}

/**
 * @returns fails as the ports do, and with `build/unsafe-path`, `build/too-many-layers`, `build/wrong-tree`,
 * `build/layers-outdated`
 */
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
  const allowed = mayDeliver(request);
  if (!allowed.ok) return allowed;
  const facts = await readFacts(request, ports, context);
  if (!facts.ok) return facts;
  if (request.frozen === true && facts.value.cut.change !== 'same') return fail(layersOutdated(request, facts.value));
  const code = await stackOf(facts.value, NO_CONTAINERS, { lock: request.lock, ports });
  const [runtime, made] = await Promise.all([
    storeRuntime(runtimeOf(request), ports, context),
    makeMissing(code, { lock: request.lock, ports, context }),
  ]);
  if (!runtime.ok) return runtime;
  if (!made.ok) return made;
  const building = { request, ports, context, facts: facts.value, runtime: runtime.value };
  const read = await readContainerFacts(request, { ports, runtime: runtime.value.imageId }, context);
  if (!read.ok) return read;
  const making = { request, ports, code: codeImages(building) };
  const containers = await makeContainerLayers(read.value, making, context);
  if (!containers.ok) return containers;
  const stack = await stackOf(facts.value, containers.value, { lock: request.lock, ports });
  const layers = await makeMissing(stack, { lock: request.lock, ports, context });
  if (!layers.ok) return layers;
  const wasMade = new Set(made.value.filter(({ state }) => state === 'made').map(({ diffId }) => diffId));
  const told = layers.value.map((one) => (wasMade.has(one.diffId) ? { ...one, state: 'made' as const } : one));
  return finish({ ...building, stack, layers: told, containers: read.value });
}

interface Building {
  readonly request: BuildRequest;
  readonly ports: BuildPorts;
  readonly context: Context;
  readonly facts: LayerFacts;
  readonly runtime: StoredRuntime;
}

/** Puts the code without a cache into the engine, where MediaWiki makes its own. */
function codeImages(building: Building) {
  const { request, ports, context, facts } = building;
  return async (which: 'base' | 'patched', built: ContainerLayers): Promise<Outcome<string>> => {
    const chosen = which === 'patched' ? built : { ...built, builtOnTop: [] };
    const below = which === 'patched' ? facts : { ...facts, patches: [] };
    const stack = await stackOf(below, chosen, { lock: request.lock, ports });
    const layers = await makeMissing(stack, { lock: request.lock, ports, context });
    if (!layers.ok) return layers;
    const image = assembled(building, layers.value);
    const loaded = await loadImage(image, building);
    return loaded.ok ? ok(image.imageId) : loaded;
  };
}

async function loadImage(
  image: AssembledImage,
  { ports, context }: Building,
): Promise<Outcome<{ readonly sentBytes: number }>> {
  const chains = await ports.images.chains();
  if (!chains.ok) return chains;
  const diffIds = image.layers.map(({ diffId }) => diffId);
  return ports.images.load({ ...image, held: heldLayers(diffIds, chains.value) }, context);
}

/** For a plan: what is in the store already, where nothing new would be made. */
async function knownContainerLayers(
  facts: ContainerFacts | undefined,
  { request, ports }: { readonly request: BuildRequest; readonly ports: BuildPorts },
  context: Context,
): Promise<Outcome<ContainerLayers>> {
  const { steps, languages } = planContainers(facts);
  if (steps.length > 0 || languages.length > 0) return ok(NO_CONTAINERS);
  const code = (): Promise<Outcome<string>> => Promise.reject(new Error('a plan makes nothing'));
  return makeContainerLayers(facts, { request, ports, code }, context);
}

function runtimeOf({ runtime, flavour }: BuildRequest): { name: string; flavour: string } {
  return { name: runtime, flavour };
}

interface Planning {
  readonly runtime: RuntimeImage | undefined;
  readonly facts: LayerFacts;
  readonly containers: ContainerFacts | undefined;
  readonly stack: Stack;
  readonly chains: readonly LayerChain[] | undefined;
}

function planOf({ lock, runtime: name, flavour }: BuildRequest, planning: Planning): ImagePlan {
  const { runtime, facts, containers, stack, chains } = planning;
  const plan = planImage({
    set: lock.set,
    mediawiki: lock.mediawiki,
    runtime: { name: `${name}/${flavour}`, image: runtime },
    specs: stack.specs,
    cut: facts.cut,
    previous: facts.previous,
    made: stack.made,
    chains,
  });
  return { ...plan, containers: planContainers(containers) };
}

function assembled({ request, runtime }: Building, layers: readonly BuiltLayer[]): AssembledImage {
  return assembleImage({
    lock: request.lock,
    runtime: { name: `${request.runtime}/${request.flavour}`, image: runtime },
    layers,
    architecture: machineArchitecture(),
  });
}

interface Finishing extends Building {
  readonly stack: Stack;
  readonly layers: readonly BuiltLayer[];
  readonly containers: ContainerFacts | undefined;
}

async function finish(finishing: Finishing): Promise<Outcome<BuiltImage>> {
  const { request, ports, context, facts, runtime, layers } = finishing;
  const image = assembled(finishing, layers);
  if (image.layers.length > MOST_LAYERS) return fail(tooManyLayers(image.layers.length));
  const chains = await chainsOf(request, ports);
  if (!chains.ok) return chains;
  const plan = planOf(request, { ...finishing, chains: chains.value });
  const held = heldLayers(
    image.layers.map(({ diffId }) => diffId),
    chains.value ?? [],
  );
  const delivered = await deliverImage({ image, held, request, runtime }, ports, context);
  if (!delivered.ok) return delivered;
  await writeCut({ request, facts }, context);
  const below = runtime.layers.map((layer, index): BuiltLayer => {
    return { ...layer, name: `runtime ${index + 1}`, state: 'runtime' };
  });
  const { imageId, manifestDigest, tag } = image;
  const all = [...below, ...layers];
  return ok({ imageId, manifestDigest, tag, layers: all, ...delivered.value, plan: withMade(plan, layers) });
}

/** The plan with what its new layers turned out to be. */
function withMade(plan: ImagePlan, built: readonly BuiltLayer[]): ImagePlan {
  const layers = plan.layers.map((layer, index) => {
    const made = built[index];
    if (made === undefined) return layer;
    return {
      ...layer,
      make: made.state === 'made',
      bytes: made.bytes,
      blobBytes: made.blob.bytes,
      diffId: made.diffId,
    };
  });
  return { ...plan, layers };
}

/** A cut that is news stands beside the lock from now on, for everybody who builds this set; work trees change none. */
async function writeCut({ request, facts }: Pick<Building, 'request' | 'facts'>, context: Context): Promise<void> {
  const { layersPath, lock } = request;
  const { change, file, because } = facts.cut;
  const isMine = lock.components.some(({ patch }) => patch?.from !== undefined);
  if (layersPath === undefined || change === 'same' || isMine) return;
  await writeAtomically(layersPath, formatLayers(file));
  context.emit({ code: 'build/layers-cut', file: layersPath, change, because });
}

/** No engine is asked where none is to get the image. */
async function chainsOf(
  { load }: BuildRequest,
  { images }: BuildPorts,
): Promise<Outcome<readonly LayerChain[] | undefined>> {
  return load === false ? ok(undefined) : images.chains();
}

function tooManyLayers(count: number) {
  return {
    code: 'build/too-many-layers',
    message: `the image would have ${count} layers, engines take ${MOST_LAYERS}`,
    hint: 'commit some of the patches and resolve again, so that they need no layer of their own',
  } as const;
}

function layersOutdated({ lock, layersPath = '' }: BuildRequest, { cut }: LayerFacts) {
  return {
    code: 'build/layers-outdated',
    message: `the layers of ${lock.set} are not cut as its lock asks: ${cut.because}`,
    hint: `run mwpipe build ${lock.set} and commit ${layersPath} with the lock`,
    exit: 'failed',
  } as const;
}

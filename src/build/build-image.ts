/** From a lockfile to an image: read what is there, plan, make what is new, assemble, and bring it where it should be. */
import { arch } from 'node:os';
import pLimit from 'p-limit';
import type { BlobStore } from '../kernel/blob-store.ts';
import type { Digest } from '../kernel/digest.ts';
import { all, fail, ok, type Outcome } from '../kernel/outcome.ts';
import type { RunContext } from '../kernel/run-context.ts';
import type { StoredLayer } from '../kernel/stored-layer.ts';
import { writeAtomically } from '../kernel/write-atomically.ts';
import { placeOf, storeFor } from './apart.ts';
import type { BuildEvent } from './events.ts';
import { assembleImage, type AssembledImage } from './image/image-config.ts';
import { layOut } from './image/oci-layout.ts';
import { writeOutput, type ImageOutput } from './image/outputs.ts';
import type { LayerSpec } from './layers/layer-spec.ts';
import { makeLayer } from './layers/make-layer.ts';
import { heldLayers, planImage, type ImagePlan } from './plan/image-plan.ts';
import { formatLayers } from './plan/layers-file.ts';
import type { BuildPorts, LayerChain, RuntimeImage, StoredRuntime } from './ports.ts';
import { readFacts, type CutRequest, type LayerFacts } from './read-facts.ts';
import { findRuntime, storeRuntime } from './runtimes/runtime.ts';

export interface BuildRequest extends CutRequest {
  /** `php82` */
  readonly runtime: string;
  readonly flavour: string;
  /** Fails where the layers would be cut in another way than their file says. */
  readonly frozen?: boolean;
  /** Sends it to the engine. @default true */
  readonly load?: boolean;
  /** Where else it is written. */
  readonly outputs?: readonly ImageOutput[];
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
  const facts = await readFacts(request, ports, context);
  if (!facts.ok) return facts;
  const chains = await chainsOf(request, ports);
  return chains.ok ? ok(planOf(request, { runtime: runtime.value, facts: facts.value, chains: chains.value })) : chains;
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
  const facts = await readFacts(request, ports, context);
  if (!facts.ok) return facts;
  if (request.frozen === true && facts.value.cut.change !== 'same') return fail(layersOutdated(request, facts.value));
  const [runtime, layers] = await Promise.all([
    storeRuntime(runtimeOf(request), ports, context),
    makeMissing({ request, facts: facts.value }, ports, context),
  ]);
  if (!runtime.ok) return runtime;
  if (!layers.ok) return layers;
  const parts = { request, facts: facts.value, runtime: runtime.value, layers: layers.value };
  const image = assembled(parts);
  if (image.layers.length > MOST_LAYERS) return fail(tooManyLayers(image.layers.length));
  const { layout, blobs } = placeOf(request.lock, ports);
  const kept = await layOut(layout, { image, name: image.tag }, { blobs, context });
  if (!kept.ok) return kept;
  const written = await writeOutputs(image, { request, blobs, context });
  if (!written.ok) return written;
  await writeCut(parts, context);
  return deliver({ ...parts, image }, ports, context);
}

function runtimeOf({ runtime, flavour }: BuildRequest): { name: string; flavour: string } {
  return { name: runtime, flavour };
}

/** Lowest first. */
function specsOf({ base, deltas, lock, patches }: LayerFacts): readonly LayerSpec[] {
  return [...base, ...deltas, lock, ...patches];
}

function planOf(
  { lock, runtime: name, flavour }: BuildRequest,
  read: { runtime: RuntimeImage | undefined; facts: LayerFacts; chains: readonly LayerChain[] | undefined },
): ImagePlan {
  const { cut, previous, made } = read.facts;
  return planImage({
    set: lock.set,
    mediawiki: lock.mediawiki,
    runtime: { name: `${name}/${flavour}`, image: read.runtime },
    specs: specsOf(read.facts),
    cut,
    previous,
    made,
    chains: read.chains,
  });
}

/** The plan with what its new layers turned out to be. */
function withMade(plan: ImagePlan, built: readonly BuiltLayer[]): ImagePlan {
  const layers = plan.layers.map((layer, index) => {
    const made = built[index];
    if (made === undefined) return layer;
    return { ...layer, bytes: made.bytes, blobBytes: made.blob.bytes, diffId: made.diffId };
  });
  return { ...plan, layers };
}

/** Makes the layers that the blob store lacks; what was made stays there, so a killed build goes on from it. */
async function makeMissing(
  { request, facts }: { readonly request: BuildRequest; readonly facts: LayerFacts },
  ports: BuildPorts,
  context: Context,
): Promise<Outcome<readonly BuiltLayer[]>> {
  const place = placeOf(request.lock, ports);
  const limit = pLimit(LAYERS_AT_ONCE);
  const layers = specsOf(facts).map((spec) =>
    limit(async (): Promise<Outcome<BuiltLayer>> => {
      const known = facts.made.get(spec.key);
      if (known !== undefined) {
        context.emit({ code: 'build/layer-reused', layer: spec.name, bytes: known.bytes });
        return ok({ name: spec.name, ...known, state: 'reused' });
      }
      const blobs = storeFor(spec, { patches: facts.patches, place, ports });
      const layer = await makeLayer(spec, { ...ports, blobs }, context);
      return layer.ok ? ok({ name: spec.name, ...layer.value, state: 'made' }) : layer;
    }),
  );
  return all(await Promise.all(layers));
}

interface Parts {
  readonly request: BuildRequest;
  readonly facts: LayerFacts;
  readonly runtime: StoredRuntime;
  readonly layers: readonly BuiltLayer[];
}

function assembled({ request, runtime, layers }: Parts): AssembledImage {
  return assembleImage({
    lock: request.lock,
    runtime: { name: `${request.runtime}/${request.flavour}`, image: runtime },
    layers,
    architecture: ARCHITECTURES[arch()] ?? arch(),
  });
}

async function writeOutputs(
  image: AssembledImage,
  { request, blobs, context }: { readonly request: BuildRequest; readonly blobs: BlobStore; readonly context: Context },
): Promise<Outcome<void>> {
  for (const output of request.outputs ?? []) {
    const written = await writeOutput(output, image, { blobs, context, attachments: [] });
    if (!written.ok) return written;
    context.emit({ code: 'build/output-written', kind: output.kind, path: output.path });
  }
  return ok();
}

/** A cut that is news stands beside the lock from now on, for everybody who builds this set; work trees change none. */
async function writeCut({ request, facts }: Parts, context: Context): Promise<void> {
  const { layersPath, lock } = request;
  const { change, file, because } = facts.cut;
  const isMine = lock.components.some(({ patch }) => patch?.from !== undefined);
  if (layersPath === undefined || change === 'same' || isMine) return;
  await writeAtomically(layersPath, formatLayers(file));
  context.emit({ code: 'build/layers-cut', file: layersPath, change, because });
}

async function deliver(
  { request, facts, runtime, layers, image }: Parts & { readonly image: AssembledImage },
  ports: BuildPorts,
  context: Context,
): Promise<Outcome<BuiltImage>> {
  const chains = await chainsOf(request, ports);
  if (!chains.ok) return chains;
  const plan = withMade(planOf(request, { runtime, facts, chains: chains.value }), layers);
  const diffIds = image.layers.map(({ diffId }) => diffId);
  const load = { ...image, held: heldLayers(diffIds, chains.value ?? []) };
  const loaded = request.load === false ? ok({ sentBytes: 0 }) : await ports.images.load(load, context);
  if (!loaded.ok) return loaded;
  const below = runtime.layers.map((layer, index): BuiltLayer => {
    return { ...layer, name: `runtime ${index + 1}`, state: 'runtime' };
  });
  const { imageId, manifestDigest, tag } = image;
  return ok({ imageId, manifestDigest, tag, layers: [...below, ...layers], sentBytes: loaded.value.sentBytes, plan });
}

/** No engine is asked where none is to get the image. */
async function chainsOf(
  { load }: BuildRequest,
  { images }: BuildPorts,
): Promise<Outcome<readonly LayerChain[] | undefined>> {
  return load === false ? ok(undefined) : images.chains();
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

function layersOutdated({ lock, layersPath = '' }: BuildRequest, { cut }: LayerFacts) {
  return {
    code: 'build/layers-outdated',
    message: `the layers of ${lock.set} are not cut as its lock asks: ${cut.because}`,
    hint: `run mwpipe build ${lock.set} and commit ${layersPath} with the lock`,
    exit: 'failed',
  } as const;
}

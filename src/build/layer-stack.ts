/** The layers of an image in their order, what is known of each, and the making of those that are new. */
import pLimit from 'p-limit';
import type { Digest } from '../kernel/digest.ts';
import { all, ok, type Outcome } from '../kernel/outcome.ts';
import type { RunContext } from '../kernel/run-context.ts';
import type { StoredLayer } from '../kernel/stored-layer.ts';
import type { Lockfile } from '../resolve/index.ts';
import { placeOf, storeFor } from './apart.ts';
import type { BuildPorts } from './build-ports.ts';
import type { ContainerLayers } from './container-layers.ts';
import type { BuildEvent } from './events.ts';
import type { LayerSpec } from './layers/layer-spec.ts';
import { makeLayer } from './layers/make-layer.ts';
import { madeLayers, type LayerFacts } from './read-facts.ts';

export interface BuiltLayer extends StoredLayer {
  readonly name: string;
  readonly state: 'reused' | 'made' | 'runtime';
}

/** Git unpacks on one core while we hash on another. */
const LAYERS_AT_ONCE = 2;

/** Layers with what is known of them: lowest first. */
export interface Stack {
  readonly specs: readonly LayerSpec[];
  /** Those that are kept apart where the lock is private. */
  readonly apart: readonly LayerSpec[];
  readonly made: ReadonlyMap<Digest, StoredLayer>;
}

/** The cache stands below what moves often: it changes with the train, deltas with each backport. */
export async function stackOf(
  { base, deltas, lock, patches, made }: LayerFacts,
  containers: ContainerLayers,
  { lock: whole, ports }: { readonly lock: Lockfile; readonly ports: BuildPorts },
): Promise<Stack> {
  const { built, localisation, builtOnTop, localisationOnTop } = containers;
  const apart = [...patches, ...builtOnTop, ...localisationOnTop];
  const shared = [...localisation, ...built];
  const known = await Promise.all([
    madeLayers(shared, ports),
    madeLayers([...builtOnTop, ...localisationOnTop], { ...ports, blobs: placeOf(whole, ports).blobs }),
  ]);
  const specs = [...base, ...localisation, ...deltas, ...built, lock, ...apart];
  return { specs, apart, made: new Map([...made, ...known.flatMap((one) => [...one])]) };
}

interface Making {
  readonly lock: Lockfile;
  readonly ports: BuildPorts;
  readonly context: RunContext<BuildEvent>;
}

/** Makes the layers that the blob store lacks; what was made stays there, so a killed build goes on from it. */
export async function makeMissing(
  { specs, apart, made }: Stack,
  { lock, ports, context }: Making,
): Promise<Outcome<readonly BuiltLayer[]>> {
  const place = placeOf(lock, ports);
  const limit = pLimit(LAYERS_AT_ONCE);
  const layers = specs.map((spec) =>
    limit(async (): Promise<Outcome<BuiltLayer>> => {
      const blobs = storeFor(spec, { patches: apart, place, ports });
      const known = made.get(spec.key) ?? (await madeLayers([spec], { ...ports, blobs })).get(spec.key);
      if (known !== undefined) {
        context.emit({ code: 'build/layer-reused', layer: spec.name, bytes: known.bytes });
        return ok({ name: spec.name, ...known, state: 'reused' });
      }
      const layer = await makeLayer(spec, { ...ports, blobs }, context);
      return layer.ok ? ok({ name: spec.name, ...layer.value, state: 'made' }) : layer;
    }),
  );
  return all(await Promise.all(layers));
}

/** The plan of an image: each layer, where its bytes come from, whether it is sent, and why; how the layers are cut. */
import type { Digest } from '../../kernel/digest.ts';
import type { StoredLayer } from '../../kernel/stored-layer.ts';
import type { LayerSpec } from '../layers/layer-spec.ts';
import type { ContainerPlan } from './container-plan.ts';
import type { LayerChain } from '../ports.ts';
import { deltaBudget, MOST_DELTAS, type NextLayers } from './next-layers.ts';

export interface PlannedLayer {
  readonly name: string;
  readonly key: Digest;
  /** Components of it. */
  readonly contains: readonly string[];
  /** Where its bytes come from: an earlier run, or what they are made of now. */
  readonly from: 'cache' | 'git' | 'container';
  readonly make: boolean;
  readonly send: boolean;
  /** Of the tar where it was made, else of the files that go into it. */
  readonly bytes: number;
  /** Compressed, as registries hold it; estimated where it wasn't made. */
  readonly blobBytes: number;
  readonly diffId?: Digest;
  readonly because: string;
}

/** How the layers of the code are cut: what the next change costs, and when they are cut anew. */
interface CutPlan {
  readonly change: NextLayers['change'];
  readonly because: string;
  readonly deltas: number;
  readonly mostDeltas: number;
  /** Of the deltas' files. */
  readonly deltaBytes: number;
  /** Above this the layers that moved are cut anew. */
  readonly squashAboveBytes: number;
}

export interface ImagePlan {
  readonly version: 2;
  readonly set: string;
  readonly mediawiki: string;
  readonly runtime: {
    /** `php82/web` */
    readonly name: string;
    /** undefined: it has to be built. */
    readonly imageId?: Digest;
    readonly layers: number;
    readonly bytes: number;
    readonly because: string;
  };
  /** Ours, lowest first, above the runtime's. */
  readonly layers: readonly PlannedLayer[];
  readonly cut: CutPlan;
  /** What containers would make first: layers that can't be told before. */
  readonly containers: ContainerPlan;
  readonly makeBytes: number;
  readonly sendBytes: number;
  /** What a node pulls that has the image of the layers as they were cut before. */
  readonly pullBytes: number;
}

export interface PlanFacts {
  readonly set: string;
  readonly mediawiki: string;
  readonly runtime: {
    readonly name: string;
    readonly image: { readonly imageId: Digest; readonly diffIds: LayerChain; readonly bytes: number } | undefined;
  };
  readonly specs: readonly LayerSpec[];
  readonly cut: NextLayers;
  /** Keys of the layers as they were cut before. */
  readonly previous: ReadonlySet<Digest>;
  /** By key: what the blob store holds. */
  readonly made: ReadonlyMap<Digest, StoredLayer>;
  /** What the engine holds; undefined where none is to get the image. */
  readonly chains: readonly LayerChain[] | undefined;
}

/** Facts in, plan out: same facts, same plan. */
export function planImage(facts: PlanFacts): Omit<ImagePlan, 'containers'> {
  const runtimeIds = facts.runtime.image?.diffIds;
  const known = knownChain(facts);
  const held = heldAbove(runtimeIds, { known, facts });
  const layers = facts.specs.map((spec, index) => planLayer(spec, { facts, held, index }));
  return {
    version: 2,
    set: facts.set,
    mediawiki: facts.mediawiki,
    runtime: {
      name: facts.runtime.name,
      ...(facts.runtime.image === undefined ? {} : { imageId: facts.runtime.image.imageId }),
      layers: runtimeIds?.length ?? 0,
      bytes: facts.runtime.image?.bytes ?? 0,
      because: runtimeIds === undefined ? 'this runtime was never built here' : 'its definition did not change',
    },
    layers,
    cut: planCut(facts.cut),
    makeBytes: total(layers.filter((layer) => layer.make)),
    sendBytes: total(layers.filter((layer) => layer.send)),
    pullBytes: total(layers.filter((layer) => !facts.previous.has(layer.key))),
  };
}

/** How many of our layers need not be sent. */
function heldAbove(
  runtimeIds: LayerChain | undefined,
  { known, facts }: { readonly known: LayerChain; readonly facts: PlanFacts },
): number {
  if (facts.chains === undefined) return facts.specs.length;
  if (runtimeIds === undefined) return 0;
  return heldLayers([...runtimeIds, ...known], facts.chains) - runtimeIds.length;
}

/** How many of a chain's lowest layers an engine with these chains holds. */
export function heldLayers(chain: LayerChain, chains: readonly LayerChain[]): number {
  const shared = chains.map((other) => {
    const differs = chain.findIndex((diffId, index) => other[index] !== diffId);
    return differs === -1 ? chain.length : differs;
  });
  return Math.max(0, ...shared);
}

function planCut({ file, change, because }: NextLayers): CutPlan {
  const { deltas: deltaBytes, most: squashAboveBytes } = deltaBudget(file);
  return { change, because, deltas: file.deltas.length, mostDeltas: MOST_DELTAS, deltaBytes, squashAboveBytes };
}

/** Diff ids from the lowest layer up to the first that wasn't made yet. */
function knownChain({ specs, made }: PlanFacts): Digest[] {
  const ids = specs.map((spec) => made.get(spec.key)?.diffId);
  const unknown = ids.indexOf(undefined);
  return ids.slice(0, unknown === -1 ? ids.length : unknown).filter((id) => id !== undefined);
}

interface Position {
  readonly facts: PlanFacts;
  readonly held: number;
  readonly index: number;
}

/** What level 1 makes of MediaWiki's files: 369 MB of tar were 102 MB. */
const COMPRESSED = 0.28;

function planLayer(spec: LayerSpec, position: Position): PlannedLayer {
  const made = position.facts.made.get(spec.key);
  const send = position.index >= position.held;
  return {
    name: spec.name,
    key: spec.key,
    contains: componentsOf(spec),
    from: made !== undefined ? 'cache' : spec.content.kind === 'stored' ? 'container' : 'git',
    make: made === undefined,
    send,
    bytes: made?.bytes ?? spec.fileBytes,
    blobBytes: made?.blob.bytes ?? Math.round(spec.fileBytes * COMPRESSED),
    ...(made === undefined ? {} : { diffId: made.diffId }),
    because: reason(spec, { ...position, isMade: made !== undefined, send }),
  };
}

function reason(spec: LayerSpec, at: Position & { readonly isMade: boolean; readonly send: boolean }): string {
  if (!at.isMade) return newBecause(spec);
  if (!at.send) return at.facts.chains === undefined ? 'made before' : 'the engine has it';
  if (at.index === at.held) return 'made before, not in this engine';
  const below = at.facts.specs[at.held]?.name ?? 'the runtime';
  return `it stands on ${below}, which is new to the engine`;
}

function newBecause({ content }: LayerSpec): string {
  switch (content.kind) {
    case 'delta':
    case 'stored':
      return content.because;
    case 'files':
      return 'its content changed';
    case 'trees':
      return content.trees.length > 3
        ? `holds ${content.trees.length} trees`
        : content.trees.map(({ name, tree }) => `${name} is at tree ${tree.slice(0, 12)}`).join(', ');
  }
}

function componentsOf({ content }: LayerSpec): string[] {
  switch (content.kind) {
    case 'delta':
      return [...new Set([...content.before, ...content.after].map(({ name }) => name))];
    case 'files':
      return Object.keys(content.files);
    case 'stored':
      return [];
    case 'trees':
      return content.trees.map((tree) => tree.name);
  }
}

function total(layers: readonly PlannedLayer[]): number {
  return layers.reduce((sum, { blobBytes }) => sum + blobBytes, 0);
}

/** What two images differ in: components by commit, layers by content, and what a machine that has the first pulls. */
import type { Digest } from '../../kernel/digest.ts';
import type { InspectedComponent, InspectedImage } from './inspect-image.ts';
import type { OpenedLayer } from './opened-image.ts';

export interface ComponentDiff {
  readonly name: string;
  readonly state: 'added' | 'removed' | 'moved' | 'patched';
  readonly before?: InspectedComponent;
  readonly after?: InspectedComponent;
}

export interface LayerDiff {
  readonly name: string;
  readonly state: 'new' | 'gone' | 'moved up';
  readonly diffId: Digest;
  /** As it is pulled where that is known, else unpacked. */
  readonly bytes: number;
}

export interface ImageDiff {
  readonly before: InspectedImage;
  readonly after: InspectedImage;
  readonly components: readonly ComponentDiff[];
  /** Components that are the same in both. */
  readonly sameComponents: number;
  readonly layers: readonly LayerDiff[];
  readonly sameLayers: number;
  /** What stores by digest pull, as containerd and registries are. */
  readonly pullBytes: number;
  /** What Docker pulls: all above the first layer that differs, since it keeps layers by what is below them too. */
  readonly dockerPullBytes: number;
  /** `stored`: as layers are pulled; `unpacked`: an engine doesn't know more. */
  readonly bytesAre: 'stored' | 'unpacked';
}

/** Two images in, the difference out: same images, same difference. */
export function diffImages(before: InspectedImage, after: InspectedImage): ImageDiff {
  const bytesAre = [...before.layers, ...after.layers].every(({ blob }) => blob !== undefined) ? 'stored' : 'unpacked';
  const components = componentDiffs(before.components, after.components);
  const chain = sharedChain(before.layers, after.layers);
  const had = new Set(before.layers.map(({ diffId }) => diffId));
  const has = new Set(after.layers.map(({ diffId }) => diffId));
  const fresh = unique(after.layers.filter(({ diffId }) => !had.has(diffId)));
  const above = after.layers.slice(chain);
  const layers = [
    ...fresh.map((layer) => layerDiff(layer, 'new')),
    ...unique(above.filter(({ diffId }) => had.has(diffId))).map((layer) => layerDiff(layer, 'moved up')),
    ...unique(before.layers.filter(({ diffId }) => !has.has(diffId))).map((layer) => layerDiff(layer, 'gone')),
  ];
  return {
    ...{ before, after, components, layers, bytesAre },
    sameComponents: after.components.length - components.filter(({ state }) => state !== 'removed').length,
    sameLayers: chain,
    pullBytes: total(fresh),
    dockerPullBytes: total(above),
  };
}

function componentDiffs(
  before: readonly InspectedComponent[],
  after: readonly InspectedComponent[],
): readonly ComponentDiff[] {
  const old = new Map(before.map((one) => [one.name, one]));
  const names = new Set(after.map(({ name }) => name));
  const changed = after.flatMap((one): ComponentDiff[] => {
    const was = old.get(one.name);
    if (was === undefined) return [{ name: one.name, state: 'added', after: one }];
    const sides = { name: one.name, before: was, after: one };
    if (was.commit !== one.commit || was.url !== one.url || was.path !== one.path)
      return [{ ...sides, state: 'moved' }];
    return was.patched === one.patched ? [] : [{ ...sides, state: 'patched' }];
  });
  const gone = before.filter(({ name }) => !names.has(name));
  return [...changed, ...gone.map((one): ComponentDiff => ({ name: one.name, state: 'removed', before: one }))];
}

/** How many of the lowest layers are the same, one on the other. */
function sharedChain(before: readonly OpenedLayer[], after: readonly OpenedLayer[]): number {
  const differs = after.findIndex(({ diffId }, index) => before[index]?.diffId !== diffId);
  return differs === -1 ? after.length : differs;
}

function layerDiff(layer: OpenedLayer, state: LayerDiff['state']): LayerDiff {
  return { name: layer.name, state, diffId: layer.diffId, bytes: bytesOf(layer) };
}

function bytesOf({ blob, bytes = 0 }: OpenedLayer): number {
  return blob?.bytes ?? bytes;
}

/** An image may have the same layer twice: empty ones most often. */
function unique(layers: readonly OpenedLayer[]): OpenedLayer[] {
  return [...new Map(layers.map((layer) => [layer.diffId, layer])).values()];
}

function total(layers: readonly OpenedLayer[]): number {
  return unique(layers).reduce((sum, layer) => sum + bytesOf(layer), 0);
}

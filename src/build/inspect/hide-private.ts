/**
 * An image with embargoed patches as others than their owners may see it: how many components have something on top, not
 * which. Which components are in it is no secret.
 */
import type { InspectedComponent, InspectedImage } from './inspect-image.ts';

export function hidePrivate(image: InspectedImage): InspectedImage {
  if (image.visibility === 'public') return image;
  const lock = image.layers.findLastIndex(({ name }) => name === 'lock');
  return {
    ...image,
    // What stands above the lock is what was patched, under the name of its component.
    layers: image.layers.map((layer, index) => (index > lock ? { ...layer, name: `private ${index - lock}` } : layer)),
    components: image.components.map(withoutPatch),
  };
}

export function withoutPatch({ patched, ...component }: InspectedComponent): InspectedComponent {
  return patched === undefined ? component : { ...component };
}

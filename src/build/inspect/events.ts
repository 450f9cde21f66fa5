/** What happens while an image is looked into. */
export type InspectEvent = {
  readonly code: 'image/layer-checked';
  readonly layer: number;
  readonly layers: number;
  readonly bytes: number;
};

/** An image that was found and checked as far as it was read: the same whether an engine or a layout has it. */
import type { Digest } from '../../kernel/digest.ts';
import type { Outcome } from '../../kernel/outcome.ts';
import type { ImageSource } from '../inspect-ports.ts';
import type { Manifest } from './image-documents.ts';

export interface OpenedLayer {
  /** `Cite`, `runtime php82/web, layer 1`; of others' images what made it. */
  readonly name: string;
  readonly diffId: Digest;
  /** As it is stored and pulled; an engine doesn't know. */
  readonly blob?: { readonly digest: Digest; readonly bytes: number };
  /** Unpacked; a layout doesn't know. */
  readonly bytes?: number;
}

export interface OpenedImage {
  /** As it was asked for. */
  readonly text: string;
  readonly imageId: Digest;
  readonly tags: readonly string[];
  readonly architecture: string;
  readonly created: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Lowest first. */
  readonly layers: readonly OpenedLayer[];
  /** Where there is one: of an engine's image there is none. */
  readonly manifest?: { readonly digest: Digest; readonly document: Manifest; readonly source: ImageSource };
  /** A file of the layer with this name; undefined where there is none. */
  file(layer: string, path: string): Promise<Outcome<Buffer | undefined>>;
}

/** What our histories begin with; what follows is the layer's name. */
const OURS = 'mwpipe build: ';

/** Names of layers from a history, whose entries may have made none. */
export function layerNames(history: readonly { readonly createdBy: string; readonly empty: boolean }[]): string[] {
  return history.filter(({ empty }) => !empty).map(({ createdBy }) => createdBy.replace(OURS, ''));
}

/** An overlay as it was read: one folder of `config-overlays/`. */
import { z } from 'zod';
import type { SourceRange } from '../kernel/diagnostic.ts';
import type { YamlDocument } from '../kernel/yaml-document.ts';

export const OVERLAY_FILE = 'mwpipe.overlay.yaml';
export const SETTINGS_FILE = 'settings.yaml';

export const overlaySchema = z.strictObject({
  /** What it is for, in a sentence. */
  description: z.string().min(1),
  /** Whom to ask. */
  owner: z.string().min(1),
  /** Overlays that go below this one. */
  extends: z.array(z.string()).default([]),
  /** PHP files that are required, in this order, after all settings.yaml. @default CommonSettings.php where there is one */
  load: z.array(z.string()).exactOptional(),
});
type OverlayDocument = z.output<typeof overlaySchema>;

/** Setting to wiki to value; the shape is checked by compileSettings, which has better words for what is wrong. */
export const settingsSchema = z.record(z.string(), z.unknown()).nullable();
export type SettingsDocument = YamlDocument<z.output<typeof settingsSchema>>;

export interface OverlayFile {
  /** In the overlay, with `/`. */
  readonly path: string;
  /** On disk. */
  readonly source: string;
  readonly data: Uint8Array;
}

export interface Overlay {
  readonly name: string;
  readonly document: YamlDocument<OverlayDocument>;
  /** All files but the two YAML ones, sorted by path. */
  readonly files: readonly OverlayFile[];
  readonly settings?: SettingsDocument;
}

/** An overlay that is asked for, and where that was typed. */
export interface OverlayName {
  readonly name: string;
  readonly at?: SourceRange;
}

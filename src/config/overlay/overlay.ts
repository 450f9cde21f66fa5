/** An overlay as it was read: one folder of `config-overlays/`. */
import { z } from 'zod';
import type { SourceRange } from '../../kernel/diagnostic.ts';
import type { YamlDocument } from '../../kernel/yaml-document.ts';
import type { Farm } from '../settings/farm.ts';
import { rawFields } from '../raw/raw-fields.ts';
import { settingType } from '../settings/declared-types.ts';
import type { WikisDocument } from '../settings/wikis-file.ts';

export const OVERLAYS_FOLDER = 'config-overlays';
export const OVERLAY_FILE = 'mwpipe.overlay.yaml';
export const SETTINGS_FILE = 'settings.yaml';
/** Folder of .dblist and .dbexpr files. */
export const LISTS_FOLDER = 'dblists';

export const overlaySchema = z.strictObject({
  /** What it is for, in a sentence. */
  description: z.string().min(1),
  /** Whom to ask. */
  owner: z.string().min(1),
  /** Overlays that go below this one. */
  extends: z.array(z.string()).default([]),
  /** PHP files that are required, in this order, after all settings.yaml. @default CommonSettings.php where there is one */
  load: z.array(z.string()).exactOptional(),
  /** Settings of its own (`wmg...`), or of extensions that say nothing of them, with their types: checks know them then. */
  declares: z.record(z.string().regex(/^wm?g[A-Z]\w*$/, 'settings start with wg or wmg'), settingType).default({}),
  /** Wikis, tags and languages that its settings.yaml names and only other targets have. */
  elsewhere: z.array(z.string()).default([]),
  ...rawFields,
});
export type OverlayDocument = z.output<typeof overlaySchema>;

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
  /** All files but those that are compiled, sorted by path. */
  readonly files: readonly OverlayFile[];
  /** Its settings.yaml, with maps as `Map`; the shape is checked by stackTable, which has better words for what is wrong. */
  readonly settings?: YamlDocument<unknown>;
  readonly wikis?: WikisDocument;
  /** Of a checkout in the layout of operations/mediawiki-config: its files are those of the checkout. */
  readonly checkout?: {
    readonly farm: Farm;
    readonly private: OverlayFile | undefined;
    /** Full id, where its files are those of one. */
    readonly commit?: string;
  };
}

/** Files as they are to be, by path on disk: what is planned is composed and checked before it is written. */
export type Unwritten = ReadonlyMap<string, string>;

/** An overlay that is asked for, and where that was typed. */
export interface OverlayName {
  readonly name: string;
  readonly at?: SourceRange;
}

/** What is wished of a new wiki, and what planning it has to know. */
import type { SourceRange } from '../../kernel/diagnostic.ts';
import type { Farm } from '../settings/farm.ts';
import type { WikiEntry } from './edit-wikis.ts';

export interface WikiWish {
  /** Its database: a-z, 0-9 and _. */
  readonly name: string;
  /** A wiki whose version, tags and lists it gets. */
  readonly like?: string;
  readonly language?: string;
  /** Where it answers. @default derived from where `like` answers, else NAME.localhost */
  readonly hosts?: readonly string[];
  readonly tags?: readonly string[];
  /** The overlay that gets the entry. @default the one that has `like`, else the last that has wikis, else the last */
  readonly overlay?: string;
}

interface TextFile {
  readonly file: string;
  readonly text: string;
}

/** Of one overlay in the stack, what a new wiki may change. */
export interface OverlayTexts {
  readonly name: string;
  /** '' where there is none yet. */
  readonly wikis: TextFile;
  /** Lists that are written by hand, by name; computed ones follow by themselves. */
  readonly lists: readonly (TextFile & { readonly name: string })[];
}

export interface WikiFacts {
  readonly wish: WikiWish;
  /** In the order in which they stack; at least one. */
  readonly overlays: readonly OverlayTexts[];
  /** Undefined where the target has one wiki so far. */
  readonly farm: Farm | undefined;
  /** `like` as it was typed. */
  readonly likeEntry: WikiEntry | undefined;
  /** That one wiki. */
  readonly only: { readonly name: string; readonly hosts: readonly string[] };
  /** The overlay of a checkout in the layout of operations/mediawiki-config, which names its wikis itself. */
  readonly checkout: string | undefined;
  /** Settings that `like` alone has, and where: those aren't copied. */
  readonly ownSettings: readonly { readonly setting: string; readonly at: SourceRange }[];
}

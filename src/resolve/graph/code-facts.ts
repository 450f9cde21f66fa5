/** What the files of one component offer to others, and what they name of others: the graph's raw material, by tree. */

export type ReferenceKind =
  /** `requires`. */
  | 'hard'
  /** `attributes.Echo` of manifest 2. */
  | 'attribute'
  /** A key of manifest 1 that may be another's attribute: `EchoNotifications`. */
  | 'key'
  | 'hook'
  | 'service'
  /** A class, function or constant, fully qualified. */
  | 'class'
  /** `isLoaded`, `suggests`: used where it is there. */
  | 'loaded'
  /** `dev-requires`, and what tests skip themselves without. */
  | 'needed'
  /** `@requires extension X` of PHPUnit: PHP's or MediaWiki's. */
  | 'required'
  /** `.phan/config.php`, as a mount path. */
  | 'phan';

export interface Place {
  readonly file: string;
  readonly line: number;
}

export interface Reference {
  readonly kind: ReferenceKind;
  readonly name: string;
  /** As people see it: `requires.extensions.Echo`. */
  readonly what: string;
  /** Of names that extensions and skins may both have. */
  readonly of?: 'extension' | 'skin';
  /** Named in tests only. */
  readonly test?: true;
  /** It works without: `optional_services`. */
  readonly optional?: true;
  /** The first of them, and how many there are in all. */
  readonly places: readonly Place[];
  readonly count: number;
}

export interface CodeFacts {
  /** Names in its extension.json or skin.json; Wikibase has two. */
  readonly registered: readonly string[];
  readonly namespaces: readonly string[];
  readonly classes: readonly string[];
  /** That interfaces declare, without `Hook`. */
  readonly hooks: readonly string[];
  /** That are run by name. */
  readonly runs: readonly string[];
  readonly services: readonly string[];
  readonly references: readonly Reference[];
  /** Files that were read. */
  readonly files: number;
  readonly skipped: readonly SkippedFile[];
}

/** A file that says nothing to the graph, though it could. */
export interface SkippedFile {
  readonly file: string;
  readonly because: string;
}

/** Hooks by MediaWiki's naming: `EditPage::showEditForm:initial` is the interface `EditPage__showEditForm_initialHook`. */
export function hookWord(hook: string): string {
  return hook.replaceAll(/[:\\-]/g, '_').toLowerCase();
}

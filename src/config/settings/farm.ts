/** The wikis of a farm, as the `wikis.yaml` and `dblists/` of stacked overlays say. */
import type { SourceRange } from '../../kernel/diagnostic.ts';

export interface Wiki {
  /** Of its database: `dewiki`. */
  readonly name: string;
  /** Host names that it answers to, lower case, the first one canonical. */
  readonly hosts: readonly string[];
  /** Of MediaWiki (`1.43.9`); undefined: any live one. */
  readonly version?: string;
  readonly language?: string;
  /** Its family: the tag before `all`, and `$site` in settings. */
  readonly site?: string;
  /** All that settings.yaml may call it: its own, the lists that name it, its language, its site, `all`; the first wins. */
  readonly tags: readonly string[];
  readonly at: SourceRange;
}

export interface Farm {
  /** By name, sorted. */
  readonly wikis: ReadonlyMap<string, Wiki>;
  /** Each list with the wikis that it names, sorted; `all` is always there, and so is each wiki's own tag. */
  readonly lists: ReadonlyMap<string, readonly string[]>;
}

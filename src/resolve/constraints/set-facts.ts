/** What the checks of a set are told: its components with their places, what the runtime offers, what other sets have. */
import type { SourceRange } from '../../kernel/diagnostic.ts';
import type { LockedComponent } from '../lock/lockfile.ts';
import type { ExtensionSet, SetRequirement } from '../sets/merged-set.ts';

export interface RequiringComponent {
  readonly component: LockedComponent;
  /** Where a requirement of it was typed. */
  readonly at: (path: readonly string[]) => SourceRange;
}

export interface CheckedComponent extends RequiringComponent {
  /** Where the set lists it. */
  readonly listed: SourceRange;
}

/** Another set of the workspace. */
export interface KnownSet {
  readonly name: string;
  readonly components: readonly {
    readonly name: string;
    /** The names that it registers, as far as a lock tells. */
    readonly registered: readonly string[];
  }[];
}

export interface SetFacts {
  /** The set's name, and its file as people see it. */
  readonly set: string;
  readonly setFile: string;
  readonly mediawiki: string;
  /** What the runtime offers; a part that the set doesn't tell isn't checked. */
  readonly platform: ExtensionSet['platform'];
  /** Each under every name that it registers. */
  readonly components: readonly LockedComponent[];
  readonly requires?: readonly SetRequirement[];
  /** Other sets of the workspace, for hints. */
  readonly known?: readonly KnownSet[];
}

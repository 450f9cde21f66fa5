/** An extension set as other parts of resolving see it: merged with all that it extends, each part with its place. */
import type { BuildChoice } from '../../kernel/build-steps.ts';
import type { SourceRange } from '../../kernel/diagnostic.ts';
import type { ComponentKind } from '../lock/lockfile.ts';

export interface Pin {
  readonly kind: 'branch' | 'tag' | 'commit';
  readonly name: string;
}

/** One set extends another, where that was typed. */
export interface ExtendsStep {
  readonly set: string;
  readonly extends: string;
  readonly at: SourceRange;
}

/** Where a component comes from: `via` leads from the set that was asked for to the one that lists it. */
export interface Origin {
  readonly set: string;
  readonly at: SourceRange;
  readonly via: readonly ExtendsStep[];
  /** What it stands in place of: the entry of a set that this one extends. */
  readonly replaces?: { readonly set: string; readonly at: SourceRange };
}

export interface BranchRule {
  /** `wmf/{train}`: `{...}` is replaced by a variable. */
  readonly template: string;
  readonly at: SourceRange;
}

export interface SetComponent {
  readonly name: string;
  readonly kind: ComponentKind;
  readonly path: string;
  readonly url: string;
  readonly pin?: Pin;
  /** Its own policy, in place of the set's. */
  readonly branches?: readonly BranchRule[];
  /** Base url of the Gerrit that reviews it, ending in a slash. */
  readonly gerrit?: string;
  /** Why it is here, in words of whoever listed it. */
  readonly because?: string;
  /** Files that register something, where it isn't the usual one. */
  readonly manifests?: readonly string[];
  /** Its build steps, in the set's words. */
  readonly build?: BuildChoice;
  readonly at: SourceRange;
  readonly origin: Origin;
}

/** What a set asks for, of core's version and of the platform's PHP. */
export interface SetRequirement {
  readonly what: 'MediaWiki' | 'php';
  readonly constraint: string;
  readonly set: string;
  readonly at: SourceRange;
}

/** A change under review that is always on top; its newest patchset where none is named. */
export interface SetPatch {
  readonly change: number;
  readonly patchset?: number;
  readonly set: string;
  readonly at: SourceRange;
}

export interface ExtensionSet {
  readonly name: string;
  readonly file: string;
  readonly description?: string;
  /** Those that its own file names. */
  readonly extends: readonly string[];
  /** In the order in which they are tried. */
  readonly branches: readonly BranchRule[];
  readonly variables: Readonly<Record<string, string>>;
  /** What the runtime offers; unchecked where the set doesn't say. */
  readonly platform: {
    readonly php?: string;
    readonly extensions?: readonly string[];
    readonly abilities?: readonly string[];
  };
  /** Every one of them holds. */
  readonly requires: readonly SetRequirement[];
  readonly patches: readonly SetPatch[];
  /** Names of components by the name of their group. */
  readonly groups: Readonly<Record<string, readonly string[]>>;
  readonly components: readonly SetComponent[];
}

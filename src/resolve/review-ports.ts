/** What putting changes under review on top asks of others: a review server, and three-way merges in git. */
import type { Outcome } from '../kernel/outcome.ts';
import type { RunContext } from '../kernel/run-context.ts';

/** A change under review, at one of its patchsets. Subject and message are whatever somebody pushed: hostile text. */
export interface Change {
  readonly number: number;
  /** `I` and 40 hex digits; the same one may stand on several branches and in several repos. */
  readonly id: string;
  readonly project: string;
  /** Without `refs/heads/`. */
  readonly branch: string;
  readonly status: 'NEW' | 'MERGED' | 'ABANDONED';
  readonly patchset: number;
  /** The newest patchset of the change. */
  readonly newest: number;
  readonly commit: string;
  /** `refs/changes/23/1099123/3` */
  readonly ref: string;
  readonly subject: string;
  readonly message: string;
  readonly parents: readonly string[];
  /** Whether it merges into its branch; undefined where the server doesn't say. */
  readonly mergeable?: boolean;
  readonly visibility?: 'private' | 'work-in-progress';
}

/** One patchset of a relation chain: commits that are built on each other. */
export interface RelatedChange {
  readonly number: number;
  readonly patchset: number;
  readonly commit: string;
  readonly parents: readonly string[];
}

/** A change of the review server with this canonical base url, `https://gerrit.wikimedia.org/r`. */
export interface ChangePlace {
  readonly gerrit: string;
  readonly number: number;
}

/**
 * A review server, read without an account. Everything fails with `gerrit/remote-gone`, `gerrit/timeout`,
 * `gerrit/needs-login`, `gerrit/rate-limited`, `gerrit/failed`, `gerrit/redirected`, `gerrit/not-json`,
 * `gerrit/unexpected`, `gerrit/too-large`, `gerrit/no-rest`.
 */
export interface Reviews {
  /** At the newest patchset, or at the one asked for. Fails with `gerrit/no-such-change`, `gerrit/no-such-patchset`. */
  change(wanted: ChangePlace & { readonly patchset?: number }, context: RunContext<never>): Promise<Outcome<Change>>;
  /** Every change with this Change-Id, one a branch and repo; none where there is none. */
  withId(
    wanted: { readonly gerrit: string; readonly id: string },
    context: RunContext<never>,
  ): Promise<Outcome<readonly Change[]>>;
  /** What the commit is built on and what is built on it, at the patchsets that are; empty where it stands alone. */
  chain(
    wanted: ChangePlace & { readonly project: string; readonly commit: string },
    context: RunContext<never>,
  ): Promise<Outcome<readonly RelatedChange[]>>;
  /** Branches and tags whose history has a merged change: one merged to master is in what was cut from it later. */
  includedIn(
    wanted: ChangePlace & { readonly project: string },
    context: RunContext<never>,
  ): Promise<Outcome<{ readonly branches: readonly string[]; readonly tags: readonly string[] }>>;
}

export interface MergeConflict {
  readonly path: string;
  /** `contents`, `modify/delete`, `rename/rename`, `binary`, ... */
  readonly kind: string;
  /** In git's words. */
  readonly message: string;
}

/** Three-way merges in a component's mirror; no work tree and no index is touched. */
export interface TreeMerges {
  /** The same trees give the same result. Fails with `git/too-old` before git 2.38. */
  merge(trees: {
    readonly url: string;
    readonly base: string;
    readonly ours: string;
    readonly theirs: string;
  }): Promise<Outcome<{ readonly tree: string } | { readonly conflicts: readonly MergeConflict[] }>>;
  /** `2.39.5`: results of merges may differ between versions. */
  version(): Promise<string>;
}

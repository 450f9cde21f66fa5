/** What config asks of git: overlays as a commit has them, where the work tree stands, and what lies between two commits. */
import type { Outcome } from '../kernel/outcome.ts';
import type { Stop } from './ports.ts';

/** Paths are relative to `root`, a folder of a work tree: the workspace, or a checkout that is read as it is. */
interface InWorkTree {
  readonly root: string;
  /** @default mwpipe.yaml and config-overlays */
  readonly paths?: readonly string[];
}

export interface CommitWish extends InWorkTree {
  readonly commit: string;
  /** Leaves them out, where their files aren't wanted: else one is a mistake. */
  readonly submodules?: 'left-out';
}

export interface OverlaysAt {
  /** Full id. */
  readonly commit: string;
  /** A folder of the cache that stands for `root` as it was: read-only for all but git's adapter. */
  readonly root: string;
}

export interface ConfigSource {
  readonly commit: string;
  /** Undefined where HEAD is detached. */
  readonly branch?: string;
  readonly clean: boolean;
  /** Below `paths`: changed, staged or untracked, sorted. */
  readonly changed: readonly string[];
  /** Whether `branch` of the question has the commit; only where one was asked for. */
  readonly merged?: boolean;
}

export interface ConfigCommit {
  readonly commit: string;
  readonly subject: string;
}

export interface ConfigGit {
  /**
   * Files of a commit as a folder, whole or not there; the same files of two commits are one folder.
   * @returns fails with `git/missing`, `git/not-a-repo`, `git/no-such-commit`, `config/not-in-commit`, `config/submodule`
   */
  overlaysAt(wish: CommitWish, context: Stop): Promise<Outcome<OverlaysAt>>;
  /** @returns fails with `git/missing`, `git/not-a-repo`, `git/no-commit`, `git/no-such-commit` (the branch) */
  sourceOf(wish: InWorkTree & { readonly branch?: string }, context: Stop): Promise<Outcome<ConfigSource>>;
  /** Those of `to` that `from` hasn't, newest first, that touch the paths. @returns fails as overlaysAt does */
  commitsBetween(
    wish: InWorkTree & { readonly from: string; readonly to: string },
    context: Stop,
  ): Promise<Outcome<readonly ConfigCommit[]>>;
}

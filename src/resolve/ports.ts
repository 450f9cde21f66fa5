/** What resolving, building and testing ask of git: refs of remotes, objects by id, and the state of a work tree. */
import type { Outcome } from '../kernel/outcome.ts';
import type { RunContext } from '../kernel/run-context.ts';
import type { Secret } from '../kernel/secret.ts';

export type { GitHistory, HistoryCommit, HistorySide } from './history-ports.ts';

/** A commit or tree of the component with this canonical url. */
interface ObjectRef {
  readonly url: string;
  readonly id: string;
}

export interface TreeEntry {
  readonly mode: '100644' | '100755' | '120000' | '160000';
  readonly path: string;
  readonly oid: string;
  /** Size of the blob; 0 for a submodule. */
  readonly bytes: number;
}

interface WantedRefs {
  readonly url: string;
  /** Those that begin with one of these, `refs/heads/wmf/`. @default every branch and tag */
  readonly prefixes?: readonly string[];
}

export interface GitRefs {
  /**
   * Branches and tags of a remote: `refs/heads/master` to its commit (annotated tags peeled).
   * @returns fails with `resolve/unsafe-url`, `git/missing`, and what a remote does wrong: `git/remote-gone`,
   * `git/timeout`, `git/no-such-repo`, `git/needs-login`, `git/redirected`, `git/not-git`, `git/broken-answer`
   */
  refs(wanted: WantedRefs, context: RunContext<never>): Promise<Outcome<ReadonlyMap<string, string>>>;
}

export interface FileStat {
  readonly oid: string;
  readonly bytes: number;
}

/** What `GitObjects` knows of a commit without its files. */
export interface Commit {
  readonly tree: string;
  readonly parents: readonly string[];
  /** First paragraph of the message, on one line. */
  readonly subject: string;
  readonly message: string;
  /** Milliseconds since 1970. */
  readonly authored: number;
  readonly committed: number;
}

export interface WantedCommit {
  readonly url: string;
  readonly commit: string;
  /** Where the remote has it, `refs/heads/master`: used where the remote refuses to send a bare commit. */
  readonly ref: string;
  /** Commits of its history, itself among them. @default 1 */
  readonly depth?: number;
  /** `blobs`: its files needn't come along, and don't where the server can leave them out. @default everything */
  readonly filter?: 'blobs';
}

export interface GitObjects {
  /**
   * Makes a commit readable here; touches no network where it is already.
   * @returns fails as `refs` does, and with `git/no-such-commit`, `git/ref-moved`
   */
  fetch(wanted: WantedCommit, context: RunContext<never>): Promise<Outcome<{ readonly tree: string }>>;
  /**
   * The whole tree, recursive, sorted by path bytes. The object must have been fetched.
   * Throws `git/odd-path` for a name that isn't UTF-8, `git/too-large` for more than a million entries.
   */
  entries(ref: ObjectRef): Promise<readonly TreeEntry[]>;
  /** One file; undefined where the tree has none at `path`. Throws `git/too-large` above 256 MB. */
  file(ref: ObjectRef, path: string): Promise<Buffer | undefined>;
  /** The same file without reading it: what is too big needn't be. */
  stat(ref: ObjectRef, path: string): Promise<FileStat | undefined>;
  /** Undefined where it is no commit, or isn't here. */
  commit(ref: ObjectRef): Promise<Commit | undefined>;
  /** Blobs in the order asked, some MB ahead of the reader. Throws `git/too-large` at one above 256 MB. */
  blobs(url: string, oids: readonly string[]): AsyncIterable<{ readonly oid: string; readonly data: Buffer }>;
}

/** A work tree as it is now, uncommitted and untracked files included, ignored ones left out. */
export interface Snapshot {
  readonly head: string;
  /** Equals the tree of `head` where nothing was changed. */
  readonly tree: string;
  readonly branch: string | undefined;
  readonly remoteUrl: string | undefined;
}

/** Line ranges of one hunk; a pure insertion has `oldLines` 0, and `oldStart` is the line that it follows. */
export interface Hunk {
  readonly oldStart: number;
  readonly oldLines: number;
  readonly newStart: number;
  readonly newLines: number;
}

export interface ChangedFile {
  readonly path: string;
  /** Added, modified, deleted, renamed. */
  readonly status: 'A' | 'M' | 'D' | 'R';
  /** Where a renamed file was. */
  readonly oldPath?: string;
  /** Empty for a binary file, a changed mode, and a rename without edits. */
  readonly hunks: readonly Hunk[];
}

export interface WorkTreeChanges {
  readonly root: string;
  /** What the work tree is compared with: the commit, and how a person names it (`origin/master`). */
  readonly base: { readonly commit: string; readonly name: string };
  readonly head: string;
  /** Committed since the base, and not yet committed (untracked files too); sorted by path. */
  readonly files: readonly ChangedFile[];
  /** Of those, the ones not committed. */
  readonly uncommitted: readonly string[];
}

export interface WorkTreeIdentity {
  /** Top folder of the checkout. */
  readonly root: string;
  /** As configured, before `insteadOf`. */
  readonly remoteUrl: string | undefined;
  /** `name` of its extension.json or skin.json, where it has one that parses. */
  readonly registered: string | undefined;
}

export interface WorkTrees {
  /** @returns fails with `git/not-a-repo` */
  identify(folder: string): Promise<Outcome<WorkTreeIdentity>>;
  /**
   * Writes the uncommitted state as a tree that `GitObjects` of component `into` (its url) can read. The user's index,
   * work tree and object store stay as they are.
   * @returns fails with `git/not-a-repo`, `git/no-commit`
   */
  snapshot(folder: string, into: string): Promise<Outcome<Snapshot>>;
  /**
   * What changed against the merge base with `base`, or with the upstream of the branch, or with the remote's default.
   * @returns fails with `git/not-a-repo`, `git/no-commit`, `git/no-base`
   */
  changes(folder: string, base?: string): Promise<Outcome<WorkTreeChanges>>;
}

/** What became of one patch: `already applied` where its files are as it would make them. */
export type PatchStatus = 'applied' | 'already applied' | 'failed' | 'skipped';

/** Why a patch failed; nothing of its text. */
export type PatchProblem =
  | 'conflict'
  | 'no patch in it'
  | 'leaves the component'
  | 'makes a link that leaves'
  | 'changes a submodule'
  | 'too large'
  | 'its files are not here';

/** Who wrote a patch and what it touches, for its owners. */
export interface PatchDetails {
  readonly subject: string;
  readonly author: string;
  readonly files: readonly string[];
  /** Git's own words about it. */
  readonly said: string;
}

export interface AppliedPatch {
  /** `skipped` after one that failed. */
  readonly status: PatchStatus;
  readonly problem?: PatchProblem;
  /** Found already applied, but on other lines than it names, with no common ancestor to be sure: look at it. */
  readonly moved?: true;
  readonly details: Secret<PatchDetails>;
}

export interface PatchMails {
  /**
   * Applies embargoed patches, as `git format-patch` or a mail program wrote them, in order on a tree that was fetched.
   * No object of theirs lands where others read: `keep` writes them to a private store, else they are gone afterwards.
   * @returns the tree as far as patches applied; fails with `git/missing`, `security/no-base`
   */
  apply(
    wanted: ObjectRef & { readonly mails: readonly Secret<Buffer>[]; readonly keep: boolean },
    context: RunContext<never>,
  ): Promise<Outcome<{ readonly tree: string; readonly patches: readonly AppliedPatch[] }>>;
}

export interface TrackedFiles {
  /** What git would do with a file on its next commit: `untracked` is taken by `git add .`, `ignored` isn't. */
  standing(file: string): Promise<'tracked' | 'untracked' | 'ignored' | 'in no repo'>;
}

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

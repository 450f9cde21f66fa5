/** What resolving, building and testing ask of git: refs of remotes, objects by id, and the state of a work tree. */
import type { Outcome } from '../kernel/outcome.ts';
import type { RunContext } from '../kernel/run-context.ts';

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
   * @returns fails with `git/missing`, `git/remote-gone`, `git/not-a-repo`, `git/timeout`
   */
  refs(wanted: WantedRefs, context: RunContext<never>): Promise<Outcome<ReadonlyMap<string, string>>>;
}

export interface GitObjects {
  /**
   * Makes a commit readable here; touches no network where it is already.
   * @param wanted.ref where the remote has it, `refs/heads/master`: used where the remote refuses to send a bare commit
   * @returns fails as `refs` does, and with `git/no-such-commit`
   */
  fetch(
    wanted: { readonly url: string; readonly commit: string; readonly ref: string },
    context: RunContext<never>,
  ): Promise<Outcome<{ readonly tree: string }>>;
  /** The whole tree, recursive, sorted by path bytes. The object must have been fetched. */
  entries(ref: ObjectRef): Promise<readonly TreeEntry[]>;
  /** One file; undefined where the tree has none at `path`. */
  file(ref: ObjectRef, path: string): Promise<Buffer | undefined>;
  /** Blobs in the order asked, streamed by one git process; each is dropped before the next is read. */
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

/** A commit as a changelog tells it; texts are what its author wrote, control characters included. */
export interface HistoryCommit {
  readonly id: string;
  readonly subject: string;
  readonly author: string;
  /** Seconds since 1970. */
  readonly authoredAt: number;
  /** Gerrit's, from its footers. */
  readonly changeId?: string;
  /** `T123456`, from its `Bug:` footers. */
  readonly bugs: readonly string[];
}

/** What one of two commits has and the other hasn't, merges left out, newest first. */
export interface HistorySide {
  /** The first few thousand. */
  readonly commits: readonly HistoryCommit[];
  readonly count: number;
}

interface HistoryEnd {
  readonly commit: string;
  /** Where the remote has it: used where the remote refuses to send a bare commit. */
  readonly ref: string;
}

export interface GitHistory {
  /**
   * Commits between two of one repo. Their files aren't fetched, and no more of the past than it takes.
   * @returns fails as `refs` does, and with `git/no-such-commit`
   */
  between(
    wanted: { readonly url: string; readonly before: HistoryEnd; readonly after: HistoryEnd },
    context: RunContext<never>,
  ): Promise<Outcome<{ readonly added: HistorySide; readonly removed: HistorySide }>>;
  /**
   * A file of the checkout that `folder` is in, as it was at a revision (`HEAD~1`, a tag); undefined where it had none.
   * @param wanted.path below `folder`
   * @returns fails with `git/not-a-repo`, `git/no-such-revision`
   */
  fileAt(wanted: {
    readonly folder: string;
    readonly revision: string;
    readonly path: string;
  }): Promise<Outcome<string | undefined>>;
}

/** What changelogs ask of git: the commits between two, and files as they were. */
import type { Outcome } from '../kernel/outcome.ts';
import type { RunContext } from '../kernel/run-context.ts';

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

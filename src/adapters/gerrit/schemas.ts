/**
 * What Gerrit's REST answers, as far as we read it. Refs and commits reach git's command line: they have to look like it.
 * @see https://gerrit-review.googlesource.com/Documentation/rest-api-changes.html#json-entities
 */
import { z } from 'zod';

const commitId = z.string().regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/, 'is no commit id');
const number = z.int().positive();
/** Messages show it as it is. */
const name = z.string().regex(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]{1,500}$/u, 'is no name');
const parents = z.array(z.object({ commit: commitId }));

/** CommitInfo */
const commit = z.object({ parents, subject: z.string().optional(), message: z.string() });

/** RevisionInfo; `commit` of the current one with CURRENT_COMMIT, of every one with ALL_COMMITS. */
const revision = z.object({
  _number: number,
  ref: z.string().regex(/^refs\/changes\/\d\d\/\d+\/\d+$/, 'is no ref of a change'),
  commit: commit.optional(),
});

/** ChangeInfo. DRAFT is of Gerrit before 2.15. */
export const changeInfo = z.object({
  _number: number,
  change_id: z.string().regex(/^I[0-9a-f]{40}$/i, 'is no Change-Id'),
  project: name,
  branch: name,
  status: z.enum(['NEW', 'MERGED', 'ABANDONED', 'DRAFT']),
  subject: z.string(),
  mergeable: z.boolean().optional(),
  is_private: z.boolean().optional(),
  work_in_progress: z.boolean().optional(),
  current_revision: commitId.optional(),
  revisions: z.record(commitId, revision).optional(),
  _more_changes: z.boolean().optional(),
});
export type ChangeInfo = z.output<typeof changeInfo>;

/** RelatedChangesInfo; a commit in between may be no change at all, then it has no number. */
export const relatedChangesInfo = z.object({
  changes: z.array(
    z.object({
      commit: z.object({ commit: commitId, parents }),
      _change_number: number.optional(),
      _revision_number: number.optional(),
    }),
  ),
});

/** IncludedInInfo */
export const includedInInfo = z.object({
  branches: z.array(z.string()).default([]),
  tags: z.array(z.string()).default([]),
});

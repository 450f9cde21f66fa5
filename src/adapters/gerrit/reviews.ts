/** Gerrit behind the port of reviews: changes by number and by Change-Id, relation chains, where a merged one is. */
import { z } from 'zod';
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';
import type { Diagnostic } from '../../kernel/diagnostic.ts';
import type { Change, ChangePlace, Reviews } from '../../resolve/ports.ts';
import type { RestClient } from './rest-client.ts';
import { changeInfo, includedInInfo, relatedChangesInfo, type ChangeInfo } from './schemas.ts';

const CURRENT = 'o=CURRENT_REVISION&o=CURRENT_COMMIT';
const EVERY = 'o=ALL_REVISIONS&o=ALL_COMMITS';
/** Changes with one Change-Id; a cherry-pick to every branch there is stays below it. */
const MOST = 100;

export function gerritReviews(client: RestClient): Reviews {
  return {
    change: async ({ gerrit, number, patchset }, context) => {
      // The current one is enough most often, and a long-lived change has hundreds.
      const current = await client.get({ gerrit, path: `changes/${number}?${CURRENT}`, schema: changeInfo }, context);
      if (!current.ok) return missing(current.diagnostics[0], { gerrit, number });
      const change = readChange(current.value, undefined, gerrit);
      if (patchset === undefined || !change.ok || change.value.patchset === patchset) return change;
      const path = `changes/${number}?${EVERY}`;
      const every = await client.get({ gerrit, path, schema: changeInfo }, context);
      return every.ok ? readChange(every.value, patchset, gerrit) : missing(every.diagnostics[0], { gerrit, number });
    },
    withId: async ({ gerrit, id }, context) => {
      const path = `changes/?q=${encodeURIComponent(`change:${id}`)}&n=${MOST}&${CURRENT}`;
      const found = await client.get({ gerrit, path, schema: z.array(changeInfo) }, context);
      if (!found.ok) return found;
      if (found.value.at(-1)?._more_changes === true) return fail(tooMany(gerrit, id));
      // The query also finds longer ids that begin with this one.
      const same = found.value.filter(({ change_id }) => change_id.toLowerCase() === id.toLowerCase());
      return readAll(same, gerrit);
    },
    chain: async ({ gerrit, commit, ...place }, context) => {
      const path = `changes/${idOf(place)}/revisions/${encodeURIComponent(commit)}/related`;
      const related = await client.get({ gerrit, path, schema: relatedChangesInfo }, context);
      if (!related.ok) return missing(related.diagnostics[0], { gerrit, number: place.number });
      return ok(
        related.value.changes.flatMap(({ commit: info, _change_number: number, _revision_number: patchset }) =>
          number === undefined || patchset === undefined
            ? []
            : [{ number, patchset, commit: info.commit, parents: info.parents.map((parent) => parent.commit) }],
        ),
      );
    },
    includedIn: async ({ gerrit, ...place }, context) => {
      const path = `changes/${idOf(place)}/in`;
      const included = await client.get({ gerrit, path, schema: includedInInfo }, context);
      return included.ok ? included : missing(included.diagnostics[0], { gerrit, number: place.number });
    },
  };
}

/** `mediawiki%2Fcore~42`: with the project, Gerrit needn't search for the number. */
function idOf({ project, number }: { readonly project: string; readonly number: number }): string {
  return `${encodeURIComponent(project)}~${number}`;
}

function readAll(infos: readonly ChangeInfo[], gerrit: string): Outcome<Change[]> {
  const changes: Change[] = [];
  for (const info of infos) {
    const change = readChange(info, undefined, gerrit);
    if (!change.ok) return change;
    changes.push(change.value);
  }
  return ok(changes);
}

/** @param patchset @default the current one */
function readChange(info: ChangeInfo, patchset: number | undefined, gerrit: string): Outcome<Change> {
  const revisions = Object.entries(info.revisions ?? {});
  const [commit, revision] =
    revisions.find(([id, one]) => (patchset === undefined ? id === info.current_revision : one._number === patchset)) ??
    [];
  const newest = Math.max(...revisions.map(([, one]) => one._number));
  const { _number: number } = info;
  if (patchset !== undefined && commit === undefined) return fail(noPatchset({ number, patchset, newest }));
  if (commit === undefined || revision?.commit === undefined) return fail(incomplete(gerrit, number));
  const { parents, message } = revision.commit;
  return ok({
    ...{ number, id: `I${info.change_id.slice(1).toLowerCase()}`, project: info.project },
    branch: info.branch.replace(/^refs\/heads\//, ''),
    status: info.status === 'DRAFT' ? 'NEW' : info.status,
    ...{ patchset: revision._number, newest, commit, ref: revision.ref },
    subject: revision.commit.subject ?? info.subject,
    ...{ message, parents: parents.map((parent) => parent.commit) },
    ...(info.mergeable === undefined || info.status !== 'NEW' ? {} : { mergeable: info.mergeable }),
    ...visibilityOf(info),
  });
}

function visibilityOf(info: ChangeInfo): Pick<Change, 'visibility'> {
  if (info.is_private === true || info.status === 'DRAFT') return { visibility: 'private' };
  return info.work_in_progress === true ? { visibility: 'work-in-progress' } : {};
}

function missing(problem: Diagnostic, { gerrit, number }: ChangePlace): Outcome<never> {
  if (problem.code !== 'gerrit/not-found') return fail(problem);
  return fail({
    code: 'gerrit/no-such-change',
    message: `there is no change ${number} at ${gerrit}`,
    hint: 'check the number; a private one looks like that too',
  });
}

function noPatchset(what: { readonly number: number; readonly patchset: number; readonly newest: number }): Diagnostic {
  return {
    code: 'gerrit/no-such-patchset',
    message: `change ${what.number} has no patchset ${what.patchset}`,
    hint: `the newest is ${what.number}/${what.newest}`,
  };
}

function incomplete(gerrit: string, number: number): Diagnostic {
  return {
    code: 'gerrit/unexpected',
    message: `${gerrit} doesn't say which commit change ${number} is`,
    hint: 'mwpipe knows Gerrit 2.15 and later',
    exit: 'outside',
  };
}

function tooMany(gerrit: string, id: string): Diagnostic {
  return {
    code: 'gerrit/too-large',
    message: `${gerrit} has more than ${MOST} changes with the Change-Id ${id}`,
    hint: 'name the one that is meant in the commit message: Depends-On: the address of its page',
    exit: 'outside',
  };
}

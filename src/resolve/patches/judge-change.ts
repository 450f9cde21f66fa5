/** Whether a change is applied, is left out, or stands in the way, and what is worth telling about it. */
import { quote, type Diagnostic } from '../../kernel/diagnostic.ts';
import type { ChangeNote } from '../events.ts';
import type { Change } from '../ports.ts';
import { lockedBranch, shownRef, type ReviewedComponent } from './change-repos.ts';
import { componentOf, whereIs } from './choose-dependency.ts';
import { noteOf, RANKS, type Note, type Request } from './expand-change.ts';
import { shownChange, type Need, type PatchFacts } from './patch-facts.ts';

export type Judgement =
  | { readonly verdict: 'apply'; readonly component: ReviewedComponent; readonly notes: readonly Note[] }
  | { readonly verdict: 'leave-out'; readonly notes: readonly Note[] }
  | { readonly verdict: 'wrong'; readonly wrong: Diagnostic }
  | { readonly verdict: 'need'; readonly need: Need };

export function judgeChange(request: Request, facts: PatchFacts): Judgement {
  const { gerrit, change, rank, because } = request;
  const asked = rank <= RANKS.asked;
  const component = componentOf(facts, gerrit, change.project);
  if (component === undefined) {
    return asked
      ? { verdict: 'wrong', wrong: notInSet(change, facts) }
      : { verdict: 'leave-out', notes: [noteOf(change, 'left-out', because)] };
  }
  if (change.status === 'ABANDONED' && rank !== RANKS.askedPatchset) {
    return { verdict: 'wrong', wrong: abandoned(change, asked, because) };
  }
  const place = whereIs(change, component, { gerrit, facts });
  if (typeof place !== 'string') return { verdict: 'need', need: place };
  if (place === 'in' || (place === 'elsewhere' && rank === RANKS.builtOn)) {
    const detail = `to ${change.branch}${place === 'in' ? '' : `; ${component.name} is at ${shownRef(component)}`}`;
    return { verdict: 'leave-out', notes: [noteOf(change, 'merged', detail)] };
  }
  if (place === 'elsewhere' && !asked) return { verdict: 'wrong', wrong: onOtherBranch(request, component) };
  return { verdict: 'apply', component, notes: notesOf(change, component) };
}

function notesOf(change: Change, component: ReviewedComponent): Note[] {
  const told: [ChangeNote, boolean, string][] = [
    ['newer-patchset', change.newest > change.patchset, `patchset ${change.newest} is newer`],
    ['other-branch', change.branch !== lockedBranch(component), `from ${change.branch} to ${shownRef(component)}`],
    ['private', change.visibility === 'private', 'not everybody can fetch it'],
    ['work-in-progress', change.visibility === 'work-in-progress', 'not ready for review'],
    ['abandoned', change.status === 'ABANDONED', 'taken, since its patchset was named'],
    ['not-mergeable', change.mergeable === false, `its server can't merge it to ${change.branch}`],
  ];
  return told.flatMap(([note, holds, detail]) => (holds ? [noteOf(change, note, detail)] : []));
}

function notInSet(change: Change, facts: PatchFacts): Diagnostic {
  return {
    code: 'resolve/unknown-component',
    message: `change ${change.number} is of ${quote(change.project)}, which the set ${quote(facts.set)} doesn't have`,
    hint: `add the component to extension-sets/${facts.set}.yaml, or leave the change out`,
  };
}

function abandoned(change: Change, asked: boolean, because: string): Diagnostic {
  const why = asked ? '' : ` (${because})`;
  return {
    code: 'resolve/abandoned-change',
    message: `change ${change.number} of ${change.project} is abandoned${why}`,
    hint: `restore it, or name its patchset to take it all the same: --patch ${shownChange(change)}`,
  };
}

function onOtherBranch({ change, because }: Request, component: ReviewedComponent): Diagnostic {
  return {
    code: 'resolve/dependency-on-other-branch',
    message: `change ${change.number} of ${change.project} is merged to ${change.branch} only (${because}); ${component.name} is at ${shownRef(component)}`,
    hint: `take it along: --patch ${change.number}, or its backport to that branch`,
  };
}

/** What one change brings with it: those it is built on, those that its message depends on, and what is worth knowing. */
import type { Diagnostic } from '../../kernel/diagnostic.ts';
import type { ChangeNote } from '../events.ts';
import type { Change, RelatedChange } from '../ports.ts';
import { chooseDependencies, type Dependent } from './choose-dependency.ts';
import { dependsOn } from './depends-on.ts';
import { chainKey, changeKey, idKey, shownChange, type Need, type PatchFacts } from './patch-facts.ts';

/** Which patchset of a change somebody wants: the smaller the rank, the better the reason. */
export interface Request {
  readonly gerrit: string;
  readonly change: Change;
  readonly rank: Rank;
  readonly because: string;
}

export const RANKS = { askedPatchset: 0, asked: 1, dependsOn: 2, builtOn: 3 } as const;
type Rank = (typeof RANKS)[keyof typeof RANKS];

export interface Note {
  readonly change: number;
  readonly patchset: number;
  readonly project: string;
  readonly note: ChangeNote;
  readonly detail: string;
}

export interface Expansion {
  readonly requests: readonly Request[];
  readonly notes: readonly Note[];
  readonly needs: readonly Need[];
  readonly wrong: readonly Diagnostic[];
}

export function expandChange(dependent: Dependent, facts: PatchFacts): Expansion {
  const parts = [expandChain(dependent, facts), ...expandFooters(dependent, facts)];
  return {
    requests: parts.flatMap((part) => part.requests ?? []),
    notes: parts.flatMap((part) => part.notes ?? []),
    needs: parts.flatMap((part) => part.needs ?? []),
    wrong: parts.flatMap((part) => part.wrong ?? []),
  };
}

/** The change that its parent commit is; that one's own parent is its own matter. */
function expandChain({ gerrit, change }: Dependent, facts: PatchFacts): Partial<Expansion> {
  const related = relatedCommits(gerrit, change, facts);
  if (related === undefined) return { needs: [{ fact: 'chain', gerrit, change }] };
  const parents = change.parents.flatMap((commit) => related.get(commit) ?? []);
  const because = `${change.number} is built on it`;
  const wanted = parents.map(({ number, patchset }) => ({ gerrit, number, patchset }));
  return takeChanges(wanted, { facts, because, rank: RANKS.builtOn });
}

/** A chain holds all commits that are built on each other: one answer is enough for all of them. */
function relatedCommits(
  gerrit: string,
  { commit }: Change,
  facts: PatchFacts,
): ReadonlyMap<string, RelatedChange> | undefined {
  const own = facts.chains[chainKey(gerrit, commit)];
  const lists = own === undefined ? Object.entries(facts.chains).filter(([key]) => key.startsWith(`${gerrit} `)) : [];
  const chain = own ?? lists.map(([, list]) => list).find((list) => list.some((one) => one.commit === commit));
  return chain === undefined ? undefined : new Map(chain.map((one) => [one.commit, one]));
}

function expandFooters(dependent: Dependent, facts: PatchFacts): Partial<Expansion>[] {
  const { gerrit, change } = dependent;
  const { ids, pages, unread } = dependsOn(change.message);
  const because = `${change.number} depends on it`;
  const known = pages.filter((page) => facts.components.some((one) => one.gerrit === page.gerrit));
  const strange = pages.filter((page) => !known.includes(page));
  const wanted = known.map((page) => ({ gerrit, ...page }));
  return [
    ...ids.map((id) => expandId(id, dependent, facts)),
    takeChanges(wanted, { facts, because, rank: RANKS.dependsOn }),
    { notes: unread.map((text) => noteOf(change, 'unread-footer', `Depends-On: ${text.slice(0, 80)}`)) },
    { notes: strange.map((page) => leftOutPage(page, because)) },
  ];
}

function leftOutPage(page: { readonly number: number; readonly gerrit?: string }, because: string): Note {
  const { number, gerrit = '' } = page;
  return { change: number, patchset: 0, project: gerrit, note: 'left-out', detail: because };
}

function expandId(id: string, dependent: Dependent, facts: PatchFacts): Partial<Expansion> {
  const { gerrit, change } = dependent;
  const because = `${change.number} depends on it`;
  const candidates = facts.ids[idKey(gerrit, id)];
  if (candidates === undefined) return { needs: [{ fact: 'id', gerrit, id, because }] };
  if (candidates.length === 0) {
    const message = `change ${shownChange(change)} depends on ${id}, which no change at ${gerrit} has`;
    const hint = 'is it private, or misspelt? correct the commit message';
    return { wrong: [{ code: 'resolve/no-such-dependency', message, hint }] };
  }
  const { chosen, outside, needs, wrong } = chooseDependencies(candidates, dependent, facts);
  return {
    requests: chosen.map((one) => ({ gerrit, change: one, rank: RANKS.dependsOn, because })),
    notes: outside.map((one) => noteOf(one, 'left-out', because)),
    needs,
    wrong,
  };
}

export function takeChanges(
  wanted: readonly { readonly gerrit: string; readonly number: number; readonly patchset?: number }[],
  { facts, because, rank }: { readonly facts: PatchFacts; readonly because: string; readonly rank: Rank },
): Pick<Expansion, 'requests' | 'needs'> {
  const requests: Request[] = [];
  const needs: Need[] = [];
  for (const one of wanted) {
    const change = facts.changes[changeKey(one)];
    if (change === undefined) needs.push({ fact: 'change', wanted: one, because });
    else requests.push({ gerrit: one.gerrit, change, rank, because });
  }
  return { requests, needs };
}

export function noteOf({ number, patchset, project }: Change, note: ChangeNote, detail: string): Note {
  return { change: number, patchset, project, note, detail };
}

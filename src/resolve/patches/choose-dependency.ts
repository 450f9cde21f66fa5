/** Which change a `Depends-On: I...` means where several have that Change-Id, and whether a merged one is in already. */
import type { Diagnostic } from '../../kernel/diagnostic.ts';
import type { Change } from '../ports.ts';
import { lockedBranch, shownRef, type ReviewedComponent } from './change-repos.ts';
import { changeKey, shownChange, type Need, type PatchFacts } from './patch-facts.ts';

export interface Dependent {
  readonly gerrit: string;
  readonly change: Change;
}

export interface ChosenDependencies {
  readonly chosen: readonly Change[];
  /** One a repo that the set doesn't have. */
  readonly outside: readonly Change[];
  readonly needs: readonly Need[];
  readonly wrong: readonly Diagnostic[];
}

/** One change of each repo: on the dependent's branch, else on the branch that the component is locked at. */
export function chooseDependencies(
  candidates: readonly Change[],
  dependent: Dependent,
  facts: PatchFacts,
): ChosenDependencies {
  const chosen: Change[] = [];
  const outside: Change[] = [];
  const needs: Need[] = [];
  const wrong: Diagnostic[] = [];
  for (const project of new Set(candidates.map((candidate) => candidate.project).sort())) {
    const own = candidates.filter((one) => one.project === project).sort((a, b) => a.number - b.number);
    const component = componentOf(facts, dependent.gerrit, project);
    if (component === undefined) {
      outside.push(...own.slice(0, 1));
      continue;
    }
    const order = inOrder(own, dependent.change.branch, component);
    const whereabouts = order.map((one) => whereIs(one, component, { gerrit: dependent.gerrit, facts }));
    needs.push(...whereabouts.flatMap((place) => (typeof place === 'string' ? [] : [place])));
    const best = order.find((_one, at) => whereabouts[at] !== 'elsewhere') ?? order[0];
    if (best === undefined) wrong.push(ambiguous(own, dependent.change, component));
    else chosen.push(best);
  }
  return { chosen, outside, needs, wrong };
}

export function componentOf(facts: PatchFacts, gerrit: string, project: string): ReviewedComponent | undefined {
  return facts.components.find((one) => one.gerrit === gerrit && one.project === project);
}

function inOrder(own: readonly Change[], branch: string, component: ReviewedComponent): Change[] {
  const branches = [branch, lockedBranch(component)];
  const preferred = branches.flatMap((name) => own.find((one) => one.branch === name) ?? []);
  const only = own.length === 1 ? own : [];
  return [...new Set([...preferred, ...only])];
}

/**
 * Whether a merged change is in what the component is locked at: by its branch, or because that was cut from its branch
 * later. `unknown` for a pinned commit, whose branches nobody can ask for; `open` where the change isn't merged.
 */
export function whereIs(
  change: Change,
  component: ReviewedComponent,
  { gerrit, facts }: { readonly gerrit: string; readonly facts: PatchFacts },
): 'open' | 'in' | 'elsewhere' | 'unknown' | Need {
  if (change.status !== 'MERGED') return 'open';
  const branch = lockedBranch(component);
  if (branch === change.branch) return 'in';
  const tag = /^refs\/tags\/(.+)$/.exec(component.ref)?.[1];
  if (branch === undefined && tag === undefined) return change.commit === component.commit ? 'in' : 'unknown';
  const included = facts.included[changeKey({ gerrit, number: change.number })];
  if (included === undefined) return { fact: 'included', gerrit, change };
  const names = branch === undefined ? included.tags : included.branches;
  const wanted = branch ?? tag;
  return names.some((name) => name.replace(/^refs\/(heads|tags)\//, '') === wanted) ? 'in' : 'elsewhere';
}

function ambiguous(own: readonly Change[], dependent: Change, component: ReviewedComponent): Diagnostic {
  const listed = own.map((one) => `${one.number} on ${one.branch} (${one.status.toLowerCase()})`).join(', ');
  const { id = '' } = own[0] ?? {};
  return {
    code: 'resolve/ambiguous-dependency',
    message:
      `change ${shownChange(dependent)} on ${dependent.branch} depends on ${id}, which ${component.name} has on other ` +
      `branches only: ${listed}; it is locked at ${shownRef(component)}`,
    hint: `write which one is meant into the commit message: Depends-On: the address of its page`,
  };
}

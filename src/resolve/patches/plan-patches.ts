/**
 * From asked changes to what is applied to each component, in order and with the reason: what they are built on and what
 * they depend on comes first, across repos. Pure; says which facts it lacks.
 */
import type { Diagnostic } from '../../kernel/diagnostic.ts';
import { settle, type Outcome } from '../../kernel/outcome.ts';
import type { Change } from '../ports.ts';
import type { ReviewedComponent } from './change-repos.ts';
import { expandChange, RANKS, takeChanges, type Note, type Request } from './expand-change.ts';
import { judgeChange, type Judgement } from './judge-change.ts';
import { orderChanges } from './order-changes.ts';
import { changeKey, type Need, type PatchFacts, type WantedChange } from './patch-facts.ts';

export interface PlannedChange {
  readonly change: Change;
  readonly because: string;
}

export interface PatchPlan {
  readonly components: readonly { readonly name: string; readonly changes: readonly PlannedChange[] }[];
  /** Sorted by change. */
  readonly notes: readonly Note[];
}

export type Planning = { readonly needs: readonly [Need, ...Need[]] } | { readonly plan: Outcome<PatchPlan> };

/**
 * The same plan for the same facts, in whatever order they came and changes were asked for.
 * @returns fails with `resolve/unknown-component`, `resolve/abandoned-change`, `resolve/asked-twice`,
 * `resolve/no-such-dependency`, `resolve/ambiguous-dependency`, `resolve/dependency-on-other-branch`,
 * `resolve/dependency-circle`
 */
export function planPatches(facts: PatchFacts): Planning {
  let best: Best = new Map();
  for (;;) {
    const walked = walk(facts, best);
    const [need, ...needs] = walked.needs;
    if (need !== undefined) return { needs: [need, ...needs] };
    if (!walked.improved) return { plan: planOf(walked, facts) };
    best = walked.best;
  }
}

/** Each change at the patchset that the best reason asks for. */
type Best = ReadonlyMap<string, Request>;

interface Walked {
  readonly best: Best;
  readonly improved: boolean;
  /** What can be reached through changes that are applied. */
  readonly judged: ReadonlyMap<string, { readonly request: Request; readonly judgement: Judgement }>;
  /** From a change to those that it needs, and why. */
  readonly edges: ReadonlyMap<string, readonly Request[]>;
  readonly notes: readonly Note[];
  readonly needs: readonly Need[];
  readonly wrong: readonly Diagnostic[];
}

const nodeKey = ({ gerrit, change }: Request): string => changeKey({ gerrit, number: change.number });

/**
 * One round: expands what was known before it, and collects what that asks for. A reason only ever gives way to a better
 * one, so rounds end.
 */
function walk(facts: PatchFacts, known: Best): Walked {
  const asked = askedRequests(facts);
  const best = new Map(known);
  const walked = {
    judged: new Map<string, { request: Request; judgement: Judgement }>(),
    edges: new Map<string, readonly Request[]>(),
  };
  const [notes, needs, wrong] = [[] as Note[], [...asked.needs], [] as Diagnostic[]];
  let improved = false;
  const queue = [...asked.requests];
  for (let request = queue.shift(); request !== undefined; request = queue.shift()) {
    const key = nodeKey(request);
    const before = best.get(key);
    if (before === undefined || isBetter(request, before)) {
      best.set(key, request);
      improved = true;
    }
    const taken = known.get(key);
    if (taken === undefined || walked.judged.has(key)) continue;
    const judgement = judgeChange(taken, facts);
    walked.judged.set(key, { request: taken, judgement });
    if (judgement.verdict === 'need') needs.push(judgement.need);
    if (judgement.verdict !== 'apply') continue;
    const expansion = expandChange(taken, facts);
    walked.edges.set(key, expansion.requests);
    queue.push(...expansion.requests);
    notes.push(...expansion.notes);
    needs.push(...expansion.needs);
    wrong.push(...expansion.wrong);
  }
  return { best, improved, ...walked, notes, needs, wrong };
}

function askedRequests(facts: PatchFacts): { requests: readonly Request[]; needs: readonly Need[] } {
  const parts = facts.asked.map((one) =>
    takeChanges([one], {
      facts,
      because: 'asked for',
      rank: one.patchset === undefined ? RANKS.asked : RANKS.askedPatchset,
    }),
  );
  return { requests: parts.flatMap((part) => part.requests), needs: parts.flatMap((part) => part.needs) };
}

function isBetter(request: Request, than: Request): boolean {
  if (request.rank !== than.rank) return request.rank < than.rank;
  return request.change.patchset > than.change.patchset;
}

function planOf(walked: Walked, facts: PatchFacts): Outcome<PatchPlan> {
  const judged = [...walked.judged];
  const applied = judged.flatMap(([key, { request, judgement }]) =>
    judgement.verdict === 'apply' ? [{ key, request, component: judgement.component }] : [],
  );
  const ordered = orderChanges(
    applied.map(({ key, request }) => ({
      key,
      number: request.change.number,
      needs: (walked.edges.get(key) ?? []).map(nodeKey),
    })),
  );
  const wrong = [
    ...askedTwice(facts.asked),
    ...judged.flatMap(([, { judgement }]) => (judgement.verdict === 'wrong' ? [judgement.wrong] : [])),
    ...walked.wrong,
    ...('circle' in ordered ? [circle(ordered.circle)] : []),
  ];
  const told = judged.flatMap(([, { judgement }]) => ('notes' in judgement ? judgement.notes : []));
  const order = 'order' in ordered ? ordered.order : [];
  const components = componentsOf(order, applied, reasonsOf(walked));
  return settle({ components, notes: distinct([...told, ...walked.notes]) }, byMessage(wrong));
}

function reasonsOf({ edges, judged }: Walked): ReadonlyMap<string, string> {
  const reasons = new Map<string, Set<string>>();
  for (const [key, { request }] of judged) {
    if (request.rank <= RANKS.asked) reasons.set(key, new Set([request.because]));
  }
  for (const request of [...edges.values()].flat()) {
    const key = nodeKey(request);
    if (reasons.get(key)?.has('asked for') === true) continue;
    reasons.set(key, (reasons.get(key) ?? new Set()).add(request.because));
  }
  return new Map([...reasons].map(([key, set]) => [key, [...set].sort(naturally).join(', ')]));
}

function componentsOf(
  order: readonly string[],
  applied: readonly { readonly key: string; readonly request: Request; readonly component: ReviewedComponent }[],
  reasons: ReadonlyMap<string, string>,
): PatchPlan['components'] {
  const byKey = new Map(applied.map((one) => [one.key, one]));
  const lists = new Map<string, PlannedChange[]>();
  for (const key of order) {
    const one = byKey.get(key);
    if (one === undefined) continue;
    const list = lists.get(one.component.name) ?? [];
    lists.set(one.component.name, [...list, { change: one.request.change, because: reasons.get(key) ?? '' }]);
  }
  return [...lists].map(([name, changes]) => ({ name, changes })).sort((a, b) => (a.name < b.name ? -1 : 1));
}

function askedTwice(asked: readonly WantedChange[]): Diagnostic[] {
  const patchsets = new Map<string, Set<number>>();
  for (const { patchset, ...change } of asked) {
    if (patchset === undefined) continue;
    const key = changeKey(change);
    patchsets.set(key, (patchsets.get(key) ?? new Set()).add(patchset));
  }
  return [...patchsets].flatMap(([key, several]) => {
    if (several.size < 2) return [];
    const listed = [...several].sort((a, b) => a - b).join(' and ');
    const message = `change ${key.split(' ')[1] ?? ''} is asked for at patchsets ${listed}`;
    return [{ code: 'resolve/asked-twice' as const, message, hint: 'keep one of them' }];
  });
}

function circle(keys: readonly string[]): Diagnostic {
  const numbers = [...keys, ...keys.slice(0, 1)].map((key) => key.split(' ')[1] ?? '');
  return {
    code: 'resolve/dependency-circle',
    message: `${numbers.join(' depends on ')}: a circle`,
    hint: 'remove one of these Depends-On from its commit message; or merge the changes into one',
  };
}

function distinct(notes: readonly Note[]): Note[] {
  const different = new Map(
    notes.map((note) => [JSON.stringify([note.change, note.patchset, note.note, note.detail]), note]),
  );
  return [...different].sort(([a, x], [b, y]) => x.change - y.change || (a < b ? -1 : 1)).map(([, note]) => note);
}

function byMessage(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const different = new Map(diagnostics.map((one) => [one.message, one]));
  return [...different.values()].sort((a, b) => (a.message < b.message ? -1 : 1));
}

const naturally = (a: string, b: string): number => Number.parseInt(a, 10) - Number.parseInt(b, 10) || (a < b ? -1 : 1);

/** Fetches what planning needs to know from the review server, until it needs nothing more. */
import pLimit from 'p-limit';
import type { Diagnostic } from '../../kernel/diagnostic.ts';
import { all, fail, ok, type Outcome } from '../../kernel/outcome.ts';
import { silent, type RunContext } from '../../kernel/run-context.ts';
import type { ResolveEvent } from '../events.ts';
import type { Change, Reviews } from '../ports.ts';
import { chainKey, changeKey, idKey, type Need, type PatchFacts } from './patch-facts.ts';
import { planPatches, type PatchPlan } from './plan-patches.ts';

/** Questions asked at once. */
const AT_ONCE = 6;
/** A hostile commit message may start a chain that never ends. */
const MOST_QUESTIONS = 500;

/** Fails with `gerrit/*`, `resolve/too-many-changes`, and as `planPatches` does. */
export async function readAndPlan(
  start: Pick<PatchFacts, 'set' | 'components' | 'asked'>,
  reviews: Reviews,
  context: RunContext<ResolveEvent>,
): Promise<Outcome<PatchPlan>> {
  let facts: PatchFacts = { ...start, changes: {}, ids: {}, chains: {}, included: {} };
  const limit = pLimit(AT_ONCE);
  for (let questions = 0; ;) {
    const planning = planPatches(facts);
    if ('plan' in planning) return planning.plan;
    const needs = new Map(planning.needs.map((need) => [keyOf(need), need]));
    questions += needs.size;
    if (questions > MOST_QUESTIONS) return fail(tooMany(start));
    context.signal.throwIfAborted();
    const asked = [...needs.values()].map((need) => limit(() => ask(need, reviews, context)));
    const answers = all(await Promise.all(asked));
    if (!answers.ok) return answers;
    facts = answers.value.reduce((known, learn) => learn(known), facts);
  }
}

type Learn = (facts: PatchFacts) => PatchFacts;

function keyOf(need: Need): string {
  switch (need.fact) {
    case 'change':
      return `change ${changeKey(need.wanted)}`;
    case 'id':
      return `id ${idKey(need.gerrit, need.id)}`;
    case 'chain':
      return `chain ${chainKey(need.gerrit, need.change.commit)}`;
    case 'included':
      return `included ${changeKey({ gerrit: need.gerrit, number: need.change.number })}`;
  }
}

async function ask(need: Need, reviews: Reviews, context: RunContext<ResolveEvent>): Promise<Outcome<Learn>> {
  const quiet = silent(context);
  switch (need.fact) {
    case 'change': {
      const change = await reviews.change(need.wanted, quiet);
      if (!change.ok) return fail(because(change.diagnostics[0], need.because));
      const key = changeKey(need.wanted);
      return ok((facts) => ({ ...facts, changes: { ...facts.changes, [key]: change.value } }));
    }
    case 'id': {
      const found = await reviews.withId(need, quiet);
      if (!found.ok) return fail(because(found.diagnostics[0], need.because));
      const key = idKey(need.gerrit, need.id);
      return ok((facts) => ({ ...facts, ids: { ...facts.ids, [key]: found.value } }));
    }
    case 'chain': {
      const chain = await reviews.chain(placeOf(need), quiet);
      const key = chainKey(need.gerrit, need.change.commit);
      return chain.ok ? ok((facts) => ({ ...facts, chains: { ...facts.chains, [key]: chain.value } })) : chain;
    }
    case 'included': {
      const included = await reviews.includedIn(placeOf(need), quiet);
      const key = changeKey({ gerrit: need.gerrit, number: need.change.number });
      return included.ok
        ? ok((facts) => ({ ...facts, included: { ...facts.included, [key]: included.value } }))
        : included;
    }
  }
}

function placeOf({ gerrit, change }: { readonly gerrit: string; readonly change: Change }) {
  const { number, project, commit } = change;
  return { gerrit, number, project, commit };
}

function because(diagnostic: Diagnostic, reason: string): Diagnostic {
  return { ...diagnostic, message: `${diagnostic.message} (${reason})` };
}

function tooMany({ asked }: Pick<PatchFacts, 'asked'>): Diagnostic {
  return {
    code: 'resolve/too-many-changes',
    message: `what ${asked.map(({ number }) => number).join(', ')} depends on has no end: more than ${MOST_QUESTIONS} questions to the review server`,
    hint: 'look at the Depends-On lines of these changes',
  };
}

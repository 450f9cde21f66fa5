/** A rollout that was killed, interrupted or held is ended before anything new begins: gone on with, or taken back. */
import { releaseIn, type TargetState } from '../deploy/index.ts';
import { judge } from '../judge/index.ts';
import { ok, type Outcome } from '../kernel/outcome.ts';
import { silent } from '../kernel/run-context.ts';
import {
  moveAll,
  reachedStep,
  shiftTraffic,
  unfinishedRollout,
  type RolloutPlan,
  type RolloutResult,
  type RolloutTools,
} from '../rollout/index.ts';
import { configDuring } from './config-during.ts';
import { finishRollout } from './finish-rollout.ts';
import type { FlowContext, TargetTools } from './tools.ts';

export interface Settled {
  readonly state: TargetState;
  /** Set where the rollout was gone on with. */
  readonly resumed?: { readonly plan: RolloutPlan; readonly result: RolloutResult };
  /** Set where it was taken back: how long that took for users. */
  readonly wayBackMs?: number;
}

export async function readUnfinished(
  { home }: TargetTools,
  state: TargetState,
): Promise<Outcome<RolloutPlan | undefined>> {
  const journal = await home.journal();
  if (!journal.ok) return journal;
  const plan = unfinishedRollout(journal.value);
  // Only what its slot still holds can go on.
  return ok(plan !== undefined && releaseIn(state, plan.to)?.number === plan.release ? plan : undefined);
}

/** @param wanted what is to be deployed now; where it's the unfinished release itself, that goes on */
export async function settleUnfinished(
  {
    state,
    wanted,
  }: { readonly state: TargetState; readonly wanted: { readonly image: string; readonly bundle: string } | 'whatever' },
  tools: TargetTools,
  context: FlowContext,
): Promise<Outcome<Settled>> {
  const found = await readUnfinished(tools, state);
  if (!found.ok) return found;
  const plan = found.value;
  if (plan === undefined) return ok({ state });
  const held = releaseIn(state, plan.to);
  const same = wanted === 'whatever' || (held?.image === wanted.image && held.bundle === wanted.bundle);
  const then = same || plan.from === undefined ? 'resumed' : 'rolled-back';
  context.emit({ code: 'release/unfinished-found', release: plan.release, then });
  return then === 'resumed' ? resume({ plan, state }, tools, context) : takeBack({ plan, state }, tools, context);
}

/** What moves the traffic of a release sees: the router, the journal, and what happened to config meanwhile. */
export function shiftTools({ router, home }: TargetTools, release: number): RolloutTools {
  return { router, home, judge, configDuring: () => configDuring(home, release) };
}

interface Unfinished {
  readonly plan: RolloutPlan;
  readonly state: TargetState;
}

async function resume(
  { plan, state }: Unfinished,
  tools: TargetTools,
  context: FlowContext,
): Promise<Outcome<Settled>> {
  const view = await tools.router.observe(silent(context));
  if (!view.ok) return view;
  const step = reachedStep(plan, view.value);
  context.emit({ code: 'rollout/resumed', release: plan.release, share: plan.steps[step]?.share ?? 0 });
  const result = await shiftTraffic({ plan, step }, shiftTools(tools, plan.release), context);
  if (!result.ok) return result;
  const next = await finishRollout({ plan, result: result.value, state }, tools, context);
  return next.ok ? ok({ state: next.value, resumed: { plan, result: result.value } }) : next;
}

/** @returns the state with the unfinished release bad and its slot free */
export async function takeBack(
  { plan, state, because }: Unfinished & { readonly because?: string },
  tools: TargetTools,
  context: FlowContext,
): Promise<Outcome<Settled>> {
  const why = because ?? 'its rollout was interrupted, and something else is deployed now';
  const to = plan.from?.slot;
  if (to === undefined) return ok({ state });
  const moved = await moveAll({ plan, to, because: why }, tools, context);
  if (!moved.ok) return moved;
  const result = { outcome: 'rolled-back', because: why, step: 0, config: [] } as const;
  const next = await finishRollout({ plan, result, state }, tools, context);
  return next.ok ? ok({ state: next.value, wayBackMs: moved.value.ms }) : next;
}

/** What a rollout's end means for the target: which slot is live, which bakes, which is stopped and its release bad. */
import { releaseIn, withRelease, withSlot, type TargetState } from '../deploy/index.ts';
import { ok, type Outcome } from '../kernel/outcome.ts';
import { underLease } from '../kernel/under-lease.ts';
import { silent } from '../kernel/run-context.ts';
import { drainSlot, type RolloutPlan, type RolloutResult } from '../rollout/index.ts';
import type { FlowContext, TargetTools } from './tools.ts';

/** Longer than the longest request. */
const DRAIN_MS = 120_000;

export async function finishRollout(
  { plan, result, state }: { readonly plan: RolloutPlan; readonly result: RolloutResult; readonly state: TargetState },
  tools: TargetTools,
  context: FlowContext,
): Promise<Outcome<TargetState>> {
  if (result.outcome === 'held') return ok(state);
  if (result.outcome === 'rolled-back') return removeBad({ plan, state, because: result.because }, tools, context);
  const release = releaseIn(state, plan.to);
  const live: TargetState = { ...state, live: plan.to };
  return written(release === undefined ? live : withRelease(live, { ...release, state: 'good' }), tools);
}

/** Its slot has no share any more: the last requests end there, then the slot is free again. */
async function removeBad(
  { plan, state, because }: { readonly plan: RolloutPlan; readonly state: TargetState; readonly because: string },
  tools: TargetTools,
  context: FlowContext,
): Promise<Outcome<TargetState>> {
  const release = releaseIn(state, plan.to);
  const marked = release === undefined ? state : withRelease(state, { ...release, state: 'bad', because });
  const recorded = await written(marked, tools);
  if (!recorded.ok) return recorded;
  context.emit({ code: 'release/marked-bad', release: plan.release, because });
  const drained = await drainSlot({ slot: plan.to, deadlineMs: DRAIN_MS }, tools.router, context);
  if (!drained.ok) return drained;
  // Not while somebody gives its instances a config: that would name them as lost.
  const held = { home: tools.home, reason: `stopping ${plan.to}`, wait: 60, context };
  const stopped = await underLease(held, () => tools.target.stopSlot(plan.to, silent(context)));
  if (!stopped.ok) return stopped;
  context.emit({ code: 'deploy/slot-stopped', slot: plan.to });
  return written(withSlot(marked, plan.to, undefined), tools);
}

async function written(state: TargetState, { home }: TargetTools): Promise<Outcome<TargetState>> {
  const done = await home.writeState(state);
  return done.ok ? ok(state) : done;
}

/**
 * Moves the traffic: looks, decides, acts, once a second, and writes down each act before and after it. Killed anywhere
 * it leaves the router as it is; the journal tells the next one where to go on.
 */
import type { PastAct } from '../config/index.ts';
import { short } from '../kernel/digest.ts';
import type { Home } from '../kernel/home.ts';
import { ok, type Outcome } from '../kernel/outcome.ts';
import { silent, type RunContext } from '../kernel/run-context.ts';
import { decide, startRollout, type Decision, type Judge, type RolloutState } from './decide.ts';
import type { RolloutEvent } from './events.ts';
import { rolloutJournal, type RolloutJournal } from './journal.ts';
import type { RolloutPlan } from './plan-rollout.ts';
import type { Router, RouterView } from './ports.ts';

export interface RolloutTools {
  readonly router: Router;
  readonly home: Home;
  readonly judge: Judge;
  /** Acts on config since the rollout began, the oldest first. @default none */
  readonly configDuring?: () => Promise<readonly PastAct[]>;
}

export interface RolloutResult {
  readonly outcome: 'live' | 'rolled-back' | 'held';
  readonly because: string;
  readonly step: number;
  /** Acts on config while it went on. */
  readonly config: readonly PastAct[];
}

type Context = RunContext<RolloutEvent>;

const LOOK_EVERY_MS = 1000;

/** @param step where to begin: the one that an interrupted rollout had reached. Held is a result, not a failure. */
export async function shiftTraffic(
  { plan, step = 0 }: { readonly plan: RolloutPlan; readonly step?: number },
  tools: RolloutTools,
  context: Context,
): Promise<Outcome<RolloutResult>> {
  const journal = rolloutJournal(tools.home, plan, context);
  const begun = await journal.begin();
  if (!begun.ok) return begun;
  let state = startRollout(plan, step);
  let turnedAt: number | undefined;
  let config: readonly PastAct[] = [];
  for (;;) {
    context.signal.throwIfAborted();
    config = await markConfig({ state, marked: config }, tools, context);
    const seen = await tools.router.observe(silent(context));
    const view = seen.ok ? seen.value : undefined;
    const decision = decide(state, { now: context.clock.now(), view }, tools.judge);
    if (decision.state.phase === 'returning') turnedAt ??= context.clock.now();
    tell({ before: state, decision, view }, context);
    const moved = decision.state.step !== state.step;
    state = decision.state;
    const { action } = decision;
    if (action.kind === 'end') {
      const wayBackMs = turnedAt === undefined ? undefined : context.clock.now() - turnedAt;
      const because = explained(action.because, config);
      return finish(
        { outcome: action.outcome, because, step: state.step, config },
        { plan, journal, wayBackMs },
        context,
      );
    }
    if (action.kind === 'set-shares') {
      const acted = await setShares({ ...action, state }, { tools, journal }, context);
      if (!acted.ok) return acted;
    } else if (!moved) await context.clock.sleep(LOOK_EVERY_MS, context.signal);
  }
}

/** A push meanwhile holds nothing up: it is told, and said beside the verdict. @returns all that are marked now */
async function markConfig(
  { state, marked }: { readonly state: RolloutState; readonly marked: readonly PastAct[] },
  { configDuring }: RolloutTools,
  context: Context,
): Promise<readonly PastAct[]> {
  // The way back waits for nothing.
  if (state.phase === 'returning') return marked;
  const acts = (await configDuring?.()) ?? [];
  const { plan, step } = state;
  const share = plan.steps[step]?.share ?? 1;
  for (const act of acts.slice(marked.length)) {
    context.emit({ code: 'rollout/config-changed', release: plan.release, share, act });
  }
  return acts.length < marked.length ? marked : acts;
}

function explained(because: string, config: readonly PastAct[]): string {
  if (config.length === 0) return because;
  const acts = config.map(({ act, bundle, at }) => `${short(bundle)} by ${act} at ${at}`);
  return `${because}; config changed meanwhile: ${acts.join(', ')}`;
}

async function setShares(
  {
    shares,
    because,
    state,
  }: { readonly shares: Readonly<Record<string, number>>; readonly because: string; readonly state: RolloutState },
  { tools, journal }: { readonly tools: RolloutTools; readonly journal: RolloutJournal },
  context: Context,
): Promise<Outcome<void>> {
  const noted = await journal.shares('intent', shares, because);
  // The way back is open even where the journal can't be written; it is noted afterwards.
  if (!noted.ok && state.phase !== 'returning') return noted;
  const started = context.clock.now();
  const set = await tools.router.setShares(shares, silent(context));
  if (set.ok) context.emit({ code: 'rollout/shares-set', shares, because, ms: context.clock.now() - started });
  else {
    context.emit({ code: 'rollout/shares-refused', shares, because: set.diagnostics[0].message });
    await context.clock.sleep(LOOK_EVERY_MS, context.signal);
  }
  await journal.shares(set.ok ? 'done' : 'failed', shares, because);
  return ok();
}

async function finish(
  result: RolloutResult,
  given: { readonly plan: RolloutPlan; readonly journal: RolloutJournal; readonly wayBackMs: number | undefined },
  context: Context,
): Promise<Outcome<RolloutResult>> {
  const { outcome, because, config } = result;
  const wayBack = given.wayBackMs === undefined ? {} : { wayBackMs: given.wayBackMs };
  context.emit({ code: 'rollout/ended', outcome, because, release: given.plan.release, ...wayBack });
  const written = await given.journal.end(outcome, because, config);
  return written.ok || outcome === 'rolled-back' ? ok(result) : written;
}

function tell(
  {
    before,
    decision,
    view,
  }: { readonly before: RolloutState; readonly decision: Decision; readonly view: RouterView | undefined },
  context: Context,
): void {
  const { state, action } = decision;
  const verdict = action.kind === 'set-shares' ? undefined : action.verdict;
  const share = before.plan.steps[before.step]?.share ?? 1;
  const figures = verdict?.figures === undefined ? {} : { figures: verdict.figures };
  if (verdict?.kind === 'pass') {
    context.emit({ code: 'rollout/step-passed', share, because: verdict.because, ...figures });
  } else if (state.phase === 'watching' && action.kind === 'wait') {
    context.emit({
      code: 'rollout/observed',
      to: state.plan.to,
      share,
      seconds: verdict?.figures?.seconds ?? 0,
      mostSeconds: state.plan.judge.observe.most,
      ...figures,
      meanMs: Object.fromEntries(Object.entries(view ?? {}).map(([slot, { meanMs }]) => [slot, meanMs])),
      because: verdict?.because ?? 'the share is seen; counting begins',
    });
  }
}

const NO_REQUESTS_FOR = 3;

/**
 * Waits until a slot without a share has ended its last request.
 * @returns whether it has; a slot that still has some after the deadline is left alone
 */
export async function drainSlot(
  { slot, deadlineMs }: { readonly slot: string; readonly deadlineMs: number },
  router: Router,
  context: Context,
): Promise<Outcome<boolean>> {
  const started = context.clock.now();
  let quiet = 0;
  while (context.clock.now() - started < deadlineMs) {
    const seen = await router.observe(silent(context));
    if (!seen.ok) return seen;
    const { sessions = 0, share = 0 } = seen.value[slot] ?? {};
    quiet = sessions === 0 && share === 0 ? quiet + 1 : 0;
    if (quiet === NO_REQUESTS_FOR) {
      context.emit({ code: 'rollout/drained', slot, ms: context.clock.now() - started });
      return ok(true);
    }
    await context.clock.sleep(LOOK_EVERY_MS / 4, context.signal);
  }
  return ok(false);
}

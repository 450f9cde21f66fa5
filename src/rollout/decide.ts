/**
 * What a rollout does next, from what it knows and what it sees: pure, so that every way through it can be tried. It
 * gives no share to a slot in which nothing is ready, moves nothing while the router can't be seen, and always ends.
 */
import type { Samples, Tally, Verdict } from '../judge/index.ts';
import type { RolloutPlan } from './plan-rollout.ts';
import type { RouterView, Shares, SlotView } from './ports.ts';

export interface RolloutState {
  readonly plan: RolloutPlan;
  /** Of the plan's steps; the traffic is there or on its way there. */
  readonly step: number;
  /** `moving`: the share isn't seen yet; `watching`: it is being judged; `returning`: all goes back to the old slot. */
  readonly phase: 'moving' | 'watching' | 'returning';
  /** Times that shares were set in this phase. */
  readonly attempts: number;
  /** When the share of this step was first seen, and what had been counted then. */
  readonly watch?: { readonly since: number; readonly view: RouterView };
  /** What the old release answered in the steps that passed: what stands beside the new one where it is alone. */
  readonly baseline?: Tally;
  /** Since when the router couldn't be seen. */
  readonly blindSince?: number;
  /** Why it goes back. */
  readonly because?: string;
}

export interface Observation {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Undefined where the router can't be asked. */
  readonly view: RouterView | undefined;
}

export type RolloutAction =
  | { readonly kind: 'set-shares'; readonly shares: Shares; readonly because: string }
  | { readonly kind: 'wait'; readonly verdict?: Verdict }
  | {
      readonly kind: 'end';
      readonly outcome: 'live' | 'rolled-back' | 'held';
      readonly because: string;
      readonly verdict?: Verdict;
    };

export interface Decision {
  readonly state: RolloutState;
  readonly action: RolloutAction;
}

export type Judge = (samples: Samples | undefined, policy: RolloutPlan['judge']) => Verdict;

/** HAProxy's smallest step is 1 of 256 per instance; rounding among several may come on top. */
const TOLERANCE = 0.02;
const MOST_ATTEMPTS = 5;
const MOST_BLIND_MS = 30_000;

/** @param step where to begin: 0, or the step that an interrupted rollout had reached */
export function startRollout(plan: RolloutPlan, step = 0): RolloutState {
  return { plan, step, phase: 'moving', attempts: 0 };
}

/** The step whose share the router shows; where an interrupted rollout goes on. */
export function reachedStep(plan: RolloutPlan, view: RouterView): number {
  const share = view[plan.to]?.share ?? 0;
  return Math.max(
    0,
    plan.steps.findLastIndex((step) => step.share <= share + TOLERANCE),
  );
}

export function decide(state: RolloutState, observation: Observation, judge: Judge): Decision {
  const { now, view } = observation;
  if (view === undefined) return blind(state, now);
  const seen: RolloutState = withoutBlind(state);
  if (seen.phase === 'returning') return goBack(seen, view);
  if (slotOf(view, seen.plan.to).ready.length === 0 && seen.attempts > 0) {
    return turnBack(seen, view, `no instance of ${seen.plan.to} passes the router's health check any more`);
  }
  return seen.phase === 'moving' ? move(seen, { now, view }) : watch(seen, { now, view, judge });
}

function blind(state: RolloutState, now: number): Decision {
  const since = state.blindSince ?? now;
  if (now - since < MOST_BLIND_MS) return { state: { ...state, blindSince: since }, action: { kind: 'wait' } };
  return end(state, 'held', "the router can't be asked, so nothing was moved");
}

function move(state: RolloutState, { now, view }: { now: number; view: RouterView }): Decision {
  const wanted = sharesOf(state);
  if (state.attempts > 0 && isApplied(wanted, view)) {
    return { state: { ...state, phase: 'watching', watch: { since: now, view } }, action: { kind: 'wait' } };
  }
  return set(state, { wanted, view, because: state.plan.steps[state.step]?.because ?? '' });
}

function watch(
  state: RolloutState,
  { now, view, judge }: { readonly now: number; readonly view: RouterView; readonly judge: Judge },
): Decision {
  const { plan, watch: watched } = state;
  if (plan.from === undefined) return end(state, 'live', 'it answers, and there is nothing to compare it with');
  if (watched === undefined || wasReset(watched.view, view)) {
    return { state: { ...state, watch: { since: now, view } }, action: { kind: 'wait' } };
  }
  if (!isApplied(sharesOf(state), view) && allReady(view)) {
    return end(state, 'held', 'somebody else moves the traffic of this target');
  }
  const fresh = tally(watched.view, view, plan.to);
  const old = tally(watched.view, view, plan.from.slot);
  const alone = (plan.steps[state.step]?.share ?? 1) >= 1;
  const baseline = alone ? (state.baseline ?? { requests: 0, errors: 0 }) : old;
  const verdict = judge({ fresh, baseline, seconds: (now - watched.since) / 1000 }, plan.judge);
  if (verdict.kind === 'fail') return turnBack(state, view, verdict.because);
  if (verdict.kind === 'pass') return advance({ ...state, baseline: sum(state.baseline, old) }, verdict);
  if (verdict.overdue === true) return end(state, 'held', verdict.because);
  return { state, action: { kind: 'wait', verdict } };
}

function advance(state: RolloutState, verdict: Verdict): Decision {
  if (state.step === state.plan.steps.length - 1) {
    return { state, action: { kind: 'end', outcome: 'live', because: verdict.because, verdict } };
  }
  const { plan, step, baseline } = state;
  const next = startRollout(plan, step + 1);
  return { state: baseline === undefined ? next : { ...next, baseline }, action: { kind: 'wait', verdict } };
}

function turnBack(state: RolloutState, view: RouterView, because: string): Decision {
  if (state.plan.from === undefined) return end(state, 'held', because);
  return goBack({ ...state, phase: 'returning', attempts: 0, because }, view);
}

function goBack(state: RolloutState, view: RouterView): Decision {
  const { from } = state.plan;
  if (from === undefined) return end(state, 'held', state.because ?? '');
  const wanted = { [from.slot]: 1, [state.plan.to]: 0 };
  const because = state.because ?? '';
  // Never before it was said: a slot that is away shows no share, and would have its old one when it comes back.
  if (state.attempts > 0 && isApplied(wanted, view)) return end(state, 'rolled-back', because);
  return set(state, { wanted, view, because });
}

/** Shares only for what is ready; what can't be set in a few tries is left to people. */
function set(
  state: RolloutState,
  { wanted, view, because }: { readonly wanted: Shares; readonly view: RouterView; readonly because: string },
): Decision {
  if (state.attempts >= MOST_ATTEMPTS) return end(state, 'held', `the router doesn't take the shares (${because})`);
  const next = { ...state, attempts: state.attempts + 1 };
  const unready = Object.entries(wanted).some(([slot, share]) => share > 0 && slotOf(view, slot).ready.length === 0);
  if (unready) return { state: next, action: { kind: 'wait' } };
  return { state: next, action: { kind: 'set-shares', shares: wanted, because } };
}

function end(state: RolloutState, outcome: 'live' | 'rolled-back' | 'held', because: string): Decision {
  return { state, action: { kind: 'end', outcome, because } };
}

function sharesOf({ plan, step }: RolloutState): Shares {
  const share = plan.steps[step]?.share ?? 1;
  return plan.from === undefined ? { [plan.to]: 1 } : { [plan.from.slot]: 1 - share, [plan.to]: share };
}

function isApplied(wanted: Shares, view: RouterView): boolean {
  return Object.entries(wanted).every(([slot, share]) => Math.abs(slotOf(view, slot).share - share) <= TOLERANCE);
}

/** While an instance is away, the shares are not what was set, and nobody else is to blame. */
function allReady(view: RouterView): boolean {
  return Object.values(view).every(({ share, unready }) => share === 0 || unready.length === 0);
}

function wasReset(before: RouterView, after: RouterView): boolean {
  return Object.entries(before).some(
    ([slot, { counters }]) => slotOf(after, slot).counters.requests < counters.requests,
  );
}

function tally(before: RouterView, after: RouterView, slot: string): Tally {
  const was = slotOf(before, slot).counters;
  const is = slotOf(after, slot).counters;
  return { requests: is.requests - was.requests, errors: is.errors - was.errors };
}

function sum(before: Tally | undefined, more: Tally): Tally {
  const { requests, errors } = before ?? { requests: 0, errors: 0 };
  return { requests: requests + more.requests, errors: errors + more.errors };
}

function withoutBlind(state: RolloutState): RolloutState {
  const { blindSince, ...rest } = state;
  return blindSince === undefined ? state : rest;
}

const NOTHING = {
  share: 0,
  ready: [],
  unready: [],
  sessions: 0,
  counters: {
    requests: 0,
    errors: 0,
    status: { '2xx': 0, '3xx': 0, '4xx': 0, '5xx': 0 },
    connectionErrors: 0,
    responseErrors: 0,
    retries: 0,
  },
  meanMs: undefined,
} as const;

function slotOf(view: RouterView, slot: string): SlotView {
  return view[slot] ?? NOTHING;
}

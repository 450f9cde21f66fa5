/** How the traffic will move: steps, how each is judged, how long it takes at least and at most. Plain data. */
import type { JudgePolicy } from '../judge/index.ts';

export interface RolloutPolicy {
  /** Per cent on the new release, step by step. */
  readonly steps: readonly number[];
  readonly observe: { readonly least: number; readonly most: number };
  readonly worse: number;
  readonly requests: number;
}

export interface RolloutFacts {
  readonly release: number;
  readonly to: string;
  /** What users get now; undefined where they get nothing. */
  readonly from?: { readonly slot: string; readonly release: number };
  readonly policy: RolloutPolicy;
}

interface RolloutStep {
  /** Of the traffic, on the new release, in parts of 1. */
  readonly share: number;
  readonly because: string;
}

export interface RolloutPlan {
  readonly version: 1;
  readonly release: number;
  readonly to: string;
  readonly from?: { readonly slot: string; readonly release: number };
  readonly steps: readonly RolloutStep[];
  readonly judge: JudgePolicy;
  readonly seconds: { readonly least: number; readonly most: number };
}

/** How often a release as good as the old one may be sent back, over all steps of a rollout together. */
const ALPHA = 0.05;

/** The steps in order of size, each once, and 100 % at the end whatever was written. */
export function planRollout({ release, to, from, policy }: RolloutFacts): RolloutPlan {
  const { observe, worse, requests } = policy;
  const shares = [...new Set([...policy.steps.filter((step) => step < 100), 100])].sort((a, b) => a - b);
  const steps =
    from === undefined
      ? [{ share: 1, because: 'nobody gets anything else' }]
      : shares.map((share, index) => ({ share: share / 100, because: becauseOf(index, shares.length) }));
  const judged = from === undefined ? 0 : steps.length;
  return {
    version: 1,
    release,
    to,
    ...(from === undefined ? {} : { from }),
    steps,
    judge: { worse, requests, observe, alpha: ALPHA / Math.max(1, judged) },
    seconds: { least: judged * observe.least, most: judged * observe.most },
  };
}

function becauseOf(index: number, count: number): string {
  if (index === count - 1) return 'the old release stays whole beside it';
  return index === 0 ? 'few see it first' : 'the step before passed';
}

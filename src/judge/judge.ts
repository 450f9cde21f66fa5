/**
 * Is the new release worse than the old one? Both answer requests at the same time, so that a slow database or a busy
 * machine hits both and blames neither. Acts on a difference only where it is significant (always valid: look as often as
 * you like) and large enough to matter; what nobody has seen never passes.
 */
import { evidence } from './evidence.ts';

/** What one side answered: `errors` are the 5xx and the answers that broke off, part of `requests`. */
export interface Tally {
  readonly requests: number;
  readonly errors: number;
}

export interface Samples {
  readonly fresh: Tally;
  /** The same seconds on the old release; no requests where it gets none: then only `worse` counts. */
  readonly baseline: Tally;
  /** How long both were observed. */
  readonly seconds: number;
}

export interface JudgePolicy {
  /** Smallest difference of the error rates that matters, in parts of 1. */
  readonly worse: number;
  /** How often two equal releases may be told apart, over all looks together, in parts of 1. */
  readonly alpha: number;
  /** Answers of the new release before it can pass. */
  readonly requests: number;
  /** Seconds before it can pass; after the most, nothing more is waited for. */
  readonly observe: { readonly least: number; readonly most: number };
}

export interface Figures {
  readonly fresh: Tally;
  readonly baseline: Tally;
  readonly seconds: number;
  /** New rate minus old rate, in parts of 1. */
  readonly difference: number;
  /** Two equal releases would ever differ by so much with this probability at most, however often one looks. */
  readonly chance: number;
}

export interface Verdict {
  /** `inconclusive`: can't be told yet, or (`overdue`) in the time allowed; `error`: there was nothing to judge by. */
  readonly kind: 'pass' | 'fail' | 'inconclusive' | 'error';
  readonly because: string;
  readonly figures?: Figures;
  /** The time allowed has run out. */
  readonly overdue?: boolean;
}

/** @param samples undefined where they couldn't be read: an error, which is never a pass */
export function judge(samples: Samples | undefined, policy: JudgePolicy): Verdict {
  if (samples === undefined) return { kind: 'error', because: 'the counters could not be read' };
  const figures = compare(samples, policy.worse);
  if (isWorse(figures, policy)) return { kind: 'fail', because: worseText(figures), figures };
  const missing = whatIsMissing(figures, policy);
  if (missing === undefined) return { kind: 'pass', because: fineText(figures), figures };
  return { kind: 'inconclusive', because: missing, figures, overdue: samples.seconds >= policy.observe.most };
}

function compare({ fresh, baseline, seconds }: Samples, worse: number): Figures {
  const difference = rate(fresh) - rate(baseline);
  return { fresh, baseline, seconds, difference, chance: chanceOf(fresh, baseline, worse) };
}

/**
 * Of two equal releases each error falls on the new one as often as a request does: only who made the errors is compared,
 * so their common rate needn't be known. Where nothing stands beside it, its rate is compared with what matters.
 * @see M. Lindon, C. Sanden, V. Shirikian, "Rapid regression detection in software deployments through sequential
 *   testing", KDD 2022
 */
function chanceOf(fresh: Tally, baseline: Tally, worse: number): number {
  if (fresh.requests === 0) return 1;
  const wealth =
    baseline.requests === 0
      ? evidence({ hits: fresh.errors, trials: fresh.requests }, worse)
      : evidence(
          { hits: fresh.errors, trials: fresh.errors + baseline.errors },
          fresh.requests / (fresh.requests + baseline.requests),
        );
  return Math.min(1, 1 / wealth);
}

function isWorse({ difference, chance }: Figures, { worse, alpha }: JudgePolicy): boolean {
  return difference > worse && chance < alpha;
}

function whatIsMissing(figures: Figures, policy: JudgePolicy): string | undefined {
  const { fresh, seconds, difference } = figures;
  if (fresh.requests < policy.requests) {
    return `${String(fresh.requests)} of the ${String(policy.requests)} requests that it takes to pass`;
  }
  if (seconds < policy.observe.least) return `observed ${seconds.toFixed(0)} s of ${String(policy.observe.least)} s`;
  if (difference > policy.worse) {
    return `errors ${shown(difference)} more than the old release's, which may still be chance`;
  }
  return undefined;
}

function worseText({ fresh, baseline, chance }: Figures): string {
  const against = baseline.requests === 0 ? 'with nothing beside it' : `against ${shown(rate(baseline))}`;
  const counts = `${fresh.errors} of ${fresh.requests}, old ${baseline.errors} of ${baseline.requests}`;
  return `errors ${shown(rate(fresh))} ${against} (${counts}; chance in at most 1 of ${oneOf(chance)})`;
}

/** Two digits: `60`, `65,000`; beyond a million nobody counts. */
function oneOf(chance: number): string {
  const times = Math.min(1e6, 1 / chance);
  return Number(times.toPrecision(2)).toLocaleString('en-US');
}

function fineText({ fresh, baseline }: Figures): string {
  const against = baseline.requests === 0 ? '' : ` against ${shown(rate(baseline))}`;
  return `errors ${shown(rate(fresh))}${against}, no difference worth acting on`;
}

function rate({ requests, errors }: Tally): number {
  return requests === 0 ? 0 : errors / requests;
}

function shown(share: number): string {
  return `${(share * 100).toFixed(Math.abs(share) < 0.0995 && share !== 0 ? 2 : 1)} %`;
}

/**
 * How high or low an error rate can be, given what was counted, in a way that stays right however often one looks.
 * A classical interval is right at one moment chosen beforehand: looked at every second, it cries wolf sooner or later.
 */

/** Parts of 1. */
export interface Bounds {
  readonly lower: number;
  readonly upper: number;
}

/** Of Beta(1/2, 1/2), the mixture over all rates: the one that costs least where the true rate is near 0. */
const PRIOR = 0.5;
const HALVINGS = 60;

/**
 * All rates p whose wealth, the mixture's likelihood over p's, has stayed below 1/alpha. Where p is the true rate the
 * wealth is a martingale that starts at 1, so by Ville's inequality it ever reaches 1/alpha with probability alpha at
 * most: the true rate is inside at all times together, with probability 1 - alpha.
 * @see H. Robbins, "Statistical methods related to the law of the iterated logarithm", Ann. Math. Statist. 41 (1970)
 * @see S. Howard, A. Ramdas, J. McAuliffe, J. Sekhon, "Time-uniform, nonparametric, nonasymptotic confidence
 *   sequences", Ann. Statist. 49 (2021), the beta-binomial mixture
 */
export function confidenceSequence(
  tally: { readonly requests: number; readonly errors: number },
  alpha: number,
): Bounds {
  const { requests, errors } = tally;
  if (requests === 0) return { lower: 0, upper: 1 };
  const mixture = lnBeta(PRIOR + errors, PRIOR + requests - errors) - lnBeta(PRIOR, PRIOR);
  const limit = -Math.log(alpha);
  const inside = (rate: number): boolean => mixture - lnLikelihood(rate, tally) < limit;
  const middle = errors / requests;
  return {
    lower: errors === 0 ? 0 : edge({ outside: 0, inside: middle }, inside),
    upper: errors === requests ? 1 : edge({ outside: 1, inside: middle }, inside),
  };
}

/** Where a set that holds `inside` and not `outside` ends, by halving. */
function edge(start: { readonly outside: number; readonly inside: number }, holds: (rate: number) => boolean): number {
  let { outside, inside } = start;
  for (let i = 0; i < HALVINGS; i += 1) {
    const middle = (outside + inside) / 2;
    if (holds(middle)) inside = middle;
    else outside = middle;
  }
  return outside;
}

function lnLikelihood(rate: number, { requests, errors }: { requests: number; errors: number }): number {
  const part = (count: number, probability: number): number => (count === 0 ? 0 : count * Math.log(probability));
  return part(errors, rate) + part(requests - errors, 1 - rate);
}

function lnBeta(a: number, b: number): number {
  return lnGamma(a) + lnGamma(b) - lnGamma(a + b);
}

/** Stirling's series after shifting the argument above 10: good to 1e-12 for what is needed here. */
function lnGamma(x: number): number {
  let shift = 0;
  let z = x;
  for (; z < 10; z += 1) shift += Math.log(z);
  const inverse = 1 / z;
  const square = inverse * inverse;
  const series = inverse * (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square / 1680)));
  return (z - 0.5) * Math.log(z) - z + 0.5 * Math.log(2 * Math.PI) + series - shift;
}

/**
 * How much more likely counts are under some other rate than under the expected one, in a way that stays right however
 * often one looks. A classical test is right at one moment chosen beforehand: looked at every second, it cries wolf.
 */

/** Of Beta(1/2, 1/2), the mixture over all rates: the one that costs least where the true rate is near 0 or 1. */
const PRIOR = 0.5;

/**
 * The mixture's likelihood over the expected rate's. Where the expected rate is the true one this is a martingale that
 * starts at 1, so by Ville's inequality it ever reaches 1/alpha with probability alpha at most, over all looks together.
 * @param expected in parts of 1, neither 0 nor 1
 * @see H. Robbins, "Statistical methods related to the law of the iterated logarithm", Ann. Math. Statist. 41 (1970)
 * @see M. Lindon, A. Malek, "Anytime-valid inference for multinomial count data", NeurIPS 2022
 */
export function evidence(counts: { readonly hits: number; readonly trials: number }, expected: number): number {
  const { hits, trials } = counts;
  const mixture = lnBeta(PRIOR + hits, PRIOR + trials - hits) - lnBeta(PRIOR, PRIOR);
  const likelihood = hits * Math.log(expected) + (trials - hits) * Math.log(1 - expected);
  return Math.exp(mixture - likelihood);
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

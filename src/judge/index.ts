/** Verdicts from samples. Used by rollout; pure, so a verdict can be repeated from its figures. */
export { judge, type Figures, type JudgePolicy, type Samples, type Tally, type Verdict } from './judge.ts';

/** rollout: what moves the traffic between slots, and back. What flows and the faces may see. */
export { decide, reachedStep, startRollout, type RolloutAction } from './decide.ts';
export { drainSlot, shiftTraffic, type RolloutResult, type RolloutTools } from './shift-traffic.ts';
export { moveAll } from './move-all.ts';
export { planRollout, type RolloutPlan, type RolloutPolicy } from './plan-rollout.ts';
export { rolloutStart, unfinishedRollout } from './journal.ts';
export type { RolloutEvent } from './events.ts';
export type { Router, RouterView, Shares, SlotCounters, SlotView } from './ports.ts';

/** rollout: what moves the traffic between slots, and back. What flows and the faces may see. */
export {
  decide,
  reachedStep,
  startRollout,
  type Decision,
  type Observation,
  type RolloutAction,
  type RolloutState,
} from './decide.ts';
export { drainSlot, shiftTraffic, type RolloutResult, type RolloutTools } from './shift-traffic.ts';
export { moveAll } from './move-all.ts';
export {
  planRollout,
  type RolloutFacts,
  type RolloutPlan,
  type RolloutPolicy,
  type RolloutStep,
} from './plan-rollout.ts';
export { unfinishedRollout } from './journal.ts';
export type { RolloutEvent } from './events.ts';
export type { Router, RouterView, Shares, SlotCounters, SlotView } from './ports.ts';

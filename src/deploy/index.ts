/** deploy: from an image and a bundle to a release that answers in a free slot. What other steps may see. */
export { applyDeploy, DEPLOY, type DeployTools } from './apply-deploy.ts';
export { checkRelease } from './check-release.ts';
export { planDeploy, type DeployFacts, type DeployPlan, type DeployWish } from './plan-deploy.ts';
export { readTables } from './read-tables.ts';
export { readTargetState, releaseIn, SLOTS, withRelease, withSlot, type Release, type TargetState } from './state.ts';
export type { DeployEvent } from './events.ts';
export type {
  Foundation,
  Instance,
  Page,
  SlotRelease,
  Target,
  TargetContents,
  TargetRemoval,
  Wiki,
  Work,
  WorkResult,
} from './ports.ts';

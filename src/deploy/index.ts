/** deploy: from an image and a bundle to a release that answers in a free slot. What other steps may see. */
export { applyDeploy } from './apply-deploy.ts';
export { makeWiki } from './maintain-wiki.ts';
export { planDeploy, type DeployPlan, type DeployWish } from './plan-deploy.ts';
export { readTables } from './read-tables.ts';
export { readTargetState, releaseIn, SLOTS, withRelease, withSlot, type Release, type TargetState } from './state.ts';
export type { DeployEvent } from './events.ts';
export type { Foundation, Instance, Target, TargetContents, TargetRemoval, Wiki } from './ports.ts';
export { checkBase, type ImageLabels } from './check-base.ts';

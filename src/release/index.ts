/** release: the flow from a set's lock to traffic, and what looks after it. What the faces may see. */
export { deployRelease, type DeployResult } from './deploy-release.ts';
export { readStatus, type SlotStatus, type TargetStatus } from './read-status.ts';
export { rollBack, type RollbackResult } from './roll-back.ts';
export { takeDown } from './take-down.ts';
export type { FlowEvent, ReleaseEvent } from './events.ts';
export type { FlowContext, MadeImage, ReleaseTools, TargetTools } from './tools.ts';

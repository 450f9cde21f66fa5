/** release: the flow from a set's lock to traffic, and what looks after it. What the faces may see. */
export { addWiki, type AddedWiki, type AddWikiRequest } from './add-wiki.ts';
export { checkWikis, type WikiCheck } from './check-wikis.ts';
export { deployRelease, type DeployResult } from './deploy-release.ts';
export { readStatus, type SlotStatus, type TargetStatus } from './read-status.ts';
export { rollBack, type RollbackResult } from './roll-back.ts';
export { takeDown } from './take-down.ts';
export type { FlowEvent, ReleaseEvent } from './events.ts';
export type { FlowContext, MadeImage, ReleaseTools, TargetTools } from './tools.ts';

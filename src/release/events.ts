/** What happens in the flow itself; the steps that it calls tell their own. */
import type { BuildEvent } from '../build/index.ts';
import type { ConfigEvent } from '../config/index.ts';
import type { DeployEvent } from '../deploy/index.ts';
import type { ResolveEvent } from '../resolve/index.ts';
import type { RolloutEvent } from '../rollout/index.ts';

export type ReleaseEvent =
  | { readonly code: 'release/unfinished-found'; readonly release: number; readonly then: 'resumed' | 'rolled-back' }
  | { readonly code: 'release/marked-bad'; readonly release: number; readonly because: string };

export type FlowEvent = ReleaseEvent | BuildEvent | ConfigEvent | DeployEvent | ResolveEvent | RolloutEvent;

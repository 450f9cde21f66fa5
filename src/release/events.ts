/** What happens in the flow itself; the steps that it calls tell their own. */
import type { BuildEvent } from '../build/index.ts';
import type { ConfigEvent, RefusedConfig, WikiPlan } from '../config/index.ts';
import type { DeployEvent } from '../deploy/index.ts';
import type { Diagnostic } from '../kernel/diagnostic.ts';
import type { ResolveEvent } from '../resolve/index.ts';
import type { RolloutEvent } from '../rollout/index.ts';

export type ReleaseEvent =
  | { readonly code: 'wiki/planned'; readonly plan: WikiPlan }
  | { readonly code: 'wiki/written'; readonly files: readonly string[] }
  | { readonly code: 'wiki/making'; readonly wiki: string }
  | { readonly code: 'wiki/put-back'; readonly files: readonly string[] }
  | {
      readonly code: 'wiki/left';
      readonly files: readonly string[];
      /** Why its lines stay: an instance has them, nobody can say whether one has, or somebody changed the file since. */
      readonly because: 'served' | 'unknown' | 'changed-since';
    }
  | { readonly code: 'wiki/made'; readonly wiki: string; readonly ms: number }
  | { readonly code: 'release/unfinished-found'; readonly release: number; readonly then: 'resumed' | 'rolled-back' }
  | ({
      /** By the code that is gone back to. */
      readonly code: 'release/config-refused';
      readonly release: number;
    } & RefusedConfig)
  | {
      /** What goes along with it: see KeptConfig. */
      readonly code: 'release/config-chosen';
      readonly release: number;
      readonly slot: string;
      readonly bundle: string;
      readonly choice: 'kept' | 'older' | 'pair';
      readonly commit?: string;
    }
  | {
      /** What a deploy brings would not go along if its code were rolled back to that release. */
      readonly code: 'release/config-one-way';
      readonly release: number;
      readonly bundle: string;
      readonly because: Diagnostic;
    }
  | { readonly code: 'release/marked-bad'; readonly release: number; readonly because: string };

export type FlowEvent = ReleaseEvent | BuildEvent | ConfigEvent | DeployEvent | ResolveEvent | RolloutEvent;

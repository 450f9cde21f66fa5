/** What happens while a release is made ready, before any user sees it. */
import type { DeployPlan } from './plan-deploy.ts';

export type DeployEvent =
  | { readonly code: 'deploy/prepared'; readonly changed: readonly string[]; readonly ms: number }
  | { readonly code: 'deploy/planned'; readonly plan: DeployPlan }
  | { readonly code: 'deploy/installed'; readonly ms: number }
  | { readonly code: 'deploy/tables-updated'; readonly because: string; readonly ms: number }
  | { readonly code: 'deploy/tables-kept'; readonly because: string }
  | {
      readonly code: 'deploy/instances-started';
      readonly slot: string;
      readonly instances: number;
      readonly ms: number;
    }
  | { readonly code: 'deploy/instance-warmed'; readonly instance: string; readonly pages: number; readonly ms: number }
  | { readonly code: 'deploy/check-passed'; readonly check: string; readonly slot: string; readonly ms: number }
  | { readonly code: 'deploy/check-failed'; readonly check: string; readonly slot: string; readonly because: string }
  | { readonly code: 'deploy/release-bad'; readonly release: number; readonly because: string }
  | { readonly code: 'deploy/slot-stopped'; readonly slot: string };

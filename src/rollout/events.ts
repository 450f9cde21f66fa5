/** What happens while the traffic moves. */
import type { PastAct } from '../config/index.ts';
import type { Figures } from '../judge/index.ts';
import type { RolloutPlan } from './plan-rollout.ts';
import type { Shares } from './ports.ts';

export type RolloutEvent =
  | { readonly code: 'rollout/planned'; readonly plan: RolloutPlan }
  | { readonly code: 'rollout/resumed'; readonly release: number; readonly share: number }
  | { readonly code: 'rollout/shares-set'; readonly shares: Shares; readonly because: string; readonly ms: number }
  | { readonly code: 'rollout/shares-refused'; readonly shares: Shares; readonly because: string }
  | {
      /** A push, its canaries or a config rollback came while the release is judged: both releases have it. */
      readonly code: 'rollout/config-changed';
      readonly release: number;
      readonly share: number;
      readonly act: PastAct;
    }
  | {
      /** Once a second. */
      readonly code: 'rollout/observed';
      readonly to: string;
      readonly share: number;
      readonly seconds: number;
      readonly mostSeconds: number;
      readonly figures?: Figures;
      readonly meanMs: Readonly<Record<string, number | undefined>>;
      readonly because: string;
    }
  | {
      readonly code: 'rollout/step-passed';
      readonly share: number;
      readonly because: string;
      readonly figures?: Figures;
    }
  | {
      readonly code: 'rollout/ended';
      readonly outcome: 'live' | 'rolled-back' | 'held';
      readonly release: number;
      readonly because: string;
      /** From the verdict to the old release having all traffic again. */
      readonly wayBackMs?: number;
    }
  | { readonly code: 'rollout/drained'; readonly slot: string; readonly ms: number };

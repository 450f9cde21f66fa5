/** What happens while bundles are made, checked and put live. */
import type { Diagnostic } from '../kernel/diagnostic.ts';

export type ConfigEvent =
  | {
      readonly code: 'config/staged';
      readonly bundle: string;
      readonly state: 'staged' | 'present';
      readonly files: number;
      readonly bytes: number;
      readonly ms: number;
    }
  | {
      readonly code: 'config/checked';
      readonly bundle: string;
      readonly image: string;
      readonly settings: number;
      readonly ms: number;
    }
  | { readonly code: 'config/warned'; readonly diagnostic: Diagnostic }
  | { readonly code: 'config/pointed'; readonly slot: string; readonly from: string | undefined; readonly to: string }
  | {
      readonly code: 'config/confirmed';
      readonly slot: string;
      readonly bundle: string;
      readonly instances: number;
      readonly ms: number;
    }
  | { readonly code: 'config/went-back'; readonly slots: readonly string[]; readonly because: string }
  | { readonly code: 'config/retired'; readonly slot: string; readonly bundles: number }
  | { readonly code: 'config/pruned'; readonly bundles: number };

/** What happens while bundles are made, checked and put live. */
import type { Diagnostic } from '../kernel/diagnostic.ts';
import type { SlotInstances } from './ports.ts';
import type { SoakSample } from './push/judge-canaries.ts';

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
      /** PHP files, all of which compile. */
      readonly files: number;
      /** Settings of settings.yaml that MediaWiki or an extension declares, with the right types. */
      readonly known: number;
      /** Effective settings, and of how many wikis. */
      readonly settings: number;
      readonly evaluations: number;
      readonly ms: number;
    }
  | {
      readonly code: 'config/evaluating';
      readonly bundle: string;
      readonly image: string;
      readonly done: number;
      /** Wikis; undefined where the bundle says it. */
      readonly of: number | undefined;
    }
  | { readonly code: 'config/warned'; readonly diagnostic: Diagnostic }
  | { readonly code: 'config/pointed'; readonly slot: string; readonly from: string | undefined; readonly to: string }
  | {
      readonly code: 'config/confirmed';
      readonly slot: string;
      readonly bundle: string;
      /** That answer the bundle, of those that were asked. */
      readonly instances: number;
      readonly of: number;
      readonly ms: number;
    }
  | {
      readonly code: 'config/canaries-active';
      readonly bundle: string;
      readonly canaries: readonly SlotInstances[];
      readonly soakSeconds: number;
    }
  | ({ readonly code: 'config/soaking'; readonly seconds: number; readonly of: number } & SoakSample)
  | { readonly code: 'config/soaked'; readonly bundle: string; readonly because: string; readonly ms: number }
  | {
      readonly code: 'config/set-aside';
      readonly slot: string;
      readonly instances: readonly string[];
      readonly because: string;
    }
  | { readonly code: 'config/brought-back'; readonly slot: string; readonly instances: readonly string[] }
  | { readonly code: 'config/went-back'; readonly slots: readonly string[]; readonly because: string }
  | { readonly code: 'config/retired'; readonly slot: string; readonly bundles: number }
  | { readonly code: 'config/pruned'; readonly bundles: number };

/** What happens during a build, as data. */
import type { LocalisationEvent } from './localisation/localisation-events.ts';
import type { PublishEvent } from './publish/events.ts';
import type { RuntimeEvent } from './runtimes/events.ts';
import type { SupplyEvent } from './supply/events.ts';
import type { StepsEvent } from './steps-events.ts';

export type BuildEvent =
  | RuntimeEvent
  | PublishEvent
  | LocalisationEvent
  | StepsEvent
  | { readonly code: 'build/base-started'; readonly debian: string }
  | { readonly code: 'build/base-progress'; readonly text: string }
  | { readonly code: 'build/base-made'; readonly debian: string; readonly bytes: number; readonly ms: number }
  | { readonly code: 'build/runtime-started'; readonly runtime: string; readonly because: string }
  | { readonly code: 'build/runtime-progress'; readonly runtime: string; readonly text: string }
  | { readonly code: 'build/runtime-made'; readonly runtime: string; readonly bytes: number; readonly ms: number }
  | { readonly code: 'build/runtime-reused'; readonly runtime: string; readonly bytes: number }
  | { readonly code: 'build/runtime-taken'; readonly runtime: string; readonly bytes: number; readonly ms: number }
  | { readonly code: 'build/layer-made'; readonly layer: string; readonly bytes: number; readonly ms: number }
  | { readonly code: 'build/layer-reused'; readonly layer: string; readonly bytes: number }
  | { readonly code: 'build/output-written'; readonly kind: string; readonly path: string }
  | {
      readonly code: 'build/layers-cut';
      readonly file: string;
      readonly change: 'first' | 'delta' | 'squash';
      readonly because: string;
    }
  | {
      readonly code: 'build/entry-skipped';
      readonly component: string;
      readonly path: string;
      readonly because: string;
    }
  | { readonly code: 'build/sending'; readonly sentBytes: number; readonly totalBytes: number }
  | { readonly code: 'build/unpacking'; readonly layer: number; readonly layers: number }
  | { readonly code: 'build/partial-load-refused'; readonly because: string }
  | { readonly code: 'build/image-sent'; readonly sentBytes: number; readonly layers: number; readonly ms: number }
  | { readonly code: 'build/image-there'; readonly imageId: string }
  | SupplyEvent;

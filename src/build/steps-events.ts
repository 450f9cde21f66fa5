/** What happens while build steps run. */
import type { Severity } from '../kernel/build-steps.ts';

export type StepsEvent =
  | {
      readonly code: 'build/step-started';
      readonly component: string;
      readonly step: string;
      readonly because: string;
    }
  | { readonly code: 'build/step-progress'; readonly component: string; readonly step: string; readonly text: string }
  | {
      readonly code: 'build/step-made';
      readonly component: string;
      readonly step: string;
      readonly files: number;
      readonly bytes: number;
      readonly ms: number;
      /** `node 18.20.4`, ... */
      readonly tools: readonly string[];
    }
  | {
      readonly code: 'build/step-reused';
      readonly component: string;
      readonly step: string;
      readonly files: number;
      readonly bytes: number;
    }
  /** Committed inside an output folder, and not made by the step: the image keeps it. */
  | { readonly code: 'build/step-left-stale'; readonly component: string; readonly step: string; readonly path: string }
  /** What npm's registry knows of the packages of a component's package-lock.json. */
  | {
      readonly code: 'build/audit-found';
      readonly component: string;
      readonly package: string;
      readonly versions: readonly string[];
      readonly severity: Severity;
      readonly title: string;
      readonly url: string;
    }
  | { readonly code: 'build/audit-done'; readonly component: string; readonly packages: number; readonly found: number }
  | { readonly code: 'build/audit-not-done'; readonly component: string; readonly because: string }
  /** A pipeline of another tool, which mwpipe knows and does not run. */
  | { readonly code: 'build/foreign-pipeline'; readonly component: string; readonly file: string };

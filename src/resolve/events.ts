/** What happens while a set is resolved. */
import type { PatchStatus } from './ports.ts';

export type ResolveEvent =
  | { readonly code: 'resolve/set-read'; readonly set: string; readonly components: number }
  | {
      readonly code: 'resolve/ref-chosen';
      readonly component: string;
      readonly ref: string;
      readonly commit: string;
      readonly fallback?: string;
    }
  | {
      readonly code: 'resolve/component-read';
      readonly component: string;
      readonly tree: string;
      readonly done: number;
      readonly of: number;
    }
  | {
      readonly code: 'resolve/patch-taken';
      readonly component: string;
      readonly from: string;
      readonly tree: string;
      readonly changed: boolean;
    }
  | { readonly code: 'resolve/lock-written'; readonly file: string; readonly changes: number }
  /** Everybody on this machine can read the private patch tree. */
  | { readonly code: 'resolve/security-tree-open'; readonly folder: string }
  /** On top of the patch tree are folders that are named like no version. */
  | { readonly code: 'resolve/security-folders-ignored'; readonly folder: string; readonly count: number }
  /** What became of one security patch: whose it is and its place, never what it is. */
  | {
      readonly code: 'resolve/security-patch-tried';
      readonly set: string;
      readonly branch?: string;
      readonly component?: string;
      readonly submodule?: string;
      readonly number: number;
      readonly status: PatchStatus;
      readonly because?: string;
      readonly moved?: true;
    }
  /** The lock with embargoed patches; `exposed` where git would take it into a commit. */
  | { readonly code: 'resolve/private-lock-written'; readonly file: string; readonly exposed: boolean };

/** What happens while a set is resolved. */
import type { GcAction } from './cache/plan-gc.ts';
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
      /** Its commit is here. */
      readonly code: 'resolve/component-fetched';
      readonly component: string;
      readonly done: number;
      readonly of: number;
      /** The last few that are still to come. */
      readonly waiting: readonly string[];
    }
  | {
      readonly code: 'resolve/submodule-read';
      readonly component: string;
      readonly path: string;
      readonly commit: string;
    }
  | {
      readonly code: 'resolve/patch-taken';
      readonly component: string;
      readonly from: string;
      readonly tree: string;
      readonly changed: boolean;
    }
  | {
      /** Hard requirements go in a circle: each of these requires the next, the last one the first. */
      readonly code: 'resolve/requires-cycle';
      readonly components: readonly string[];
    }
  | { readonly code: 'resolve/set-written'; readonly set: string; readonly components: number }
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
  | { readonly code: 'resolve/private-lock-written'; readonly file: string; readonly exposed: boolean }
  | {
      /** The commits between two locks, or the refs of now, are known for one component more. */
      readonly code: 'resolve/history-read' | 'resolve/remote-asked';
      readonly component: string;
      readonly done: number;
      readonly of: number;
    }
  | ChangeEvent;

/** What happens while the graph of a set is read. */
export type GraphEvent =
  | {
      readonly code: 'resolve/code-read';
      readonly component: string;
      readonly files: number;
      readonly done: number;
      readonly of: number;
    }
  /** The graph lacks what it says. */
  | {
      readonly code: 'resolve/file-skipped';
      readonly component: string;
      readonly file: string;
      readonly because: string;
    }
  /** Components that require each other: none of them can be had alone. */
  | { readonly code: 'resolve/hard-cycle'; readonly components: readonly string[] };

/** Of changes under review. Subjects are left out where a change is private. */
type ChangeEvent =
  | {
      readonly code: 'resolve/change-noted';
      readonly change: number;
      readonly patchset: number;
      readonly project: string;
      /** What is worth knowing of it; `left-out`, `merged` and `contained` ones are not applied. */
      readonly note: ChangeNote;
      readonly detail: string;
    }
  | {
      readonly code: 'resolve/change-applied';
      readonly component: string;
      readonly change: number;
      readonly patchset: number;
      readonly subject?: string;
      readonly because: string;
      readonly tree: string;
    };

export type ChangeNote =
  | 'left-out'
  | 'merged'
  | 'contained'
  | 'newer-patchset'
  | 'other-branch'
  | 'private'
  | 'work-in-progress'
  | 'abandoned'
  | 'not-mergeable'
  | 'unread-footer'
  | 'submodule-moved';

/** What happens while the cache is tended. */
export type CacheEvent =
  | {
      readonly code: 'resolve/cache-tidied';
      /** Url of a mirror, or path of a leftover. */
      readonly what: string;
      readonly kind: GcAction['kind'];
      /** Freed. */
      readonly bytes: number;
    }
  | { readonly code: 'resolve/cache-checked'; readonly what: string; readonly done: number; readonly of: number }
  | {
      readonly code: 'resolve/cache-damaged';
      /** Url of a mirror, or digest of a blob. */
      readonly what: string;
      readonly problem: string;
      readonly removed: boolean;
    };

/** What happens while a set is resolved. */
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
  | {
      /** The commits between two locks are known, for one component more. */
      readonly code: 'resolve/history-read';
      readonly component: string;
      readonly done: number;
      readonly of: number;
    }
  | { readonly code: 'resolve/lock-written'; readonly file: string; readonly changes: number };

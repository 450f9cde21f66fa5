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
  | ChangeEvent;

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

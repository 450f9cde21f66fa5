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
  | { readonly code: 'resolve/set-written'; readonly set: string; readonly components: number }
  | { readonly code: 'resolve/lock-written'; readonly file: string; readonly changes: number };

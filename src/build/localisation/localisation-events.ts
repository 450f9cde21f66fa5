/** What happens while the localisation cache is made, as data. */
export type LocalisationEvent =
  | { readonly code: 'build/localisation-reused'; readonly languages: number }
  | {
      readonly code: 'build/localisation-started';
      readonly languages: number;
      readonly first: string;
      readonly because: string;
    }
  | {
      readonly code: 'build/localisation-progress';
      readonly done: number;
      readonly total: number;
      readonly language: string;
    }
  | {
      readonly code: 'build/localisation-made';
      readonly languages: number;
      readonly bytes: number;
      readonly ms: number;
    }
  | { readonly code: 'build/localisation-checked'; readonly languages: readonly string[] }
  | { readonly code: 'build/localisation-differs'; readonly language: string }
  | { readonly code: 'build/localisation-input-unknown'; readonly language: string; readonly path: string };

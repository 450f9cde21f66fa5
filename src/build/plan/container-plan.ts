/** The part of an image's plan that containers carry out. */

/** What containers would make now. */
export interface ContainerPlan {
  readonly steps: readonly { readonly component: string; readonly step: string; readonly because: string }[];
  readonly languages: readonly { readonly language: string; readonly because: string }[];
}

/** What happens while documents about an image are made. */
export type SupplyEvent =
  | {
      readonly code: 'build/package-list-skipped';
      readonly component: string;
      readonly path: string;
      readonly because: string;
    }
  | { readonly code: 'build/tree-described'; readonly component: string; readonly packages: number }
  | { readonly code: 'build/runtime-described'; readonly packages: number; readonly ms: number };

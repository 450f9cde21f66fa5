/** What happens while documents about an image are made. */
export type SupplyEvent = {
  readonly code: 'build/package-list-skipped';
  readonly component: string;
  readonly path: string;
  readonly because: string;
};

/** What happens to runtimes beyond their being built, as data. */
export type RuntimeEvent =
  | {
      readonly code: 'build/runtime-differs';
      readonly runtime: string;
      readonly platform: string;
      readonly because: string;
      readonly hint: string;
    }
  | {
      readonly code: 'build/runtime-pulled';
      readonly runtime: string;
      readonly manifest: string;
      readonly bytes: number;
      readonly ms: number;
    };

/** What happens while a patch is tested, as data. */
import type { BecauseStep } from './because.ts';

export interface FailedTest {
  /** Path of the component. */
  readonly component: string;
  readonly class: string;
  readonly test: string;
  readonly message: string;
  /** Inside the component's folder, where the failure came from; absent for a crash outside it. */
  readonly file?: string;
  readonly line?: number;
}

export type TestEvent =
  | {
      readonly code: 'test/changes-read';
      readonly component: string;
      readonly base: string;
      readonly files: readonly { readonly path: string; readonly status: string; readonly lines: number }[];
      readonly uncommitted: number;
    }
  | { readonly code: 'test/index-read'; readonly components: number; readonly parsedFiles: number; readonly ms: number }
  | {
      readonly code: 'test/planned';
      /** Changed files; with none, only `--all` selects any test. */
      readonly changes: number;
      readonly selected: Readonly<Record<string, number>>;
      readonly parserTests: readonly string[];
      readonly total: number;
      /** Test classes that were followed by what they executed when they were recorded. */
      readonly recorded: number;
      readonly wider: readonly string[];
      readonly because: readonly { readonly test: string; readonly because: readonly BecauseStep[] }[];
    }
  | {
      /** A kept run is about to be done again. */
      readonly code: 'test/run-read';
      readonly component: string;
      readonly base: string;
      readonly shards: number;
      /** When it was done first, as ISO 8601. */
      readonly started: string;
    }
  | { readonly code: 'test/image-ready'; readonly imageId: string; readonly ms: number }
  | { readonly code: 'test/snapshot-made'; readonly bytes: number; readonly ms: number }
  | { readonly code: 'test/snapshot-reused'; readonly bytes: number }
  | { readonly code: 'test/shard-started'; readonly shard: string; readonly classes: number }
  | { readonly code: 'test/shard-progressed'; readonly shard: string; readonly done: number; readonly tests: number }
  | { readonly code: 'test/test-failed'; readonly shard: string; readonly failed: FailedTest }
  | {
      readonly code: 'test/shard-finished';
      readonly shard: string;
      readonly tests: number;
      readonly failed: number;
      readonly skipped: number;
      readonly ms: number;
    }
  | {
      readonly code: 'test/gate-planned';
      /** The patched one; undefined for the set as it is locked. */
      readonly component: string | undefined;
      /** Test files. */
      readonly total: number;
      /** Whose result holds, since nothing of what they executed or may have read changed. */
      readonly passedBefore: number;
      readonly failedBefore: number;
      readonly toRun: number;
      /** Files of parser tests: they always run. */
      readonly parserTests: number;
      readonly reasons: readonly { readonly because: string; readonly tests: number }[];
    }
  | { readonly code: 'test/recorded'; readonly files: number }
  | { readonly code: 'test/parent-asked'; readonly shard: string; readonly classes: number };

/** What a run found, whole: the same facts for people, for `--json` and for the demo. */
import type { FailedTest } from './events.ts';
import type { ShardReport } from './run-shard.ts';
import { lacksExtension, type SkippedTest } from './shard-results.ts';

export interface TestReport {
  readonly run: string;
  /** Where JUnit XML, logs and lists of the run are. */
  readonly folder: string;
  readonly classes: number;
  readonly tests: number;
  readonly assertions: number;
  readonly passed: number;
  /** The patch's own: they pass without it, or aren't there. */
  readonly failed: readonly FailedTest[];
  readonly notYours: readonly FailedTest[];
  readonly skipped: number;
  /** Selected, but skipped since an extension that they need isn't in the set. */
  readonly lackingExtension: readonly SkippedTest[];
  /** Selected, but nothing in them ran. */
  readonly silent: readonly { readonly component: string; readonly class: string }[];
  readonly shards: readonly {
    readonly name: string;
    readonly classes: number;
    readonly tests: number;
    readonly failed: number;
    readonly skipped: number;
    readonly junit: readonly string[];
    readonly keptAs?: string;
    readonly ms: number;
  }[];
  readonly ms: number;
}

export function reportOf(found: {
  readonly run: string;
  readonly folder: string;
  readonly reports: readonly ShardReport[];
  readonly notYours: ReadonlySet<unknown>;
  readonly ms: number;
}): TestReport {
  const { run, folder, reports, ms } = found;
  const failures = reports.flatMap(({ failed }) => failed);
  const skipped = reports.flatMap((report) => report.skipped);
  const tests = total(reports, (report) => report.tests);
  const crashes = failures.filter(({ test }) => test.startsWith('(')).length;
  return {
    run,
    folder,
    classes: total(reports, ({ shard }) => shard.tests.length),
    tests,
    assertions: total(reports, (report) => report.assertions),
    passed: Math.max(0, tests - (failures.length - crashes) - skipped.length),
    failed: failures.filter((failed) => !found.notYours.has(failed)),
    notYours: failures.filter((failed) => found.notYours.has(failed)),
    skipped: skipped.length,
    lackingExtension: skipped.filter(lacksExtension),
    silent: reports.flatMap(({ shard, silent }) =>
      silent.map((test) => ({ component: shard.component, class: test.class })),
    ),
    shards: reports.map((report) => ({
      name: report.shard.name,
      classes: report.shard.tests.length,
      tests: report.tests,
      failed: report.failed.length,
      skipped: report.skipped.length,
      junit: report.junit,
      ...(report.keptAs === undefined ? {} : { keptAs: report.keptAs }),
      ms: report.ms,
    })),
    ms,
  };
}

function total(reports: readonly ShardReport[], of: (report: ShardReport) => number): number {
  return reports.reduce((sum, report) => sum + of(report), 0);
}

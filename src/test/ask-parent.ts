/** Whose failure is it? What failed runs again without the patch: what fails there too is not the patch's. */
import { ok, type Outcome } from '../kernel/outcome.ts';
import type { RunContext } from '../kernel/run-context.ts';
import type { Runner } from '../kernel/runner.ts';
import type { FailedTest, TestEvent } from './events.ts';
import { runShard, type ShardReport, type ShardRun } from './run-shard.ts';

/** @returns the failures of `report` that the parent has too */
export async function failuresOnParent(
  report: ShardReport,
  parent: ShardRun,
  tools: { readonly runner: Runner; readonly context: RunContext<TestEvent> },
): Promise<Outcome<ReadonlySet<FailedTest>>> {
  const classes = new Set(report.failed.map((failed) => failed.class));
  const tests = report.shard.tests.filter((test) => classes.has(test.class) || classes.has(''));
  const { name } = report.shard;
  tools.context.emit({ code: 'test/parent-asked', shard: name, classes: tests.length });
  const quiet = { ...tools.context, emit: () => undefined };
  const asked = { ...report.shard, name: `${name} on the parent`, tests };
  const again = await runShard(asked, parent, { runner: tools.runner, context: quiet });
  if (!again.ok) return again;
  const there = new Set(again.value.failed.map(identity));
  return ok(new Set(report.failed.filter((failed) => there.has(identity(failed)))));
}

function identity({ component, class: className, test }: FailedTest): string {
  return `${component} ${className}::${test}`;
}

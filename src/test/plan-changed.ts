/** `mwpipe test --changed`, its first half: read the patch, and plan what it can affect. */
import { ok, type Outcome } from '../kernel/outcome.ts';
import type { RunContext } from '../kernel/run-context.ts';
import type { Lockfile } from '../resolve/index.ts';
import type { TestEvent } from './events.ts';
import { planTests, type KnownTest, type TestPlan } from './plan-tests.ts';
import type { TestPorts } from './ports.ts';
import { readPatch, type Patch } from './read-patch.ts';
import { readComponents } from './read-set.ts';
import { recordedFacts } from './record/record-patch.ts';

export interface TestRequest {
  /** Inside the checkout. */
  readonly folder: string;
  readonly lock: Lockfile;
  readonly base?: string;
  /** Every test of the set instead of those that the patch can affect. */
  readonly all?: boolean;
}

export interface PlannedTest {
  readonly patch: Patch;
  readonly plan: TestPlan;
  /** Every test class of the set. */
  readonly tests: readonly KnownTest[];
}

type Context = RunContext<TestEvent>;

/** @returns fails as git does, and with `test/unknown-component`, `test/php-syntax`, `test/broken-registration` */
export async function planChanged(
  request: TestRequest,
  ports: TestPorts,
  context: Context,
): Promise<Outcome<PlannedTest>> {
  const quiet = { ...context, emit: () => undefined };
  const patch = await readPatch(request, ports, quiet);
  if (!patch.ok) return patch;
  context.emit(changesRead(patch.value));
  const read = { lock: request.lock, patch: patch.value };
  const components = await readComponents(read, ports, context);
  if (!components.ok) return components;
  const { component, files } = patch.value;
  const { plan, tests } = planTests({
    components: components.value,
    patched: component.path,
    changes: files,
    recorded: await recordedFacts(read, ports),
    ...(request.all === undefined ? {} : { everything: request.all }),
  });
  context.emit(planned(plan, files.length));
  return ok({ patch: patch.value, plan, tests });
}

function changesRead(patch: Patch): TestEvent {
  const lines = (ranges: readonly { from: number; to: number }[]): number =>
    ranges.reduce((sum, { from, to }) => (to < Number.MAX_SAFE_INTEGER ? sum + to - from + 1 : sum), 0);
  return {
    code: 'test/changes-read',
    component: patch.component.name,
    base: patch.base.name,
    files: patch.files.map(({ path, status, before, after }) => ({
      path,
      status,
      lines: Math.max(lines(before), lines(after)),
    })),
    uncommitted: patch.uncommitted,
  };
}

function planned(plan: TestPlan, changes: number): TestEvent {
  const selected: Record<string, number> = {};
  for (const { component } of plan.selected) selected[component] = (selected[component] ?? 0) + 1;
  return {
    code: 'test/planned',
    changes,
    selected,
    parserTests: plan.parserTests.map(({ component }) => component),
    total: plan.total,
    recorded: plan.recorded,
    wider: plan.wider,
    because: plan.selected
      .map((test) => ({ test: test.class, because: test.because }))
      .sort((a, b) => a.because.length - b.because.length),
  };
}

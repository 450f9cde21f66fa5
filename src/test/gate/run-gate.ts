/** Runs what a gate has to, keeps what it found for the next one, and says how the whole stands. */
import { digestOf } from '../../kernel/digest.ts';
import { ok, type Outcome } from '../../kernel/outcome.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import type { Lockfile } from '../../resolve/index.ts';
import type { TestEvent } from '../events.ts';
import { imageTree } from '../image-tree.ts';
import type { KnownTest } from '../plan-tests.ts';
import type { TestPorts } from '../ports.ts';
import type { PrepareRequest } from '../prepare-runs.ts';
import type { TestReport } from '../report.ts';
import { runPlanned } from '../run-planned.ts';
import type { KeptRun } from '../runs/kept-run.ts';
import type { PlannedGate } from './plan-gate.ts';

export interface GateReport {
  /** Nothing fails, of what ran and of what was taken over; with a patch, nothing that passes without it. */
  readonly passed: boolean;
  readonly ran: TestReport;
  readonly passedBefore: number;
  readonly failedBefore: readonly KnownTest[];
  /** Sampled results that didn't hold: such a test is flaky, or reads what nobody knows of. */
  readonly wrong: readonly KnownTest[];
}

interface Tools {
  readonly ports: TestPorts;
  readonly context: RunContext<TestEvent>;
}

export async function runGate(
  gate: PlannedGate,
  request: PrepareRequest & Pick<KeptRun, 'runtime' | 'layersPath'>,
  tools: Tools,
): Promise<Outcome<GateReport>> {
  const { passedBefore, failedBefore } = gate;
  const isPatch = gate.patch.files.length > 0;
  const ran = await runPlanned(gate, { ...request, record: true, askParent: isPatch }, tools);
  if (!ran.ok) return ran;
  const { failed, silent } = ran.value;
  const fails = failed.length + silent.length + (isPatch ? 0 : failedBefore.length);
  const wrong = gate.sampled.filter((test) => failsIn(ran.value, test));
  const report: GateReport = { passed: fails === 0, ran: ran.value, passedBefore, failedBefore, wrong };
  if (!isPatch) await remember(report, request.lock, tools);
  return ok(report);
}

function failsIn({ failed, notYours }: TestReport, test: KnownTest): boolean {
  return [...failed, ...notYours].some((one) => one.component === test.component && one.class === test.class);
}

/** What a deploy asks: has a gate seen just these trees, and how did it end? */
async function remember(
  { passed, ran, passedBefore, failedBefore }: GateReport,
  lock: Lockfile,
  { ports, context }: Tools,
): Promise<void> {
  const trees = lock.components.map((component) => [component.path, imageTree(component)]);
  await ports.blobs.remember(`gate/${digestOf(trees)}`, {
    schema: 'mwpipe.gate/1',
    set: lock.set,
    passed,
    ended: new Date(context.clock.now()).toISOString(),
    run: ran.run,
    ran: ran.classes,
    passedBefore,
    failedBefore: failedBefore.length,
  });
}

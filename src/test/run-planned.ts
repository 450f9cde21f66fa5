/** The second half of a test: runs a plan's shards, asks the parent of each failure, and keeps all it takes to do it again. */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { all, ok, type Outcome } from '../kernel/outcome.ts';
import type { RunContext } from '../kernel/run-context.ts';
import { failuresOnParent } from './ask-parent.ts';
import type { TestEvent } from './events.ts';
import type { PlannedTest } from './plan-changed.ts';
import { planShards, type Shard } from './plan-shards.ts';
import { stateOf } from './patch-mounts.ts';
import type { TestPorts } from './ports.ts';
import { prepareRuns, statesFolder, type Places, type PrepareRequest } from './prepare-runs.ts';
import { keepRecorded } from './record/record-patch.ts';
import { reportOf, type TestReport } from './report.ts';
import { runShard, type ShardReport } from './run-shard.ts';
import { keepRun, keepReport, type KeptRun } from './runs/kept-run.ts';

type Context = RunContext<TestEvent>;

interface Tools {
  readonly ports: TestPorts;
  readonly context: Context;
}

/** Every failure is asked of the parent; only the patch's own fail the report. */
export async function runPlanned(
  { patch, plan }: PlannedTest,
  request: PrepareRequest & Pick<KeptRun, 'runtime' | 'layersPath'>,
  tools: Tools,
): Promise<Outcome<TestReport>> {
  const at = { objects: tools.ports.objects, scratch: statesFolder(request.cache) };
  const patched = await stateOf(patch.component, patch.tree, at);
  if (!patched.ok) return patched;
  const { lock, runtime, layersPath } = request;
  const started = new Date(tools.context.clock.now()).toISOString();
  const run: KeptRun = { started, lock, runtime, layersPath, patch, patched: patched.value, shards: planShards(plan) };
  const ran = await runKept(run, request, tools);
  if (ran.ok && request.record === true) {
    await keepRecorded({ lock, patch, ...ran.value }, tools.ports, tools.context);
  }
  return ran.ok ? ok(ran.value.report) : ran;
}

interface Ran {
  readonly report: TestReport;
  readonly reports: readonly ShardReport[];
  /** Tells the runtime's image from others. */
  readonly environment: string;
}

/** Runs what was planned now, or kept by another run. */
export async function runKept(kept: KeptRun, request: PrepareRequest, tools: Tools): Promise<Outcome<Ran>> {
  const { ports, context } = tools;
  const started = context.clock.now();
  const run = `t${started.toString(36)}`;
  const folder = join(request.cache, 'runs', run);
  const { shards, patch } = kept;
  const none = { run, folder, reports: [], notYours: new Set(), ms: 0 };
  if (shards.length === 0) return ok({ report: reportOf(none), reports: [], environment: '' });
  await keepRun(folder, kept, ports.locks);
  const parent = await stateOf(patch.component, patch.base.tree, {
    objects: ports.objects,
    scratch: statesFolder(request.cache),
  });
  if (!parent.ok) return parent;
  const testing = new Set(shards.map(({ component }) => component));
  const work = { patch, patched: kept.patched, parent: parent.value, request, run, folder, testing };
  const prepared = await prepareRuns(work, ports, context);
  if (!prepared.ok) return prepared;
  const { placesOf, environment } = prepared.value;
  const asked = request.askParent === false ? runAlone : runAndAsk;
  const limit = pLimit(availableParallelism());
  const each = await settled(shards.map((shard) => limit(() => asked(shard, placesOf(shard.component), tools))));
  const done = all(each);
  if (!done.ok) return done;
  const notYours = new Set(done.value.flatMap((one) => [...one.notYours]));
  const reports = done.value.map(({ report }) => report);
  const report = reportOf({ run, folder, reports, notYours, ms: context.clock.now() - started });
  await keepReport(folder, report);
  return ok({ report, reports, environment });
}

interface Judged {
  readonly report: ShardReport;
  readonly notYours: ReadonlySet<unknown>;
}

async function runAlone(shard: Shard, { patched }: Places, { ports, context }: Tools): Promise<Outcome<Judged>> {
  const report = await runShard(shard, patched, { runner: ports.runner, context });
  return report.ok ? ok({ report: report.value, notYours: new Set() }) : report;
}

/** What failed is asked of the parent at once, while other shards run. */
async function runAndAsk(shard: Shard, places: Places, tools: Tools): Promise<Outcome<Judged>> {
  const alone = await runAlone(shard, places, tools);
  if (!alone.ok || alone.value.report.failed.length === 0) return alone;
  const { report } = alone.value;
  const { ports, context } = tools;
  const there = await failuresOnParent(report, places.parent, { runner: ports.runner, context });
  return there.ok ? ok({ report, notYours: there.value }) : there;
}

/** All, or the first that threw: but only once each has ended and removed its container. */
async function settled<T>(work: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(work);
  return Promise.all(work);
}

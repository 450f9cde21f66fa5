/**
 * `mwpipe gate`: every test of the set, those whose result still holds taken over. After a patch to one repo only what
 * that patch can change runs.
 */
import { placeOf } from '../../kernel/component-place.ts';
import { digestOf } from '../../kernel/digest.ts';
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import type { Lockfile } from '../../resolve/index.ts';
import type { TestEvent } from '../events.ts';
import { imageTree } from '../image-tree.ts';
import { lazyPhp } from '../lazy-php.ts';
import type { PlannedTest } from '../plan-changed.ts';
import { planTests, type KnownTest, type TestPlan } from '../plan-tests.ts';
import type { TestPorts } from '../ports.ts';
import { readPatch, type Patch } from '../read-patch.ts';
import { readComponents } from '../read-set.ts';
import { filesWith, mapsOf } from '../record/record-patch.ts';
import { cachedResults, type CachedResult } from './cached-results.ts';

export interface GateRequest {
  readonly lock: Lockfile;
  /** A checkout with a patch. @default the set as it is locked */
  readonly folder?: string;
  readonly base?: string;
  /** `false`: every test runs. @default true */
  readonly cached?: boolean;
  /** Of what passed before, how many in a hundred run all the same, to try the cache itself. @default 0 */
  readonly samplePercent?: number;
}

export interface PlannedGate extends PlannedTest {
  /** Test files whose result was taken over. */
  readonly passedBefore: number;
  readonly failedBefore: readonly KnownTest[];
  /** Of `plan.selected`: they passed before, with all that they execute as it is now. */
  readonly sampled: readonly KnownTest[];
}

type Context = RunContext<TestEvent>;

/** @returns fails as `planChanged` and as the test image does */
export async function planGate(
  request: GateRequest,
  ports: TestPorts,
  context: Context,
): Promise<Outcome<PlannedGate>> {
  const patch = await patchOf(request, ports, context);
  if (!patch.ok) return patch;
  const set = { lock: request.lock, patch: patch.value };
  const components = await readComponents(set, ports, context);
  if (!components.ok) return components;
  const { component, files } = patch.value;
  const facts = { components: components.value, patched: component.path, changes: files };
  const { plan, tests } = planTests({ ...facts, everything: true });
  const known = request.cached === false ? ok(new Map<string, CachedResult>()) : await resultsOf(set, ports);
  if (!known.ok) return known;
  const seed = String(context.clock.now());
  const isSample = sampler(request.samplePercent ?? 0, seed);
  const results = divide(plan, known.value, isSample);
  const gate: PlannedGate = { patch: patch.value, tests, ...results };
  context.emit(planned(gate));
  return ok(gate);
}

async function patchOf(
  { lock, folder, base }: GateRequest,
  ports: TestPorts,
  context: Context,
): Promise<Outcome<Patch>> {
  const quiet = { ...context, emit: () => undefined };
  if (folder !== undefined) return readPatch({ folder, lock, ...(base === undefined ? {} : { base }) }, ports, quiet);
  const component = lock.components.find(({ path }) => path === '');
  if (component === undefined) {
    return fail({
      code: 'test/no-core',
      message: `the lock of ${lock.set} has no core`,
      hint: `mwpipe resolve ${lock.set}`,
    });
  }
  const tree = imageTree(component);
  const at = { name: lock.set, commit: component.commit, tree };
  return ok({ root: '', component, base: at, tree, files: [], uncommitted: 0 });
}

/** Results of all wikis, against what the tests would see now. */
async function resultsOf(
  set: { readonly lock: Lockfile; readonly patch: Patch },
  ports: TestPorts,
): Promise<Outcome<ReadonlyMap<string, CachedResult>>> {
  const maps = await mapsOf(set, ports);
  if (maps.every(({ size }) => size === 0)) return ok(new Map());
  const image = await ports.testImage(set.lock);
  if (!image.ok) return image;
  await using php = lazyPhp(ports.openPhp);
  const world = await filesWith(set, set.patch.tree, ports);
  const now = { world, environment: image.value.environment };
  const each = await Promise.all(maps.map((map) => cachedResults(map, now, php.read)));
  return ok(new Map(each.flatMap((one) => [...one])));
}

const IS_NEW = 'has no result yet';
const IS_SAMPLE = 'is a sample of what passed before';
const OF_ITSELF = [IS_NEW, IS_SAMPLE];

/** Others each time. */
function sampler(percent: number, seed: string): (place: string) => boolean {
  const share = (place: string): number => Number.parseInt(digestOf([seed, place]).slice(-8), 16) / 0x1_0000_0000;
  return (place) => share(place) * 100 < percent;
}

function divide(plan: TestPlan, results: ReadonlyMap<string, CachedResult>, isSample: (place: string) => boolean) {
  const selected: TestPlan['selected'][number][] = [];
  const failedBefore: KnownTest[] = [];
  const sampled: KnownTest[] = [];
  let passedBefore = 0;
  for (const test of plan.selected) {
    const place = placeOf(test.component, test.file);
    const result = results.get(place);
    if (result?.outcome === 'passed' && isSample(place)) {
      sampled.push(test);
      selected.push({ ...test, because: [{ what: test.class, how: IS_SAMPLE }] });
    } else if (result?.outcome === 'passed') passedBefore += 1;
    else if (result?.outcome === 'failed') failedBefore.push(test);
    else selected.push({ ...test, because: [result?.because ?? { what: test.class, how: IS_NEW }] });
  }
  return {
    plan: { ...plan, selected, recorded: results.size, notRun: {}, wider: [] },
    passedBefore,
    failedBefore,
    sampled,
  };
}

function planned({ plan, patch, passedBefore, failedBefore }: PlannedGate): TestEvent {
  const reasons = new Map<string, number>();
  for (const { because } of plan.selected) {
    const [step] = because;
    const reason = step === undefined ? '' : OF_ITSELF.includes(step.how) ? step.how : `${step.what} ${step.how}`;
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  return {
    code: 'test/gate-planned',
    component: patch.files.length === 0 ? undefined : patch.component.name,
    total: plan.total,
    passedBefore,
    failedBefore: failedBefore.length,
    toRun: plan.selected.length,
    parserTests: plan.parserTests.reduce((sum, { files }) => sum + files.length, 0),
    reasons: [...reasons].map(([because, tests]) => ({ because, tests })).sort((a, b) => b.tests - a.tests),
  };
}

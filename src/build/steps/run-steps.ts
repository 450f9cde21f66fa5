/** Carries out a plan of build steps: reuses what was made, runs the rest, and gives each component's outputs as a layer. */
import pLimit from 'p-limit';
import type { Digest } from '../../kernel/digest.ts';
import { all, ok, type Outcome } from '../../kernel/outcome.ts';
import { silent, type RunContext } from '../../kernel/run-context.ts';
import type { LockedComponent, Lockfile } from '../../resolve/index.ts';
import type { BuildEvent } from '../events.ts';
import type { StoredFile } from '../layers/layer-spec.ts';
import { mountPoint } from '../layers/mount.ts';
import { ensureRuntime } from '../runtimes/runtime.ts';
import type { RuntimeName } from '../runtimes/runtime-identity.ts';
import type { StepPorts } from '../steps-ports.ts';
import { auditComponent, type Audit } from './audit.ts';
import { componentFiles } from './component-tree.ts';
import { stepKey, type PlannedStep, type StepsPlan } from './plan-steps.ts';
import { runStep, type StepRun } from './run-step.ts';
import { recallStep, rememberBasis, rememberStep, type StepFile, type StepRecord } from './step-record.ts';
import { isBelow, runtimeText, specDigest } from './step-spec.ts';
import { readTools } from './tools.ts';

interface StepsLayer {
  /** `Cite (built)` */
  readonly name: string;
  readonly component: string;
  readonly files: readonly StoredFile[];
  readonly because: string;
  /** Made from embargoed files. */
  readonly visibility?: 'private';
}

interface DoneStep {
  readonly component: string;
  readonly step: string;
  readonly key: Digest;
  readonly state: 'reused' | 'made';
  readonly because: string;
  readonly files: readonly StepFile[];
  readonly tools: Readonly<Record<string, string>>;
}

export interface StepsDone {
  /** One a component, in the order of the lock: for `storedLayer`. */
  readonly layers: readonly StepsLayer[];
  readonly steps: readonly DoneStep[];
  /** Of the components with a package-lock.json of which a step ran. */
  readonly audits: readonly Audit[];
}

export interface RunOptions {
  readonly lock: Lockfile;
  /** Leaves the container of a step that fails, for `mwpipe shell`. @default true */
  readonly keepFailed?: boolean;
}

type Context = RunContext<BuildEvent>;
const COMPONENTS_AT_ONCE = 2;

/**
 * What was made stays in the blob store, so that a killed run goes on from it.
 * @returns fails with every step that failed: `build/step-*`, and as the ports do
 */
export async function runSteps(
  plan: StepsPlan,
  options: RunOptions,
  { ports, context }: { readonly ports: StepPorts; readonly context: Context },
): Promise<Outcome<StepsDone>> {
  const running = { options, ports, context, imageOf: runtimeImages(ports, context) };
  const limit = pLimit(COMPONENTS_AT_ONCE);
  const components = [...Map.groupBy(plan.steps, ({ component }) => component).values()];
  const done = all(await Promise.all(components.map((steps) => limit(() => runComponent(steps, running)))));
  if (!done.ok) return done;
  return ok({
    layers: done.value.map(({ layer }) => layer),
    steps: done.value.flatMap(({ steps }) => steps),
    audits: done.value.flatMap(({ audit }) => audit ?? []),
  });
}

interface Running {
  readonly options: RunOptions;
  readonly ports: StepPorts;
  readonly context: Context;
  readonly imageOf: (runtime: RuntimeName) => Promise<Outcome<Digest>>;
}

/** Each runtime is made sure of once, and only where a step has to run in it: else no engine is asked. */
function runtimeImages(ports: StepPorts, context: Context): Running['imageOf'] {
  const known = new Map<string, Promise<Outcome<Digest>>>();
  const ensure = async (runtime: RuntimeName): Promise<Outcome<Digest>> => {
    const image = await ensureRuntime(runtime, ports, context);
    return image.ok ? ok(image.value.imageId) : image;
  };
  return (runtime) => {
    const asked = known.get(runtimeText(runtime)) ?? ensure(runtime);
    known.set(runtimeText(runtime), asked);
    return asked;
  };
}

interface ComponentDone {
  readonly layer: StepsLayer;
  readonly steps: readonly DoneStep[];
  readonly audit: Audit | undefined;
}

async function runComponent(steps: readonly PlannedStep[], running: Running): Promise<Outcome<ComponentDone>> {
  const audit = await auditBefore(steps, running);
  if (!audit.ok) return audit;
  const done: DoneStep[] = [];
  for (const step of steps) {
    running.context.signal.throwIfAborted();
    const one = await reuseOrRun(step, done, running);
    if (!one.ok) return one;
    done.push(one.value);
  }
  return ok({ layer: layerOf(steps, done), steps: done, audit: audit.value });
}

/** Where nothing runs nobody is asked: that a component is reused needs no network. */
async function auditBefore(
  steps: readonly PlannedStep[],
  { options, ports, context }: Running,
): Promise<Outcome<Audit | undefined>> {
  const [first] = steps;
  if (first === undefined || !steps.some(({ run }) => run)) return ok(undefined);
  const thresholds = steps.flatMap(({ spec }) => spec.audit ?? []);
  return auditComponent({ component: lockedOf(first.component, options), thresholds }, ports, context);
}

function lockedOf(component: string, { lock }: RunOptions): LockedComponent {
  const locked = lock.components.find(({ name }) => name === component);
  if (locked === undefined) throw new Error(`the plan has ${component}, the lock has not`);
  return locked;
}

async function reuseOrRun(
  step: PlannedStep,
  before: readonly DoneStep[],
  running: Running,
): Promise<Outcome<DoneStep>> {
  const { ports, context } = running;
  const key = await keyOf(step, before, running);
  if (!key.ok) return key;
  const named = { component: step.component, step: step.spec.name };
  const known = await recallStep(key.value, ports.blobs);
  if (known !== undefined) {
    context.emit({ code: 'build/step-reused', ...named, files: known.files.length, bytes: bytesOf(known) });
    return ok({ ...named, key: key.value, state: 'reused', because: step.because, ...known });
  }
  context.emit({ code: 'build/step-started', ...named, because: step.because });
  const started = context.clock.now();
  const made = await makeStep(step, before, running);
  if (!made.ok) return made;
  await rememberStep(key.value, made.value, ports.blobs);
  const tools = Object.entries(made.value.tools).map(([tool, version]) => `${tool} ${version}`);
  const [files, bytes, ms] = [made.value.files.length, bytesOf(made.value), context.clock.now() - started];
  context.emit({ code: 'build/step-made', ...named, files, bytes, ms, tools });
  return ok({ ...named, key: key.value, state: 'made', because: step.because, ...made.value });
}

function bytesOf({ files }: StepRecord): number {
  return files.reduce((total, { bytes }) => total + bytes, 0);
}

/** The plan's, where it knew the runtime. */
async function keyOf(step: PlannedStep, before: readonly DoneStep[], { imageOf }: Running): Promise<Outcome<Digest>> {
  if (step.key !== undefined) return ok(step.key);
  const image = await imageOf(step.spec.runtime);
  return image.ok ? ok(stepKey(step, { runtime: image.value, before: before.map(({ key }) => key) })) : image;
}

async function makeStep(
  step: PlannedStep,
  before: readonly DoneStep[],
  running: Running,
): Promise<Outcome<StepRecord>> {
  const { ports, context } = running;
  const run = await stepRun(
    step,
    before.flatMap((one) => one.files),
    running,
  );
  if (!run.ok) return run;
  const tools = await readTools(run.value.image, ports, context);
  if (!tools.ok) return tools;
  const files = await runStep(run.value, ports, context);
  if (!files.ok) return files;
  tellStale(run.value, files.value, context);
  const basis = { inputs: step.inputs, definition: specDigest(step.spec), runtime: run.value.image };
  await rememberBasis(`${step.component}/${step.spec.name}`, basis, ports.blobs);
  return ok({ files: files.value, tools: tools.value });
}

/** A step whatever was made before; nothing is remembered. @param made by the steps before it */
export async function runAgain(
  step: PlannedStep,
  made: readonly StepFile[],
  { options, ports, context }: Omit<Running, 'imageOf'>,
): Promise<Outcome<readonly StepFile[]>> {
  const run = await stepRun(step, made, { options, ports, context, imageOf: runtimeImages(ports, context) });
  return run.ok ? runStep(run.value, ports, context) : run;
}

/** All that one run needs, whether its outputs are kept or only compared. */
async function stepRun(
  { component, path, embargoed, spec }: PlannedStep,
  made: readonly StepFile[],
  { options, ports, context, imageOf }: Running,
): Promise<Outcome<StepRun>> {
  const image = await imageOf(spec.runtime);
  if (!image.ok) return image;
  const tracked = await componentFiles(lockedOf(component, options), ports.objects, silent(context));
  if (!tracked.ok) return tracked;
  const { keepFailed = true } = options;
  return ok({ component, path, embargoed, spec, image: image.value, tracked: tracked.value, made, keepFailed });
}

/** A layer can add and replace files here, and takes none away. */
function tellStale({ component, spec, tracked }: StepRun, files: readonly StepFile[], context: Context): void {
  const made = new Set(files.map(({ path }) => path));
  for (const { path } of tracked) {
    if (!isBelow(path, spec.outputs) || made.has(path)) continue;
    context.emit({ code: 'build/step-left-stale', component, step: spec.name, path });
  }
}

function layerOf(steps: readonly PlannedStep[], done: readonly DoneStep[]): StepsLayer {
  const { component = '', path = '', embargoed = false } = steps[0] ?? {};
  const root = mountPoint(path);
  const files = done.flatMap((one) => one.files.map((file) => ({ ...file, path: `${root}/${file.path}` })));
  const made = done.filter(({ state }) => state === 'made');
  const because = made.length === 0 ? 'made before' : made.map((one) => `${one.step}: ${one.because}`).join(', ');
  return { name: `${component} (built)`, component, files, because, ...(embargoed ? { visibility: 'private' } : {}) };
}

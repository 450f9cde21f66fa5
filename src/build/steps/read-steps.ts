/** What a plan of build steps needs to know: which steps the set and the components have, what they read, what was made. */
import pLimit from 'p-limit';
import { digestOf, type Digest } from '../../kernel/digest.ts';
import { quote, type Diagnostic } from '../../kernel/diagnostic.ts';
import { nearest } from '../../kernel/nearest.ts';
import { all, fail, ok, settle, type Outcome } from '../../kernel/outcome.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import type { LockedComponent, Lockfile } from '../../resolve/index.ts';
import { findRuntime } from '../runtimes/runtime.ts';
import type { StepsEvent } from '../steps-events.ts';
import type { StepPorts } from '../steps-ports.ts';
import { componentFiles, effectiveTrees, isEmbargoed } from './component-tree.ts';
import { readOwnSteps } from './own-steps.ts';
import { planSteps, type StepFact, type StepsFacts } from './plan-steps.ts';
import { recallBasis, recallStep } from './step-record.ts';
import { isBelow, runtimeText, stepSpec, type StepSpec } from './step-spec.ts';

export interface StepsRequest {
  readonly lock: Lockfile;
  /** `php82`: steps that name no runtime run in its test flavour. */
  readonly runtime: string;
  /** Names of components. @default all */
  readonly only?: readonly string[];
}

type Context = RunContext<StepsEvent>;
const READS_AT_ONCE = 4;

/**
 * Runs and builds nothing.
 * @returns fails with `build/unknown-component`, `build/step-no-input`, `build/step-same-output`, as `readOwnSteps`,
 * and as the ports do
 */
export async function readSteps(
  request: StepsRequest,
  ports: StepPorts,
  context: Context,
): Promise<Outcome<StepsFacts>> {
  const chosen = chosenComponents(request);
  if (!chosen.ok) return chosen;
  const limit = pLimit(READS_AT_ONCE);
  const read = chosen.value.map((component) => limit(() => readComponent(component, { request, ports, context })));
  const found = all(await Promise.all(read));
  if (!found.ok) return found;
  const steps = found.value.flat();
  const runtimes = await readRuntimes(steps, ports);
  if (!runtimes.ok) return runtimes;
  const facts = { set: request.lock.set, steps, runtimes: runtimes.value };
  return ok({ ...facts, made: await madeSteps(facts, ports) });
}

function chosenComponents({ lock, only }: StepsRequest): Outcome<readonly LockedComponent[]> {
  if (only === undefined) return ok(lock.components);
  const names = lock.components.map(({ name }) => name);
  const unknown = only
    .filter((name) => !names.includes(name))
    .map((name): Diagnostic => {
      const near = nearest(name, names);
      const hint = near === undefined ? `mwpipe sets show ${lock.set} lists them` : `did you mean ${near}?`;
      return { code: 'build/unknown-component', message: `${quote(name)} is no component of ${lock.set}`, hint };
    });
  return settle(
    lock.components.filter(({ name }) => only.includes(name)),
    unknown,
  );
}

interface Reading {
  readonly request: StepsRequest;
  readonly ports: StepPorts;
  readonly context: Context;
}

async function readComponent(component: LockedComponent, reading: Reading): Promise<Outcome<StepFact[]>> {
  const written = await writtenSteps(component, reading);
  if (!written.ok || written.value.specs.length === 0) return written.ok ? ok([]) : written;
  const { by, specs } = written.value;
  const twice = sameOutputs(component.name, specs);
  if (twice !== undefined) return fail(twice);
  const facts = specs.map(async (spec): Promise<Outcome<StepFact>> => {
    const inputs = await inputsOf(component, spec, reading);
    if (!inputs.ok) return inputs;
    const { name, path } = component;
    const last = await recallBasis(`${name}/${spec.name}`, reading.ports.blobs);
    return ok({ component: name, path, embargoed: isEmbargoed(component), by, spec, inputs: inputs.value, last });
  });
  return all(await Promise.all(facts));
}

interface Written {
  readonly by: 'set' | 'component';
  readonly specs: readonly StepSpec[];
}

/** The set's word goes before the component's. */
async function writtenSteps(
  component: LockedComponent,
  { request, ports, context }: Reading,
): Promise<Outcome<Written>> {
  const { build } = component;
  const specs = (steps: Parameters<typeof stepSpec>[0][]): StepSpec[] =>
    steps.map((step) => stepSpec(step, request.runtime));
  if (build === false) return ok({ by: 'set', specs: [] });
  if (Array.isArray(build)) return ok({ by: 'set', specs: specs(build) });
  const own = await readOwnSteps(component, { ...ports, mayUseNetwork: build?.network ?? false }, context);
  if (!own.ok) return own;
  const { foreign, steps } = own.value;
  if (foreign !== undefined) context.emit({ code: 'build/foreign-pipeline', component: component.name, file: foreign });
  return ok({ by: 'component', specs: specs([...steps]) });
}

/** Two steps that make the same file: which of the two the image had would hang on their order. */
function sameOutputs(component: string, specs: readonly StepSpec[]): Diagnostic | undefined {
  const outputs = specs.flatMap(({ name, outputs: paths }) => paths.map((path) => ({ name, path })));
  for (const [index, { name, path }] of outputs.entries()) {
    const other = outputs.slice(0, index).find((one) => isBelow(one.path, [path]) || isBelow(path, [one.path]));
    if (other === undefined) continue;
    return {
      code: 'build/step-same-output',
      message: `${component}: ${quote(path)} of step ${name} and ${quote(other.path)} of step ${other.name} are one place`,
      hint: 'give each output to one step',
    };
  }
  return undefined;
}

/** Of all that the step sees. Its whole component is told by its trees; chosen files by what they are. */
async function inputsOf(
  component: LockedComponent,
  { name, inputs }: StepSpec,
  { ports, context }: Reading,
): Promise<Outcome<Digest>> {
  if (inputs === undefined) return ok(digestOf(effectiveTrees(component).map(({ path, tree }) => ({ path, tree }))));
  const files = await componentFiles(component, ports.objects, context);
  if (!files.ok) return files;
  const missing = inputs.filter((input) => !files.value.some(({ path }) => isBelow(path, [input])));
  const seen = files.value.filter(({ path }) => isBelow(path, inputs));
  return settle(
    digestOf(seen.map(({ path, mode, oid }) => [path, mode, oid])),
    missing.map((input) => noInput(component.name, { step: name, input })),
  );
}

function noInput(component: string, { step, input }: { readonly step: string; readonly input: string }): Diagnostic {
  return {
    code: 'build/step-no-input',
    message: `${component}: step ${step} reads ${quote(input)}, and the component has no such file or folder`,
    hint: 'correct its inputs; without any it sees the whole component',
  };
}

async function readRuntimes(steps: readonly StepFact[], ports: StepPorts): Promise<Outcome<Map<string, Digest>>> {
  const found = new Map<string, Digest>();
  const wrong: Diagnostic[] = [];
  const wanted = new Map(steps.map(({ spec }) => [runtimeText(spec.runtime), spec.runtime]));
  for (const [name, runtime] of wanted) {
    const image = await findRuntime(runtime, ports);
    if (!image.ok) wrong.push(...image.diagnostics);
    else if (image.value !== undefined) found.set(name, image.value.imageId);
  }
  return settle(found, wrong);
}

/** Each step's key hangs on those before it, so that the plan itself is asked for them. */
async function madeSteps(facts: Omit<StepsFacts, 'made'>, { blobs }: StepPorts): Promise<Set<Digest>> {
  const made = new Set<Digest>();
  for (const { key } of planSteps({ ...facts, made }).steps) {
    if (key !== undefined && (await recallStep(key, blobs)) !== undefined) made.add(key);
  }
  return made;
}

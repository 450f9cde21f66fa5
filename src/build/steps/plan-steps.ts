/** Which steps run and which are reused, and why: facts in, plan out. */
import { digestOf, type Digest } from '../../kernel/digest.ts';
import type { StepBasis } from './step-record.ts';
import { runtimeText, specDigest, type StepSpec } from './step-spec.ts';

export interface StepFact {
  readonly component: string;
  /** Where the component is mounted: `extensions/Cite`. */
  readonly path: string;
  /** Something in it is embargoed. */
  readonly embargoed: boolean;
  /** Who wrote the step. */
  readonly by: 'set' | 'component';
  readonly spec: StepSpec;
  /** Of all that it sees of the component. */
  readonly inputs: Digest;
  /** What its last run here stood on. */
  readonly last: StepBasis | undefined;
}

export interface StepsFacts {
  readonly set: string;
  /** Those of one component together, in the order in which they run. */
  readonly steps: readonly StepFact[];
  /** By name (`php82/test`): the image of each runtime that the engine has. */
  readonly runtimes: ReadonlyMap<string, Digest>;
  /** Keys of the steps whose outputs are here. */
  readonly made: ReadonlySet<Digest>;
}

export interface PlannedStep extends Omit<StepFact, 'last'> {
  /** Undefined where its runtime, or that of a step before it, has to be built first. */
  readonly key?: Digest;
  readonly run: boolean;
  readonly because: string;
}

export interface StepsPlan {
  readonly version: 1;
  readonly set: string;
  readonly steps: readonly PlannedStep[];
}

/** Changes when the same step would be run or taken out otherwise. */
const STEP_FORMAT = 1;

/** Same facts, same plan. */
export function planSteps(facts: StepsFacts): StepsPlan {
  const byComponent = Map.groupBy(facts.steps, ({ component }) => component);
  return {
    version: 1,
    set: facts.set,
    steps: [...byComponent.values()].flatMap((steps) => planComponent(steps, facts)),
  };
}

/**
 * Same key, same outputs. What a step sees of the steps before it is told by their keys.
 * @param before keys of the steps of this component before it
 */
export function stepKey(
  { path, spec, inputs }: Pick<StepFact, 'path' | 'spec' | 'inputs'>,
  { runtime, before }: { readonly runtime: Digest; readonly before: readonly Digest[] },
): Digest {
  return digestOf({ format: STEP_FORMAT, path, definition: specDigest(spec), inputs, runtime, before });
}

function planComponent(steps: readonly StepFact[], facts: StepsFacts): PlannedStep[] {
  const planned: PlannedStep[] = [];
  for (const { last, ...step } of steps) {
    const runtime = facts.runtimes.get(runtimeText(step.spec.runtime));
    const before = planned.flatMap(({ key }) => key ?? []);
    const key =
      runtime === undefined || before.length < planned.length ? undefined : stepKey(step, { runtime, before });
    const run = key === undefined || !facts.made.has(key);
    const because = run ? whyRun(step, { last, runtime, earlier: planned }) : 'nothing that it reads changed';
    planned.push({ ...step, ...(key === undefined ? {} : { key }), run, because });
  }
  return planned;
}

interface Standing {
  readonly last: StepBasis | undefined;
  readonly runtime: Digest | undefined;
  readonly earlier: readonly PlannedStep[];
}

function whyRun(step: Omit<StepFact, 'last'>, { last, runtime, earlier }: Standing): string {
  const name = runtimeText(step.spec.runtime);
  if (runtime === undefined) return `its runtime ${name} has to be built`;
  if (last === undefined) return 'it never ran here';
  const changed = [
    ...(last.inputs === step.inputs
      ? []
      : [step.spec.inputs === undefined ? 'its files' : step.spec.inputs.join(', ')]),
    ...(last.definition === specDigest(step.spec) ? [] : ['its definition']),
    ...(last.runtime === runtime ? [] : [`its runtime ${name}`]),
  ];
  if (changed.length > 0) return `${changed.join(' and ')} changed`;
  const before = earlier.find(({ run }) => run);
  return before === undefined
    ? 'what it made is not in the cache any more'
    : `${before.spec.name} before it runs again`;
}

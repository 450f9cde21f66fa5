/** Runs steps a second time, and names every file that came out otherwise: what isn't the same can't be rebuilt. */
import { quote, type Diagnostic } from '../../kernel/diagnostic.ts';
import { settle, type Outcome } from '../../kernel/outcome.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import type { BuildEvent } from '../events.ts';
import type { StepPorts } from '../steps-ports.ts';
import type { PlannedStep, StepsPlan } from './plan-steps.ts';
import { runAgain, type RunOptions, type StepsDone } from './run-steps.ts';
import { stepProblem } from './step-mistakes.ts';
import type { StepFile } from './step-record.ts';

const MOST_TOLD = 10;

/**
 * Keeps nothing of the second run.
 * @param done what `runSteps` gave for this plan
 * @returns fails with `build/step-not-same` for each step, and as `runSteps` does
 */
export async function verifySteps(
  { plan, done }: { readonly plan: StepsPlan; readonly done: StepsDone },
  options: RunOptions,
  tools: { readonly ports: StepPorts; readonly context: RunContext<BuildEvent> },
): Promise<Outcome<void>> {
  const wrong: Diagnostic[] = [];
  for (const step of plan.steps) {
    const own = done.steps.filter(({ component }) => component === step.component);
    const at = own.findIndex((one) => one.step === step.spec.name);
    const before = own.slice(0, at).flatMap(({ files }) => files);
    const again = await runAgain(step, before, { options, ...tools });
    if (!again.ok) wrong.push(...again.diagnostics);
    else wrong.push(...differing(step, own[at]?.files ?? [], again.value));
  }
  return settle(undefined, wrong);
}

function differing(step: PlannedStep, first: readonly StepFile[], second: readonly StepFile[]): Diagnostic[] {
  const [before, after] = [contentsOf(first), contentsOf(second)];
  const paths = [...new Set([...first, ...second].map(({ path }) => path))].sort();
  const other = paths.filter((path) => before.get(path) !== after.get(path));
  if (other.length === 0) return [];
  const named = other.slice(0, MOST_TOLD).map((path) => {
    const how = !before.has(path) ? ' (only the second time)' : !after.has(path) ? ' (only the first time)' : '';
    return quote(path) + how;
  });
  const more = other.length > MOST_TOLD ? ` and ${other.length - MOST_TOLD} more` : '';
  return [
    stepProblem(step, {
      code: 'build/step-not-same',
      message: `made other bytes the second time: ${named.join(', ')}${more}`,
      hint: 'look for times, random names and the order of folders in it; SOURCE_DATE_EPOCH is set for programs that know it',
    }),
  ];
}

function contentsOf(files: readonly StepFile[]): ReadonlyMap<string, string> {
  return new Map(files.map(({ path, digest, executable = false }) => [path, `${digest} ${executable}`]));
}

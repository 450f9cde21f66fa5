/** `mwpipe steps`: the build steps of components, without the image around them. */
import { Command } from 'commander';
import type { BuildEvent, StepsDone, StepsPlan } from '../build/index.ts';
import { ok, type Outcome } from '../kernel/outcome.ts';
import type { ResolveEvent } from '../resolve/index.ts';
import { firstSet } from './first-set.ts';
import { plainLine } from './render/build.ts';
import { plainLine as resolveLine } from './render/resolve.ts';
import { showSteps, showStepsPlan } from './render/steps.ts';
import type { GlobalFlags, RunCommand, Tools } from './run.ts';

interface StepsFlags extends GlobalFlags {
  readonly component: readonly string[];
  readonly runtime: string;
  readonly dryRun?: boolean;
}

type Event = BuildEvent | ResolveEvent;
type Result = { readonly set: string } & ({ readonly done: StepsDone } | { readonly plan: StepsPlan });

export function stepsCommand(run: RunCommand): Command {
  return new Command('steps')
    .description('run the build steps of components: what an image has of them besides their repos')
    .argument('[set]', "name of an extension set (default: the first target's)")
    .option('--component <name>', 'this one alone (repeat for several)', collect, [])
    .option('--runtime <name>', 'a folder of images/: its test flavour runs what names no runtime', 'php82')
    .option('--dry-run', 'print the plan and stop')
    .addHelpText('after', '\nExample:\n  $ mwpipe steps demo --component Cite --dry-run')
    .action((set: string | undefined, _flags: unknown, command: Command) => {
      const flags = command.optsWithGlobals<StepsFlags>();
      return run<Event, Result>({
        flags,
        line: (event) => (isBuildEvent(event) ? plainLine(event) : resolveLine(event)),
        verb: (tools) => stepsOf(set, flags, tools),
        show: (result, facts) =>
          'done' in result ? showSteps(result.done, { ...facts, set: result.set }) : showStepsPlan(result.plan),
      });
    });
}

async function stepsOf(named: string | undefined, flags: StepsFlags, tools: Tools<Event>): Promise<Outcome<Result>> {
  const workspace = await tools.workspace();
  if (!workspace.ok) return workspace;
  const { planStepsIn, runStepsIn } = await import('../composition/steps.ts');
  const set = named ?? firstSet(workspace.value);
  const only = flags.component.length === 0 ? {} : { only: flags.component };
  const options = { set, runtime: flags.runtime, ...only };
  if (flags.dryRun === true) {
    const plan = await planStepsIn(workspace.value, options, tools.context);
    return plan.ok ? ok({ set, plan: plan.value }) : plan;
  }
  const done = await runStepsIn(workspace.value, options, tools.context);
  return done.ok ? ok({ set, done: done.value }) : done;
}

function isBuildEvent(event: Event): event is BuildEvent {
  return event.code.startsWith('build/');
}

function collect(value: string, before: readonly string[]): string[] {
  return [...before, value];
}

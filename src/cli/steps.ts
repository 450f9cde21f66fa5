/** `mwpipe steps`: the build steps of components, without the image around them. */
import { Command, Option } from 'commander';
import type { BuildEvent, StepsDone, StepsPlan, Submitted } from '../build/index.ts';
import { ok, type Outcome } from '../kernel/outcome.ts';
import type { ResolveEvent } from '../resolve/index.ts';
import { collect } from './collect.ts';
import { firstSet } from './first-set.ts';
import { plainLine } from './render/build.ts';
import { plainLine as resolveLine } from './render/resolve.ts';
import { showSteps, showStepsPlan, showSubmitted } from './render/steps.ts';
import type { GlobalFlags, RunCommand, Tools } from './run.ts';

interface StepsFlags extends GlobalFlags {
  readonly component: readonly string[];
  readonly runtime: string;
  readonly dryRun?: boolean;
  readonly verify?: boolean;
  readonly submit?: string;
  readonly branch?: string;
  readonly for?: string;
  readonly pushTo?: string;
}

type Event = BuildEvent | ResolveEvent;
type Result = { readonly set: string } & (
  { readonly done: StepsDone } | { readonly plan: StepsPlan } | { readonly submitted: Submitted }
);

export function stepsCommand(run: RunCommand): Command {
  return new Command('steps')
    .description('run the build steps of components: what an image has of them besides their repos')
    .argument('[set]', "name of an extension set (default: the first target's)")
    .option('--component <name>', 'this one alone (repeat for several)', collect, [])
    .option('--runtime <name>', 'a folder of images/: its test flavour runs what names no runtime', 'php82')
    .option('--dry-run', 'print the plan and stop; with --submit, show the commit and push nothing')
    .option('--verify', 'run each step twice, and fail where it gives other bytes')
    .option('--submit <component>', 'commit what its steps make on top of its locked commit, and push that')
    .addOption(new Option('--branch <name>', 'push to this branch').conflicts('for'))
    .option('--for <branch>', 'push for review: to refs/for/BRANCH')
    .option('--push-to <url>', "push there (default: the component's own url)")
    .addHelpText(
      'after',
      '\nExample:\n  $ mwpipe steps demo --component Cite --dry-run\n  $ mwpipe steps demo --submit Cite --for master',
    )
    .action((set: string | undefined, _flags: unknown, command: Command) => {
      const flags = command.optsWithGlobals<StepsFlags>();
      return run<Event, Result>({
        flags,
        line: (event) => (isBuildEvent(event) ? plainLine(event) : resolveLine(event)),
        verb: (tools) => stepsOf(set, flags, tools),
        show: (result, facts) => {
          if ('submitted' in result) return showSubmitted(result.submitted);
          return 'done' in result ? showSteps(result.done, { ...facts, set: result.set }) : showStepsPlan(result.plan);
        },
      });
    });
}

async function stepsOf(named: string | undefined, flags: StepsFlags, tools: Tools<Event>): Promise<Outcome<Result>> {
  const workspace = await tools.workspace();
  if (!workspace.ok) return workspace;
  const { planStepsIn, runStepsIn } = await import('../composition/steps.ts');
  const set = named ?? firstSet(workspace.value);
  if (flags.submit !== undefined) return submitted({ set, component: flags.submit }, flags, tools);
  const only = flags.component.length === 0 ? {} : { only: flags.component };
  const options = { set, runtime: flags.runtime, ...only };
  if (flags.dryRun === true) {
    const plan = await planStepsIn(workspace.value, options, tools.context);
    return plan.ok ? ok({ set, plan: plan.value }) : plan;
  }
  const done = await runStepsIn(workspace.value, { ...options, verify: flags.verify ?? false }, tools.context);
  return done.ok ? ok({ set, done: done.value }) : done;
}

async function submitted(
  { set, component }: { readonly set: string; readonly component: string },
  flags: StepsFlags,
  tools: Tools<Event>,
): Promise<Outcome<Result>> {
  const workspace = await tools.workspace();
  if (!workspace.ok) return workspace;
  const { submitIn } = await import('../composition/steps.ts');
  const to = flags.branch === undefined ? { reviewFor: flags.for ?? 'master' } : { branch: flags.branch };
  const url = flags.pushTo === undefined ? {} : { url: flags.pushTo };
  const options = { set, component, runtime: flags.runtime, to, dryRun: flags.dryRun ?? false, ...url };
  const done = await submitIn(workspace.value, options, tools.context);
  return done.ok ? ok({ set, submitted: done.value }) : done;
}

function isBuildEvent(event: Event): event is BuildEvent {
  return event.code.startsWith('build/');
}

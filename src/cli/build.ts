/** `mwpipe build`: a lockfile to an image in the engine. */
import { Command } from 'commander';
import type { BuildEvent, BuiltImage, ImagePlan } from '../build/index.ts';
import { ok, type Outcome } from '../kernel/outcome.ts';
import type { ResolveEvent } from '../resolve/index.ts';
import { firstSet } from './first-set.ts';
import { plainLine, showBuilt, showPlan } from './render/build.ts';
import { plainLine as resolveLine } from './render/resolve.ts';
import { patchSource } from './resolve.ts';
import type { GlobalFlags, RunCommand, Tools } from './run.ts';

interface BuildFlags extends GlobalFlags {
  readonly with: readonly string[];
  readonly flavour: string;
  readonly runtime: string;
  readonly dryRun?: boolean;
  readonly frozen?: boolean;
}

type Event = BuildEvent | ResolveEvent;
type Result = { readonly built: BuiltImage } | { readonly plan: ImagePlan };

export function buildCommand(run: RunCommand): Command {
  return new Command('build')
    .description('make the image of an extension set, layer by layer from git, and send the engine what it lacks')
    .argument('[set]', "name of an extension set (default: the first target's)")
    .option('--with <checkout>', 'put a checkout on top, DIR or NAME=DIR (repeat for several)', collect, [])
    .option('--flavour <name>', 'one of the runtime: web, cli, debug with Xdebug, test with PHPUnit', 'web')
    .option('--runtime <name>', 'a folder of images/', 'php82')
    .option('--frozen', 'refuse a runtime that is not the pinned one, as CI should')
    .option('--dry-run', 'print the plan and stop')
    .addHelpText('after', '\nExample:\n  $ mwpipe build demo --with ~/src/Cite --dry-run')
    .action((set: string | undefined, _flags: unknown, command: Command) => {
      const flags = command.optsWithGlobals<BuildFlags>();
      return run<Event, Result>({
        flags,
        line: (event) => (isBuildEvent(event) ? plainLine(event) : resolveLine(event)),
        verb: (tools) => buildWith(set, flags, tools),
        show: (result, facts) => ('built' in result ? showBuilt(result.built, facts) : showPlan(result.plan)),
      });
    });
}

async function buildWith(set: string | undefined, flags: BuildFlags, tools: Tools<Event>): Promise<Outcome<Result>> {
  const workspace = await tools.workspace();
  if (!workspace.ok) return workspace;
  const { buildIn, planIn } = await import('../composition/build.ts');
  const { runtime, flavour } = flags;
  const patches = flags.with.map((checkout) => patchSource(checkout, tools.cwd));
  const frozen = flags.frozen === true;
  const options = { set: set ?? firstSet(workspace.value), runtime, flavour, patches, frozen };
  if (flags.dryRun === true) {
    const plan = await planIn(workspace.value, options, tools.context);
    return plan.ok ? ok({ plan: plan.value }) : plan;
  }
  const built = await buildIn(workspace.value, options, tools.context);
  return built.ok ? ok({ built: built.value }) : built;
}

function isBuildEvent(event: Event): event is BuildEvent {
  return event.code.startsWith('build/');
}

function collect(value: string, before: readonly string[]): string[] {
  return [...before, value];
}

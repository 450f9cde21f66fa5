/** `mwpipe runtime`: the base images of `images/`: look, build, pin, and ask what the archive has newer. */
import { availableParallelism } from 'node:os';
import { Command, Option } from 'commander';
import type { BuildEvent } from '../build/index.ts';
import type { RuntimeOptions } from '../composition/runtime.ts';
import type { Outcome } from '../kernel/outcome.ts';
import type { Workspace } from '../kernel/workspace.ts';
import { plainLine } from './render/build.ts';
import { showBuiltRuntimes, showLocked, showOutdatedRuntimes, showRuntimes } from './render/runtime.ts';
import type { GlobalFlags, MakeCommand, RunCommand, Shown, Tools } from './run.ts';
import { wholeNumber } from './whole-number.ts';

interface RuntimeFlags extends GlobalFlags {
  readonly all?: boolean;
  readonly jobs: number;
  readonly exitCode?: boolean;
  readonly fresh?: boolean;
}

export const runtimeCommand: MakeCommand = (run) =>
  new Command('runtime')
    .description('the base images of images/: look, build, pin, and ask what the archive has newer')
    .addHelpText('after', '\nExample:\n  $ mwpipe runtime build php82 php84/web')
    .addCommand(listCommand(run))
    .addCommand(buildCommand(run))
    .addCommand(lockCommand(run))
    .addCommand(outdatedCommand(run));

function listCommand(run: RunCommand): Command {
  return new Command('ls')
    .description('show every runtime with its flavours: what it stands on, whether it is built here and pinned')
    .addHelpText('after', '\nExample:\n  $ mwpipe runtime ls --json')
    .action((_flags: unknown, command: Command) =>
      run({
        flags: command.optsWithGlobals<GlobalFlags>(),
        line: plainLine,
        verb: async (tools: Tools<BuildEvent>) => {
          const workspace = await tools.workspace();
          if (!workspace.ok) return workspace;
          const { listRuntimesIn } = await import('../composition/runtime.ts');
          return listRuntimesIn(workspace.value);
        },
        show: showRuntimes,
      }),
    );
}

function buildCommand(run: RunCommand): Command {
  return selecting(
    new Command('build')
      .description('build what is defined here, several side by side; each base and stage once')
      .option('--fresh', 'bases and every step anew, with the packages that the archive has today'),
    {
      example: 'mwpipe runtime build php82/web php84 --jobs 2',
      run,
      verb: async ({ workspace, options, tools }) => {
        const { buildRuntimesIn } = await import('../composition/runtime.ts');
        return buildRuntimesIn(workspace, options, tools.context);
      },
      show: showBuiltRuntimes,
    },
  );
}

function lockCommand(run: RunCommand): Command {
  return selecting(
    new Command('lock').description(
      'pin what is defined here for this platform, in images/NAME/image.lock.yaml; builds what is missing',
    ),
    {
      example: 'mwpipe runtime lock php82',
      run,
      verb: async ({ workspace, options, tools }) => {
        const { lockRuntimesIn } = await import('../composition/runtime.ts');
        return lockRuntimesIn(workspace, options, tools.context);
      },
      show: showLocked,
    },
  );
}

function outdatedCommand(run: RunCommand): Command {
  return selecting(
    new Command('outdated')
      .description(
        'which packages of a runtime the Debian archive has newer ones of; asks the archive, changes nothing',
      )
      .option('--exit-code', 'fail (1) where a package has a security fix'),
    {
      example: 'mwpipe runtime outdated php82/web --exit-code',
      run,
      verb: async ({ workspace, options, tools }) => {
        const { outdatedRuntimesIn } = await import('../composition/runtime.ts');
        return outdatedRuntimesIn(workspace, options, tools.context);
      },
      show: (outdated, flags) => showOutdatedRuntimes(outdated, { failWhereInsecure: flags.exitCode === true }),
    },
  );
}

interface Selecting<Value> {
  readonly example: string;
  readonly run: RunCommand;
  readonly verb: (given: {
    readonly workspace: Workspace;
    readonly options: RuntimeOptions;
    readonly tools: Tools<BuildEvent>;
  }) => Promise<Outcome<Value>>;
  readonly show: (value: Value, flags: RuntimeFlags) => Shown;
}

/** What all of them take: which runtimes, and how many at once. */
function selecting<Value>(command: Command, { example, run, verb, show }: Selecting<Value>): Command {
  return command
    .argument('[runtime...]', 'php82 with all its flavours, or php82/web')
    .option('--all', 'every runtime of images/')
    .addOption(
      new Option('--jobs <n>', 'how many side by side')
        .argParser(wholeNumber(1, 16))
        .default(Math.min(4, availableParallelism()), 'one for each core, 4 at most'),
    )
    .addHelpText('after', `\nExample:\n  $ ${example}`)
    .action((names: string[], _flags: unknown, self: Command) => {
      const flags = self.optsWithGlobals<RuntimeFlags>();
      return run<BuildEvent, Value>({
        flags,
        line: plainLine,
        verb: async (tools) => {
          const workspace = await tools.workspace();
          if (!workspace.ok) return workspace;
          const options = { names, all: flags.all === true, jobs: flags.jobs, fresh: flags.fresh === true };
          return verb({ workspace: workspace.value, options, tools });
        },
        show: (value) => show(value, flags),
      });
    });
}

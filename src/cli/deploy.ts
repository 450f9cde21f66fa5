/** `mwpipe deploy`: the set's lock and the target's overlays become a release, and the release gets the traffic. */
import { Command, Option } from 'commander';
import type { DeployResult, FlowEvent } from '../release/index.ts';
import type { Digest } from '../kernel/digest.ts';
import type { Outcome } from '../kernel/outcome.ts';
import { collect } from './collect.ts';
import { digest } from './digest.ts';
import { plainLine, showDeployed } from './render/release.ts';
import { patchSource } from './resolve.ts';
import type { GlobalFlags, RunCommand, Tools } from './run.ts';
import { wholeNumber } from './whole-number.ts';

interface DeployFlags extends GlobalFlags {
  readonly to: string;
  readonly with: readonly string[];
  readonly image?: Digest;
  readonly instances?: number;
  readonly dryRun?: boolean;
  readonly resume?: boolean;
  readonly again?: boolean;
}

export function deployCommand(run: RunCommand): Command {
  return new Command('deploy')
    .description(
      'make a release of a target and move the traffic to it, step by step, judged; back by itself if it is worse',
    )
    .option('--to <target>', 'a target of mwpipe.yaml', 'docker')
    .option('--with <checkout>', 'put a checkout on top, DIR or NAME=DIR (repeat for several)', collect, [])
    .addOption(
      new Option(
        '--image <digest>',
        "an image that is built already, from whichever of the workspace's registries verifies",
      )
        .argParser(digest)
        .conflicts('with'),
    )
    .option('--instances <number>', "how many containers answer (default: the target's)", wholeNumber(1, 16))
    .option('--dry-run', 'print the plan and stop')
    .option('--resume', 'go on with a rollout that was interrupted or held')
    .option('--again', 'deploy a release that is marked bad all the same')
    .addHelpText('after', '\nExample:\n  $ mwpipe deploy --with ~/src/Cite')
    .action((_flags: unknown, command: Command) => {
      const flags = command.optsWithGlobals<DeployFlags>();
      return run<FlowEvent, DeployResult>({
        flags,
        line: plainLine,
        verb: (tools) => deploy(flags, tools),
        show: (result, { ms }) => showDeployed(result, { ms, target: flags.to }),
      });
    });
}

async function deploy(flags: DeployFlags, tools: Tools<FlowEvent>): Promise<Outcome<DeployResult>> {
  const workspace = await tools.workspace();
  if (!workspace.ok) return workspace;
  const { releaseToolsOf } = await import('../composition/deploy.ts');
  const { deployRelease } = await import('../release/index.ts');
  const patches = flags.with.map((checkout) => patchSource(checkout, tools.cwd));
  const instances = flags.instances === undefined ? {} : { instances: flags.instances };
  const image = flags.image === undefined ? {} : { image: flags.image };
  const wanted = { target: flags.to, patches, ...instances, ...image };
  const made = await releaseToolsOf(workspace.value, wanted, tools.context);
  if (!made.ok) return made;
  const { dryRun = false, resume = false, again = false } = flags;
  return deployRelease({ dryRun, resume, again }, made.value, tools.context);
}

/** `mwpipe outdated`: which components of a lock their remotes have moved past. */
import { Command } from 'commander';
import type { Outdated, ResolveEvent } from '../resolve/index.ts';
import { firstSet } from './first-set.ts';
import { showOutdated } from './render/outdated.ts';
import { plainLine } from './render/resolve.ts';
import type { GlobalFlags, MakeCommand, Tools } from './run.ts';

interface OutdatedFlags extends GlobalFlags {
  readonly train?: string;
  readonly exitCode?: boolean;
}

export const outdatedCommand: MakeCommand = (run) =>
  new Command('outdated')
    .description('which components of a lock have moved on since: asks the remotes, fetches nothing')
    .argument('[set]', 'name of an extension set (default: the first target’s)')
    .option('--train <version>', 'the train that is meant: fills {train} of the branch policy')
    .option('--exit-code', 'fail (1) where something is outdated')
    .addHelpText('after', '\nExample:\n  $ mwpipe outdated demo')
    .action((set: string | undefined, _flags: unknown, command: Command) => {
      const flags = command.optsWithGlobals<OutdatedFlags>();
      const verb = (tools: Tools<ResolveEvent>) => outdatedWith(set, flags, tools);
      const show = (outdated: Outdated) => showOutdated(outdated, { failWhereOutdated: flags.exitCode === true });
      return run<ResolveEvent, Outdated>({ flags, line: plainLine, verb, show });
    });

async function outdatedWith(set: string | undefined, { train }: OutdatedFlags, tools: Tools<ResolveEvent>) {
  const workspace = await tools.workspace();
  if (!workspace.ok) return workspace;
  const { outdatedIn } = await import('../composition/lock.ts');
  const variables = train === undefined ? {} : { variables: { train } };
  return outdatedIn(workspace.value, { set: set ?? firstSet(workspace.value), ...variables }, tools.context);
}

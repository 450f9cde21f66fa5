/** `mwpipe why`: how a component came into a set, and why at this commit. */
import { Command } from 'commander';
import type { ResolveEvent, Why } from '../resolve/index.ts';
import { firstSet } from './first-set.ts';
import { plainLine } from './render/resolve.ts';
import { showWhy } from './render/why.ts';
import type { GlobalFlags, MakeCommand, Tools } from './run.ts';

interface WhyFlags extends GlobalFlags {
  readonly set?: string;
}

export const whyCommand: MakeCommand = (run) =>
  new Command('why')
    .description('which set brought a component, who requires it, and why it is at this commit')
    .argument('<component>', 'core, Cite, skins/Vector')
    .option('--set <name>', "an extension set (default: the first target's)")
    .addHelpText('after', '\nExample:\n  $ mwpipe why Echo --set tarball')
    .action((component: string, _flags: unknown, command: Command) => {
      const flags = command.optsWithGlobals<WhyFlags>();
      const verb = async (tools: Tools<ResolveEvent>) => {
        const workspace = await tools.workspace();
        if (!workspace.ok) return workspace;
        const { why } = await import('../resolve/index.ts');
        return why(workspace.value.root, flags.set ?? firstSet(workspace.value), component);
      };
      return run<ResolveEvent, Why>({ flags, line: plainLine, verb, show: showWhy });
    });

/** `mwpipe status`: what is live, what bakes, who is at work. */
import { Command } from 'commander';
import type { FlowEvent } from '../release/index.ts';
import { plainLine } from './render/release.ts';
import { statusText } from './render/status.ts';
import type { GlobalFlags, RunCommand, Tools } from './run.ts';

interface StatusFlags extends GlobalFlags {
  readonly to: string;
}

export function statusCommand(run: RunCommand): Command {
  return new Command('status')
    .description('show slots, releases, traffic, and who is at work')
    .option('--to <target>', 'a target of mwpipe.yaml', 'docker')
    .addHelpText('after', '\nExample:\n  $ mwpipe status --json')
    .action((_flags: unknown, command: Command) => {
      const flags = command.optsWithGlobals<StatusFlags>();
      return run({
        flags,
        line: plainLine,
        verb: async (tools: Tools<FlowEvent>) => {
          const workspace = await tools.workspace();
          if (!workspace.ok) return workspace;
          const { targetToolsOf } = await import('../composition/deploy.ts');
          const target = await targetToolsOf(workspace.value, flags.to);
          if (!target.ok) return target;
          const { readStatus } = await import('../release/index.ts');
          return readStatus(target.value, tools.context);
        },
        show: (status) => ({ text: statusText(status), json: status }),
      });
    });
}

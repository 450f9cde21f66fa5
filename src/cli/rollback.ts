/** `mwpipe rollback`: the traffic back to where it came from, at once. */
import { Command } from 'commander';
import type { FlowEvent } from '../release/index.ts';
import { plainLine, showRolledBack } from './render/release.ts';
import type { GlobalFlags, RunCommand, Tools } from './run.ts';

interface RollbackFlags extends GlobalFlags {
  readonly to: string;
  readonly force?: boolean;
}

export function rollbackCommand(run: RunCommand): Command {
  return new Command('rollback')
    .description('give all traffic back to the release that it came from; weights only')
    .option('--to <target>', 'a target of mwpipe.yaml', 'docker')
    .option('--force', 'even where update.php has changed tables since')
    .addHelpText('after', '\nExample:\n  $ mwpipe rollback')
    .action((_flags: unknown, command: Command) => {
      const flags = command.optsWithGlobals<RollbackFlags>();
      return run({
        flags,
        line: plainLine,
        verb: async (tools: Tools<FlowEvent>) => {
          const workspace = await tools.workspace();
          if (!workspace.ok) return workspace;
          const { targetToolsOf } = await import('../composition/deploy.ts');
          const target = await targetToolsOf(workspace.value, flags.to);
          if (!target.ok) return target;
          const { rollBack } = await import('../release/index.ts');
          return rollBack({ force: flags.force === true }, target.value, tools.context);
        },
        show: (result) => ({ text: showRolledBack(result), json: result }),
      });
    });
}

/** `mwpipe rollback`: the traffic back to where it came from, at once. */
import { Command } from 'commander';
import type { FlowEvent } from '../release/index.ts';
import { plainLine, showRolledBack } from './render/release.ts';
import type { GlobalFlags, RunCommand, Tools } from './run.ts';

interface RollbackFlags extends GlobalFlags {
  readonly to: string;
  readonly force?: boolean;
  readonly pair?: boolean;
  readonly dryRun?: boolean;
}

export function rollbackCommand(run: RunCommand): Command {
  return new Command('rollback')
    .description('give all traffic back to the release that it came from, with the newest config that passes on it')
    .option('--to <target>', 'a target of mwpipe.yaml', 'docker')
    .option('--force', 'even where update.php has changed tables since')
    .option('--pair', 'with the config that the release was made live with')
    .option('--dry-run', 'say which release and which config, and stop')
    .addHelpText('after', '\nExample:\n  $ mwpipe rollback\n  $ mwpipe rollback --pair --dry-run')
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
          const { force = false, pair = false, dryRun = false } = flags;
          return rollBack({ force, pair, dryRun }, target.value, tools.context);
        },
        show: (result) => ({ text: showRolledBack(result, flags.to), json: result }),
      });
    });
}

/** `mwpipe config status` and `history`: what is live on which instance, by whom, and what happened before. */
import type { Command } from 'commander';
import type { ConfigCommit, ConfigEvent, ConfigStatus } from '../config/index.ts';
import { ok } from '../kernel/outcome.ts';
import { bundleOf, onTarget, portsOf, type OnTarget } from './config-target.ts';
import { plainLine } from './render/config.ts';
import { historyText, statusText } from './render/config-status.ts';
import type { RunCommand, Tools } from './run.ts';

export function statusCommand(run: RunCommand): Command {
  return onTarget('status', 'which bundle each instance serves, who pushed it, what waits and what was undone')
    .addHelpText('after', '\nExample:\n  $ mwpipe config status')
    .action((_flags: unknown, command: Command) => {
      const flags = command.optsWithGlobals<OnTarget>();
      return run({
        flags,
        line: plainLine,
        verb: async (tools: Tools<ConfigEvent>) => {
          const ports = await portsOf(flags, tools);
          if (!ports.ok) return ports;
          await using host = ports.value.host;
          const { configStatus } = await import('../config/index.ts');
          const status = await configStatus({ ...ports.value, host }, tools.context);
          return status.ok ? ok({ ...status.value, ...(await ahead(status.value, flags, tools)) }) : status;
        },
        show: (status) => ({ text: statusText(status), json: status }),
      });
    });
}

/** Commits that head has and what is live has not; nothing where git can't say. */
async function ahead(
  { live }: ConfigStatus,
  flags: OnTarget,
  tools: Tools<ConfigEvent>,
): Promise<{ readonly notPushed?: readonly ConfigCommit[] }> {
  const workspace = await tools.workspace();
  const bundle = await bundleOf(flags, tools);
  if (live?.commit === undefined || !workspace.ok || !bundle.ok) return {};
  const { configCommitsBetween } = await import('../composition/config-git.ts');
  const wish = { overlays: bundle.value.overlays, from: live.commit, to: 'HEAD' };
  const commits = await configCommitsBetween(workspace.value, wish, tools.context);
  return commits.ok ? { notPushed: commits.value } : {};
}

export function historyCommand(run: RunCommand): Command {
  return onTarget('history', 'pushes and rollbacks of this target, the newest first')
    .addHelpText('after', '\nExample:\n  $ mwpipe config history')
    .action((_flags: unknown, command: Command) => {
      const flags = command.optsWithGlobals<OnTarget>();
      return run({
        flags,
        line: plainLine,
        verb: async (tools: Tools<ConfigEvent>) => {
          const ports = await portsOf(flags, tools);
          if (!ports.ok) return ports;
          const { configHistory } = await import('../config/index.ts');
          return configHistory(ports.value);
        },
        show: (acts) => ({ text: historyText(acts), json: acts }),
      });
    });
}

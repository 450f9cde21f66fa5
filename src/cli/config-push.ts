/** `mwpipe config push` and `rollback`: settings live on every instance, and back. */
import { Option, type Command } from 'commander';
import type { ConfigEvent, PushResult } from '../config/index.ts';
import type { Outcome } from '../kernel/outcome.ts';
import { bundleOf, onTarget, portsOf, type OnTarget } from './config-target.ts';
import { plainLine, pushText } from './render/config.ts';
import type { RunCommand, Tools } from './run.ts';
import { wholeNumber } from './whole-number.ts';

interface PushFlags extends OnTarget {
  readonly dryRun?: boolean;
  readonly soak?: number;
  readonly wait?: number;
  readonly stopAt?: 'debug';
  readonly override?: string;
}

export function pushCommand(run: RunCommand): Command {
  return onTarget('push', 'check the overlays and make them live on every instance')
    .option('--dry-run', 'print the plan and stop')
    .option('--soak <seconds>', 'watch the canaries this long (default: as mwpipe.yaml says, 20)', wholeNumber(0, 3600))
    .addOption(new Option('--stop-at <stage>', 'stage it for requests with the debug pin only').choices(['debug']))
    .option('--override <reason>', 'push a bundle that was rolled back all the same')
    .option('--wait <seconds>', 'wait for somebody else’s push to end', wholeNumber(0, 86_400))
    .addHelpText('after', '\nExample:\n  $ mwpipe config push --dry-run\n  $ mwpipe config push --stop-at debug')
    .action((_flags: unknown, command: Command) => {
      const flags = command.optsWithGlobals<PushFlags>();
      return run({
        flags,
        line: plainLine,
        verb: (tools: Tools<ConfigEvent>) => push(flags, tools),
        show: (result) => ({ text: pushText(result, 'push'), json: result }),
      });
    });
}

async function push(flags: PushFlags, tools: Tools<ConfigEvent>): Promise<Outcome<PushResult>> {
  const workspace = await tools.workspace();
  if (!workspace.ok) return workspace;
  const bundle = await bundleOf(flags, tools);
  if (!bundle.ok) return bundle;
  const { pushConfig, refuseRaw } = await import('../config/index.ts');
  // Before the target is asked: where nothing runs yet, a deploy would be no way on.
  const served = refuseRaw(bundle.value);
  if (!served.ok) return served;
  const { pushPolicyOf } = await import('../composition/config.ts');
  const { configSourceOf } = await import('../composition/config-git.ts');
  const policy = pushPolicyOf(workspace.value, flags.to);
  const branch = policy.demand === 'merged' ? policy.branch : undefined;
  const { overlays } = bundle.value;
  const source = await configSourceOf(workspace.value, { overlays, branch }, tools.context);
  if (!source.ok) return source;
  const ports = await portsOf(flags, tools);
  if (!ports.ok) return ports;
  await using host = ports.value.host;
  const request = {
    bundle: bundle.value,
    source: source.value,
    policy: { ...policy, ...(flags.soak === undefined ? {} : { soak: flags.soak }) },
    override: flags.override,
    wait: flags.wait,
    stopAt: flags.stopAt,
    ...(flags.dryRun === true ? { dryRun: true } : {}),
  };
  return await pushConfig(request, { ...ports.value, host }, tools.context);
}

export function rollbackCommand(run: RunCommand): Command {
  return onTarget('rollback', 'back to the settings that were live before, or off the canaries')
    .argument('[bundle]', 'the first digits of a bundle that was live (default: the one before)')
    .option('--dry-run', 'print the plan and stop')
    .option('--wait <seconds>', 'wait for somebody else’s push to end', wholeNumber(0, 86_400))
    .addHelpText('after', '\nExample:\n  $ mwpipe config rollback')
    .action((to: string | undefined, _flags: unknown, command: Command) => {
      const flags = command.optsWithGlobals<PushFlags>();
      return run({
        flags,
        line: plainLine,
        verb: (tools: Tools<ConfigEvent>) => rollback(to, flags, tools),
        show: (result) => ({ text: pushText(result, 'rollback'), json: result }),
      });
    });
}

async function rollback(
  to: string | undefined,
  flags: PushFlags,
  tools: Tools<ConfigEvent>,
): Promise<Outcome<PushResult>> {
  const workspace = await tools.workspace();
  if (!workspace.ok) return workspace;
  const ports = await portsOf(flags, tools);
  if (!ports.ok) return ports;
  await using host = ports.value.host;
  const { pushPolicyOf } = await import('../composition/config.ts');
  const { rollbackConfig } = await import('../config/index.ts');
  const { lost } = pushPolicyOf(workspace.value, flags.to);
  const request = {
    ...(to === undefined ? {} : { to }),
    ...(flags.dryRun === true ? { dryRun: true } : {}),
    wait: flags.wait,
    lost,
  };
  return await rollbackConfig(request, { ...ports.value, host }, tools.context);
}

/** `mwpipe config`: changed settings live, without a build or a restart; and back. */
import { join } from 'node:path';
import { Command } from 'commander';
import type { Bundle, ConfigEvent, ConfigPorts } from '../config/index.ts';
import { ok, type Outcome } from '../kernel/outcome.ts';
import { checkText, diffText, plainLine, pushText } from './render/config.ts';
import type { GlobalFlags, MakeCommand, RunCommand, Tools } from './run.ts';

interface ConfigFlags extends GlobalFlags {
  readonly to: string;
  readonly dryRun?: boolean;
  readonly image?: string;
}

export const configCommand: MakeCommand = (run) =>
  new Command('config')
    .description('make changed settings live; never builds or restarts')
    .addCommand(pushCommand(run))
    .addCommand(rollbackCommand(run))
    .addCommand(diffCommand(run))
    .addCommand(checkCommand(run));

function pushCommand(run: RunCommand): Command {
  return onTarget('push', 'check the overlays and make them live on every instance')
    .option('--dry-run', 'print the plan and stop')
    .addHelpText('after', '\nExample:\n  $ mwpipe config push --dry-run')
    .action((_flags: unknown, command: Command) => {
      const flags = command.optsWithGlobals<ConfigFlags>();
      return run({
        flags,
        line: plainLine,
        verb: (tools: Tools<ConfigEvent>) =>
          withBundle(flags, tools, async ({ bundle, ports }) =>
            (await import('../config/index.ts')).pushConfig({ bundle, ...dryRun(flags) }, ports, tools.context),
          ),
        show: (result) => ({ text: pushText(result, 'push'), json: result }),
      });
    });
}

function rollbackCommand(run: RunCommand): Command {
  return onTarget('rollback', 'back to the settings that were live before')
    .argument('[bundle]', 'the first digits of a bundle that was live (default: the one before)')
    .option('--dry-run', 'print the plan and stop')
    .addHelpText('after', '\nExample:\n  $ mwpipe config rollback')
    .action((to: string | undefined, _flags: unknown, command: Command) => {
      const flags = command.optsWithGlobals<ConfigFlags>();
      return run({
        flags,
        line: plainLine,
        verb: async (tools: Tools<ConfigEvent>) => {
          const ports = await portsOf(flags, tools);
          if (!ports.ok) return ports;
          const { rollbackConfig } = await import('../config/index.ts');
          return rollbackConfig({ ...(to === undefined ? {} : { to }), ...dryRun(flags) }, ports.value, tools.context);
        },
        show: (result) => ({ text: pushText(result, 'rollback'), json: result }),
      });
    });
}

function diffCommand(run: RunCommand): Command {
  return onTarget('diff', 'which effective settings a push would change')
    .addHelpText('after', '\nExample:\n  $ mwpipe config diff')
    .action((_flags: unknown, command: Command) => {
      const flags = command.optsWithGlobals<ConfigFlags>();
      return run({
        flags,
        line: (event: ConfigEvent) => (event.code === 'config/warned' ? plainLine(event) : undefined),
        verb: (tools: Tools<ConfigEvent>) =>
          withBundle(flags, tools, async ({ bundle, ports }) =>
            (await import('../config/index.ts')).diffConfig(bundle, ports, tools.context),
          ),
        show: (diff) => ({ text: diffText(diff), json: diff }),
      });
    });
}

function checkCommand(run: RunCommand): Command {
  return onTarget('check', 'parse and evaluate the overlays with the MediaWiki that runs, making nothing live')
    .option('--image <image>', 'with this image of mwpipe build instead, where nothing is deployed')
    .addHelpText('after', '\nExample:\n  $ mwpipe config check')
    .action((_flags: unknown, command: Command) => {
      const flags = command.optsWithGlobals<ConfigFlags>();
      return run({
        flags,
        line: plainLine,
        verb: (tools: Tools<ConfigEvent>) => check(flags, tools),
        show: (accepted) => ({ text: checkText(accepted), json: accepted }),
      });
    });
}

async function check(flags: ConfigFlags, tools: Tools<ConfigEvent>) {
  const { checkInImage, checkOnTarget } = await import('../config/index.ts');
  const { image } = flags;
  if (image === undefined) {
    return withBundle(flags, tools, ({ bundle, ports }) => checkOnTarget(bundle, ports, tools.context));
  }
  const bundle = await bundleOf(flags, tools);
  if (!bundle.ok) return bundle;
  const runner = await (await import('../composition/config.ts')).configRunner();
  const folder = join(tools.cache, 'overlay');
  return checkInImage({ bundle: bundle.value, image, folder }, runner, tools.context);
}

function onTarget(name: string, description: string): Command {
  return new Command(name).description(description).option('--to <target>', 'a target of mwpipe.yaml', 'docker');
}

function dryRun(flags: ConfigFlags): { readonly dryRun?: boolean } {
  return flags.dryRun === undefined ? {} : { dryRun: flags.dryRun };
}

async function withBundle<T>(
  flags: ConfigFlags,
  tools: Tools<ConfigEvent>,
  verb: (parts: { readonly bundle: Bundle; readonly ports: ConfigPorts }) => Promise<Outcome<T>>,
): Promise<Outcome<T>> {
  const bundle = await bundleOf(flags, tools);
  if (!bundle.ok) return bundle;
  const ports = await portsOf(flags, tools);
  return ports.ok ? verb({ bundle: bundle.value, ports: ports.value }) : ports;
}

async function bundleOf(flags: ConfigFlags, tools: Tools<ConfigEvent>): Promise<Outcome<Bundle>> {
  const workspace = await tools.workspace();
  if (!workspace.ok) return workspace;
  const { overlaysOf } = await import('../composition/config.ts');
  const { composeBundle } = await import('../config/index.ts');
  const overlays = overlaysOf(workspace.value, flags.to);
  return overlays.ok ? composeBundle(workspace.value.root, overlays.value) : overlays;
}

async function portsOf(flags: ConfigFlags, tools: Tools<ConfigEvent>): Promise<Outcome<ConfigPorts>> {
  const workspace = await tools.workspace();
  if (!workspace.ok) return workspace;
  const { configPortsOf, overlaysOf } = await import('../composition/config.ts');
  const known = overlaysOf(workspace.value, flags.to);
  if (!known.ok) return known;
  const ports = await configPortsOf(flags.to);
  return ports.ok ? ok(ports.value) : ports;
}

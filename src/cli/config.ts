/** `mwpipe config`: changed settings live, without a build or a restart; and back. */
import { Command } from 'commander';
import type { ConfigEvent } from '../config/index.ts';
import { diffCommand } from './config-diff.ts';
import { getCommand } from './config-get.ts';
import { pushCommand, rollbackCommand } from './config-push.ts';
import { historyCommand, statusCommand } from './config-status.ts';
import { watchCommand } from './config-watch.ts';
import { bundleOf, onTarget, withBundle, type OnTarget } from './config-target.ts';
import { checkText, plainLine } from './render/config.ts';
import type { MakeCommand, RunCommand, Tools } from './run.ts';

interface ConfigFlags extends OnTarget {
  readonly image?: string;
  readonly wiki?: string;
}

export const configCommand: MakeCommand = (run) =>
  new Command('config')
    .description('make changed settings live; never builds or restarts')
    .addCommand(pushCommand(run))
    .addCommand(rollbackCommand(run))
    .addCommand(statusCommand(run))
    .addCommand(historyCommand(run))
    .addCommand(watchCommand(run))
    .addCommand(diffCommand(run))
    .addCommand(checkCommand(run))
    .addCommand(getCommand(run));

function checkCommand(run: RunCommand): Command {
  return onTarget('check', 'parse and evaluate the overlays with the MediaWiki that runs, making nothing live')
    .option('--image <image>', 'with this image of mwpipe build instead, where nothing is deployed')
    .option('--wiki <wiki>', 'evaluate only this wiki')
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
    return withBundle(flags, tools, ({ bundle, ports }) =>
      checkOnTarget({ bundle, ...wikisOf(flags) }, ports, tools.context),
    );
  }
  const bundle = await bundleOf(flags, tools);
  if (!bundle.ok) return bundle;
  const runner = await (await import('../composition/config.ts')).configRunner();
  return checkInImage(
    { bundle: bundle.value, image, ...wikisOf(flags) },
    { runner, cache: tools.cache },
    tools.context,
  );
}

function wikisOf({ wiki }: ConfigFlags): { readonly wikis?: readonly string[] } {
  return wiki === undefined ? {} : { wikis: [wiki] };
}

/** `mwpipe config watch`: save a file, see it in the browser; what is wrong stays out of the live wiki. */
import { join } from 'node:path';
import type { Command } from 'commander';
import type { ConfigEvent, WatchEvent, WatchSummary } from '../config/index.ts';
import { short } from '../kernel/digest.ts';
import type { Outcome } from '../kernel/outcome.ts';
import { bundleOf, onTarget, portsOf, type OnTarget } from './config-target.ts';
import { plainLine } from './render/config.ts';
import { diagnosticText } from './render/diagnostic.ts';
import type { Line } from './render/renderer.ts';
import { duration } from './render/units.ts';
import type { RunCommand, Tools } from './run.ts';

type Event = ConfigEvent | WatchEvent;

export function watchCommand(run: RunCommand): Command {
  return onTarget('watch', 'push each time a file of the overlays is saved, for local work')
    .addHelpText('after', '\nExample:\n  $ mwpipe config watch')
    .action((_flags: unknown, command: Command) => {
      const flags = command.optsWithGlobals<OnTarget>();
      return run({
        flags,
        line: watchLine,
        verb: (tools: Tools<Event>) => watch(flags, tools),
        show: ({ pushes, refusals }) => ({
          text: `${String(pushes)} pushes, ${String(refusals)} refused`,
          json: { pushes, refusals },
        }),
      });
    });
}

async function watch(flags: OnTarget, tools: Tools<Event>): Promise<Outcome<WatchSummary>> {
  const workspace = await tools.workspace();
  if (!workspace.ok) return workspace;
  const ports = await portsOf(flags, tools);
  if (!ports.ok) return ports;
  await using host = ports.value.host;
  const { ok } = await import('../kernel/outcome.ts');
  const { pushConfig, watchConfig } = await import('../config/index.ts');
  const { hostFolderWatcher, pushPolicyOf } = await import('../composition/config.ts');
  const policy = { ...pushPolicyOf(workspace.value, flags.to), soak: 0 };
  const override = 'config watch: a save that was saved before';
  const quiet = { ...tools.context, emit: () => undefined };
  return ok(
    await watchConfig(
      {
        folders: [join(workspace.value.root, 'config-overlays')],
        compose: () => bundleOf(flags, tools),
        push: (bundle) => pushConfig({ bundle, policy, override, wait: 10 }, { ...ports.value, host }, quiet),
      },
      await hostFolderWatcher(),
      tools.context,
    ),
  );
}

function watchLine(event: Event): Line | undefined {
  if (event.code === 'config/watching') return `Watching   ${event.folders.join(', ')} (Ctrl-C ends it)`;
  if (event.code === 'config/save-live') {
    return `Live       ${short(event.bundle)}${savedText(event.because)}   ${duration(event.ms)}`;
  }
  if (event.code !== 'config/save-refused') return plainLine(event);
  return event.diagnostics.map((diagnostic) => diagnosticText(diagnostic, false).trimEnd()).join('\n');
}

function savedText(paths: readonly string[]): string {
  const names = paths.map((path) => path.replace(/^.*\/config-overlays\//, ''));
  if (names.length === 0) return '';
  return `   ${names.slice(0, 3).join(', ')}${names.length > 3 ? ` and ${String(names.length - 3)} more` : ''}`;
}

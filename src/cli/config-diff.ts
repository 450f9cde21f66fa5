/** `mwpipe config diff`: effective settings of every wiki, before and after. */
import { resolve } from 'node:path';
import { Command } from 'commander';
import type { ConfigDiff, ConfigEvent } from '../config/index.ts';
import { ok, type Outcome } from '../kernel/outcome.ts';
import { writeAtomically } from '../kernel/write-atomically.ts';
import { plainLine } from './render/config.ts';
import { diffRows, diffText } from './render/config-diff.ts';
import type { GlobalFlags, RunCommand, Tools } from './run.ts';

interface DiffFlags extends GlobalFlags {
  readonly to: string;
  readonly image?: string;
  readonly wiki?: string;
  readonly setting?: string;
  readonly html?: string;
}

export function diffCommand(run: RunCommand): Command {
  return new Command('diff')
    .description('which effective settings differ, on which wikis: the work tree against what is live, or any two')
    .argument('[before]', 'live, head, a commit, or the first digits of a bundle', 'live')
    .argument('[after]', 'work (the work tree), head, a commit, or the first digits of a bundle', 'work')
    .option('--to <target>', 'a target of mwpipe.yaml', 'docker')
    .option('--image <image>', 'evaluated in this image of mwpipe build, where nothing is deployed')
    .option('--wiki <wiki>', 'only this wiki')
    .option('--setting <name>', 'only this setting, or what is below it: wgGroupPermissions.user')
    .option('--html <file>', 'write a page to show to others')
    .addHelpText('after', '\nExample:\n  $ mwpipe config diff --setting wgGroupPermissions --html diff.html')
    .action((before: string, after: string, ...[, command]: readonly [unknown, Command]) => {
      const flags = command.optsWithGlobals<DiffFlags>();
      return run({
        flags,
        line: (event: ConfigEvent) => (SHOWN.has(event.code) ? plainLine(event) : undefined),
        verb: (tools: Tools<ConfigEvent>) => diff({ before, after }, flags, tools),
        show: (made) => ({ text: made.text, json: diffRows(made.diff) }),
      });
    });
}

const SHOWN: ReadonlySet<string> = new Set(['config/warned', 'config/evaluating']);

interface Made {
  readonly diff: ConfigDiff;
  readonly text: string;
}

async function diff(
  names: { readonly before: string; readonly after: string },
  flags: DiffFlags,
  tools: Tools<ConfigEvent>,
): Promise<Outcome<Made>> {
  const made = await evaluate(names, flags, tools);
  if (!made.ok) return made;
  for (const diagnostic of made.value.warnings) tools.context.emit({ code: 'config/warned', diagnostic });
  if (flags.html === undefined) return ok({ diff: made.value, text: diffText(made.value) });
  const { diffPage } = await import('./render/config-diff-page.ts');
  await writeAtomically(resolve(tools.cwd, flags.html), diffPage(made.value));
  return ok({ diff: made.value, text: `${diffText(made.value)}\nwrote ${flags.html}` });
}

async function evaluate(
  names: { readonly before: string; readonly after: string },
  { to, image, wiki, setting }: DiffFlags,
  tools: Tools<ConfigEvent>,
): Promise<Outcome<ConfigDiff>> {
  const workspace = await tools.workspace();
  if (!workspace.ok) return workspace;
  const { configPortsOf, configRunner, overlaysOf } = await import('../composition/config.ts');
  const { namedSides } = await import('../composition/config-diff.ts');
  const { diffConfig } = await import('../config/index.ts');
  const overlays = overlaysOf(workspace.value, to);
  if (!overlays.ok) return overlays;
  const ports = image === undefined ? await configPortsOf(to, workspace.value) : ok(undefined);
  if (!ports.ok) return ports;
  const parts = { root: workspace.value.root, cache: tools.cache, overlays: overlays.value, ports: ports.value };
  const sides = await namedSides({ ...names, image }, parts, tools.context);
  if (!sides.ok) return sides;
  const filter = { ...(wiki === undefined ? {} : { wiki }), ...(setting === undefined ? {} : { setting }) };
  const runner = ports.value?.runner ?? (await configRunner());
  return diffConfig({ ...sides.value, filter }, { runner, cache: tools.cache }, tools.context);
}

/** `mwpipe resolve`: an extension set to its lockfile. */
import { resolve } from 'node:path';
import { Command } from 'commander';
import type { PatchSource, Resolved, ResolveEvent } from '../resolve/index.ts';
import { plainLine, showResolved } from './render/resolve.ts';
import type { GlobalFlags, RunCommand, Tools } from './run.ts';

interface ResolveFlags extends GlobalFlags {
  readonly train?: string;
  readonly with?: readonly string[];
  readonly patch?: readonly string[];
  readonly dryRun?: boolean;
  readonly frozen?: boolean;
}

export function resolveCommand(run: RunCommand): Command {
  return new Command('resolve')
    .description('find the commit of each component of an extension set, and write its lockfile')
    .argument('<set>', 'name of an extension set: demo for extension-sets/demo.yaml')
    .option('--train <version>', 'the train to take: fills {train} of the branch policy')
    .option('--with <checkout>', 'put a checkout on top, DIR or NAME=DIR (shown, not written)', collect)
    .option(
      '--patch <change>',
      'put a change under review on top, with all that it needs: N, N/PATCHSET or its url',
      collect,
    )
    .option('--dry-run', 'show what would change and stop')
    .option('--frozen', 'fail where the lockfile would change')
    .addHelpText('after', '\nExample:\n  $ mwpipe resolve demo --train 1.43.0-wmf.2')
    .action((set: string, _flags: unknown, command: Command) => {
      const flags = command.optsWithGlobals<ResolveFlags>();
      const verb = (tools: Tools<ResolveEvent>) => resolveWith(set, flags, tools);
      return run<ResolveEvent, Resolved>({ flags, line: plainLine, verb, show: showResolved });
    });
}

async function resolveWith(set: string, flags: ResolveFlags, tools: Tools<ResolveEvent>) {
  const workspace = await tools.workspace();
  if (!workspace.ok) return workspace;
  const { resolveIn } = await import('../composition/resolve.ts');
  const mode = flags.frozen === true ? 'frozen' : flags.dryRun === true ? 'dry-run' : 'write';
  const variables = flags.train === undefined ? {} : { train: flags.train };
  const patches = (flags.with ?? []).map((checkout) => patchSource(checkout, tools.cwd));
  const changes = flags.patch ?? [];
  return resolveIn(workspace.value, { set, mode, variables, patches, changes }, tools.context);
}

function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

/** `NAME=DIR` or `DIR`, as every command takes a checkout. */
export function patchSource(checkout: string, cwd: string): PatchSource {
  const named = /^([\w./-]+)=(.+)$/.exec(checkout);
  const [name, folder] = [named?.[1], named?.[2] ?? checkout];
  return { ...(name === undefined ? {} : { name }), folder: resolve(cwd, folder) };
}

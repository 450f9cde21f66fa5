/** `mwpipe sets`: what a workspace's extension sets hold, how lists differ, and other tools' lists as sets. */
import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { ok } from '../kernel/outcome.ts';
import type { ExtensionSet, Imported, ListedSet, ResolveEvent, SetsDiff } from '../resolve/index.ts';
import { plainLine } from './render/resolve.ts';
import { showDiff, showImported, showList, showSet, type DiffFormat } from './render/sets.ts';
import type { GlobalFlags, MakeCommand, RunCommand, Tools } from './run.ts';

export const setsCommand: MakeCommand = (run) =>
  new Command('sets')
    .description('list, show, compare and import extension sets')
    .addCommand(listCommand(run))
    .addCommand(showCommand(run))
    .addCommand(diffCommand(run))
    .addCommand(importCommand(run));

function listCommand(run: RunCommand): Command {
  return new Command('list')
    .description('the extension sets of this workspace')
    .addHelpText('after', '\nExample:\n  $ mwpipe sets list')
    .action((_flags: unknown, command: Command) => {
      const flags = command.optsWithGlobals<GlobalFlags>();
      const verb = async (tools: Tools<ResolveEvent>) => {
        const workspace = await tools.workspace();
        if (!workspace.ok) return workspace;
        const { listSets } = await import('../resolve/index.ts');
        return ok(await listSets(workspace.value.root));
      };
      return run<ResolveEvent, ListedSet[]>({ flags, line: plainLine, verb, show: showList });
    });
}

function showCommand(run: RunCommand): Command {
  return new Command('show')
    .description('the components of a set and of all that it extends: where each is from, and which set brought it')
    .argument('<set>', 'name of an extension set: demo for extension-sets/demo.yaml')
    .addHelpText('after', '\nExample:\n  $ mwpipe sets show tarball')
    .action((set: string, _flags: unknown, command: Command) => {
      const flags = command.optsWithGlobals<GlobalFlags>();
      const verb = async (tools: Tools<ResolveEvent>) => {
        const workspace = await tools.workspace();
        if (!workspace.ok) return workspace;
        const { readSet } = await import('../resolve/index.ts');
        return readSet(workspace.value.root, set);
      };
      return run<ResolveEvent, ExtensionSet>({ flags, line: plainLine, verb, show: showSet });
    });
}

interface DiffFlags extends GlobalFlags {
  readonly format: DiffFormat;
}

function diffCommand(run: RunCommand): Command {
  return new Command('diff')
    .description('which components are in which of several sets and lists')
    .argument('<sets...>', 'names of sets, or files as import reads them; settings.yaml#BUNDLE for one of its bundles')
    .addOption(new Option('--format <format>', 'how to print').choices(['text', 'markdown', 'json']).default('text'))
    .addHelpText('after', '\nExample:\n  $ mwpipe sets diff wikimedia-production wikimedia-gate --format markdown')
    .action((sets: string[], _flags: unknown, command: Command) => {
      const flags = command.optsWithGlobals<DiffFlags>();
      const verb = async (tools: Tools<ResolveEvent>) => {
        const workspace = await tools.workspace();
        if (!workspace.ok) return workspace;
        const { diffSets } = await import('../resolve/index.ts');
        return diffSets({ root: workspace.value.root, cwd: tools.cwd, of: sets });
      };
      const show = (diff: SetsDiff) => showDiff(diff, flags.format);
      return run<ResolveEvent, SetsDiff>({ flags, line: plainLine, verb, show });
    });
}

interface ImportFlags extends GlobalFlags {
  readonly bundle?: string;
  readonly as?: string;
  readonly branch?: string;
  readonly dryRun?: boolean;
  readonly force?: boolean;
}

function importCommand(run: RunCommand): Command {
  return new Command('import')
    .description("make a set of make-release's settings.yaml, a core branch's .gitmodules, or an extension-list")
    .argument('<file>', 'the list; what it is shows by what is in it')
    .option('--bundle <name>', 'which bundle of a settings.yaml')
    .option('--as <set>', "name of the set (default: the bundle's, or the file's)")
    .option('--branch <branch>', 'the branch to take (default: the one that the list names for all, else master)')
    .option('--dry-run', 'print the set and stop')
    .option('--force', 'write over a set that is there')
    .addHelpText('after', '\nExample:\n  $ mwpipe sets import ../core/.gitmodules --as train --dry-run')
    .action((file: string, _flags: unknown, command: Command) => {
      const flags = command.optsWithGlobals<ImportFlags>();
      const verb = async (tools: Tools<ResolveEvent>) => {
        const workspace = await tools.workspace();
        if (!workspace.ok) return workspace;
        const { importSet } = await import('../resolve/index.ts');
        const { root } = workspace.value;
        return importSet({ root, ...importOptions(flags), file: resolve(tools.cwd, file) }, tools.context);
      };
      return run<ResolveEvent, Imported>({ flags, line: plainLine, verb, show: showImported });
    });
}

function importOptions({ bundle, as, branch, dryRun, force }: ImportFlags) {
  const mode = dryRun === true ? 'dry-run' : force === true ? 'force' : 'write';
  return {
    mode,
    ...(bundle === undefined ? {} : { bundle }),
    ...(as === undefined ? {} : { as }),
    ...(branch === undefined ? {} : { branch }),
  } as const;
}

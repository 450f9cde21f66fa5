/** `mwpipe lock diff`: what moved between two locks, with the commits: a train's changelog. */
import { Command, Option } from 'commander';
import type { Changelog, ResolveEvent } from '../resolve/index.ts';
import { firstSet } from './first-set.ts';
import { CHANGELOG_FORMATS, showChangelog, type ChangelogFormat } from './render/lock.ts';
import { plainLine } from './render/resolve.ts';
import type { GlobalFlags, MakeCommand, RunCommand, Tools } from './run.ts';
import { wholeNumber } from './whole-number.ts';

interface DiffFlags extends GlobalFlags {
  readonly set?: string;
  readonly format: ChangelogFormat;
  /** False for `--no-commits`. */
  readonly commits: number | false;
}

export const lockCommand: MakeCommand = (run) =>
  new Command('lock').description('look into lockfiles').addCommand(diffCommand(run));

function diffCommand(run: RunCommand): Command {
  return new Command('diff')
    .description('what moved between two locks, with the commits of each component')
    .argument('<a>', 'a set, a lock file, or a revision of this workspace: demo, HEAD~1, wmf.15, v2:tarball')
    .argument('[b]', 'the same (default: the lock in the work tree; of a set alone, its changes since HEAD)')
    .option('--set <set>', 'the set that a bare revision means (default: the first target’s)')
    .addOption(new Option('--format <format>', 'how to print it').choices(CHANGELOG_FORMATS).default('text'))
    .option('--commits <n>', 'commits that are told of each component, at most', wholeNumber(0, 5000), 20)
    .option('--no-commits', 'what moved only: asks no remote')
    .addHelpText(
      'after',
      '\nExample:\n  $ mwpipe lock diff HEAD~1 --set demo\n  $ mwpipe lock diff wmf.15 wmf.16 --format markdown',
    )
    .action((a: string, ...[b, , command]: [string | undefined, unknown, Command]) => {
      const flags = command.optsWithGlobals<DiffFlags>();
      const verb = (tools: Tools<ResolveEvent>) => diffWith({ a, ...(b === undefined ? {} : { b }) }, flags, tools);
      return run<ResolveEvent, Changelog>({
        flags,
        line: plainLine,
        verb,
        show: (log) => showChangelog(log, flags.format),
      });
    });
}

async function diffWith(
  sides: { readonly a: string; readonly b?: string },
  flags: DiffFlags,
  tools: Tools<ResolveEvent>,
) {
  const workspace = await tools.workspace();
  if (!workspace.ok) return workspace;
  const { changelogIn } = await import('../composition/lock.ts');
  const set = flags.set ?? firstSet(workspace.value);
  const commits = flags.commits === false ? undefined : flags.commits;
  return changelogIn(workspace.value, { ...sides, set, commits, cwd: tools.cwd }, tools.context);
}

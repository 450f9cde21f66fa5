/** `mwpipe security`: embargoed patches, shown by component and number alone. */
import { resolve } from 'node:path';
import { Command } from 'commander';
import type { ResolveEvent, SecurityTable } from '../resolve/index.ts';
import { collect } from './collect.ts';
import { plainLine } from './render/resolve.ts';
import { showSecurityTable } from './render/security.ts';
import { maySee, type GlobalFlags, type MakeCommand, type RunCommand, type Tools } from './run.ts';

interface CheckFlags extends GlobalFlags {
  readonly patches?: string;
  readonly as?: string;
  readonly branch?: readonly string[];
  readonly allowEmpty?: boolean;
}

export const securityCommand: MakeCommand = (run) =>
  new Command('security').description('embargoed patches of a private patch tree').addCommand(checkCommand(run));

function checkCommand(run: RunCommand): Command {
  return new Command('check')
    .description('try every security patch on every set and branch; keeps and publishes nothing')
    .argument('[set...]', 'names of extension sets (default: all that have a lock)')
    .option('--patches <dir>', 'the private patch tree (default: security.patches of mwpipe.yaml)')
    .option('--as <version>', 'the folder of the tree to take (default: the version of the set, else next)')
    .option('--branch <branch>', 'the tips of a branch, instead of what the locks name; can be repeated', collect)
    .option('--allow-empty', 'a tree without a patch is no mistake')
    .option('--reveal [how]', 'show names, subjects and files, on a terminal alone; "force" elsewhere too')
    .addHelpText('after', '\nExample:\n  $ mwpipe security check tarball --patches /srv/patches --branch master')
    .action((sets: string[], _flags: unknown, command: Command) => {
      const flags = command.optsWithGlobals<CheckFlags>();
      return run<ResolveEvent, SecurityTable>({
        flags,
        line: (event) => (event.code === 'resolve/security-patch-tried' ? undefined : plainLine(event)),
        verb: (tools) => check(sets, flags, tools),
        show: (table, { ms }) => showSecurityTable(table, { ms, reveal: maySee(flags) }),
      });
    });
}

async function check(sets: readonly string[], flags: CheckFlags, tools: Tools<ResolveEvent>) {
  const workspace = await tools.workspace();
  if (!workspace.ok) return workspace;
  const { checkSecurityIn } = await import('../composition/security.ts');
  const { as: version, branch: branches = [], allowEmpty = false } = flags;
  const patches = { allowEmpty, ...(version === undefined ? {} : { version }) };
  const folder = flags.patches === undefined ? {} : { folder: resolve(tools.cwd, flags.patches) };
  return checkSecurityIn(workspace.value, { sets, branches, patches, ...folder }, tools.context);
}

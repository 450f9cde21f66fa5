/** `mwpipe resolve`: an extension set to its lockfile. */
import { resolve } from 'node:path';
import { Command } from 'commander';
import { ok, type Failed, type Outcome } from '../kernel/outcome.ts';
import type { PatchSource, Resolved, ResolveEvent } from '../resolve/index.ts';
import { collect } from './collect.ts';
import { plainLine, showResolved } from './render/resolve.ts';
import { showSecured } from './render/security.ts';
import { maySee, type GlobalFlags, type RunCommand, type Tools } from './run.ts';

interface ResolveFlags extends GlobalFlags {
  readonly train?: string;
  readonly with?: readonly string[];
  readonly patch?: readonly string[];
  readonly dryRun?: boolean;
  readonly frozen?: boolean;
  readonly update?: readonly string[] | true;
  readonly security?: true | string;
}

export function resolveCommand(run: RunCommand): Command {
  return new Command('resolve')
    .description('find the commit of each component of an extension set, and write its lockfile')
    .argument('<set>', 'name of an extension set: demo for extension-sets/demo.yaml')
    .option('--train <version>', 'the train to take: fills {train} of the branch policy')
    .option('--with <checkout>', 'put a checkout on top, DIR or NAME=DIR (shown, not written)', collect)
    .option('--update [names...]', 'let only these components move (without names: all, as without it)')
    .option(
      '--patch <change>',
      'put a change under review on top, with all that it needs: N, N/PATCHSET or its url',
      collect,
    )
    .option('--dry-run', 'show what would change and stop')
    .option('--frozen', 'fail where the lockfile would change')
    .option('--security [dir]', 'put security patches on top, into a private lock (default: of mwpipe.yaml)')
    .option('--reveal [how]', 'with --security: show names and files of those that fail, on a terminal alone')
    .addHelpText('after', '\nExample:\n  $ mwpipe resolve demo --train 1.43.0-wmf.2')
    .action((set: string, _flags: unknown, command: Command) => {
      const flags = command.optsWithGlobals<ResolveFlags>();
      const verb = (tools: Tools<ResolveEvent>) => resolveWith(set, flags, tools);
      if (flags.security === undefined)
        return run<ResolveEvent, Resolved>({ flags, line: plainLine, verb, show: showResolved });
      return run({
        flags,
        line: plainLine,
        verb: async (tools: Tools<ResolveEvent>) => secureWith(await verb(tools), flags, tools),
        show: ({ resolved, secured }, { ms }) => showSecured(secured, showResolved(resolved, { ms }), maySee(flags)),
      });
    });
}

async function resolveWith(set: string, flags: ResolveFlags, tools: Tools<ResolveEvent>) {
  const workspace = await tools.workspace();
  if (!workspace.ok) return workspace;
  const { resolveIn } = await import('../composition/resolve.ts');
  const variables = flags.train === undefined ? {} : { train: flags.train };
  const patches = (flags.with ?? []).map((checkout) => patchSource(checkout, tools.cwd));
  const update = Array.isArray(flags.update) ? { update: flags.update as readonly string[] } : {};
  return resolveIn(
    workspace.value,
    { set, mode: modeOf(flags), variables, patches, changes: flags.patch ?? [], ...update },
    tools.context,
  );
}

async function secureWith(resolved: Outcome<Resolved>, flags: ResolveFlags, tools: Tools<ResolveEvent>) {
  const workspace = await tools.workspace();
  if (!resolved.ok || !workspace.ok) return resolved.ok ? (workspace as Failed) : resolved;
  const { secureIn } = await import('../composition/security.ts');
  const folder = typeof flags.security === 'string' ? { folder: resolve(tools.cwd, flags.security) } : {};
  const request = { resolved: resolved.value, mode: modeOf(flags), ...folder };
  const secured = await secureIn(workspace.value, request, tools.context);
  return secured.ok ? ok({ resolved: resolved.value, secured: secured.value }) : secured;
}

function modeOf({ frozen, dryRun }: ResolveFlags): 'write' | 'dry-run' | 'frozen' {
  return frozen === true ? 'frozen' : dryRun === true ? 'dry-run' : 'write';
}

/** `NAME=DIR` or `DIR`, as every command takes a checkout. */
export function patchSource(checkout: string, cwd: string): PatchSource {
  const named = /^([\w./-]+)=(.+)$/.exec(checkout);
  const [name, folder] = [named?.[1], named?.[2] ?? checkout];
  return { ...(name === undefined ? {} : { name }), folder: resolve(cwd, folder) };
}

/** `mwpipe shell`: a shell, or one command, inside any container of a release or of a failed test. */
import { Command } from 'commander';
import { composeWorkloads } from '../composition/workloads.ts';
import type { Outcome } from '../kernel/outcome.ts';
import type { RunContext } from '../kernel/run-context.ts';
import { pickWorkloads, type Workload } from '../kernel/workloads.ts';
import { isInteractive, setExitCode, standardStreams } from './process.ts';
import type { GlobalFlags, MakeCommand, RunCommand } from './run.ts';

interface ShellFlags extends GlobalFlags {
  readonly to: string;
}

export const shellCommand: MakeCommand = (run) =>
  new Command('shell')
    .description('open a shell inside a container of a release or of a failed test')
    .argument('[which]', 'a container, a slot (blue), a role (router), a test run (default: an instance)')
    .argument('[command...]', 'run this instead of a shell (after --)')
    .option('--to <target>', 'the target', 'docker')
    .addHelpText('after', '\nExample:\n  $ mwpipe shell blue -- php maintenance/run.php showSiteStats')
    .action(async (which: string | undefined, argv: string[], ...[, command]: [unknown, Command]) => {
      const flags = command.optsWithGlobals<ShellFlags>();
      await openShell(run, { flags, which, argv, target: flags.to });
    });

interface ShellRequest {
  /** As `pickWorkloads` takes it. */
  readonly which: string | undefined;
  /** @default a shell */
  readonly argv: readonly string[];
  readonly target: string;
}

/** Ends this program with the exit code of what ran. */
export async function openShell(
  run: RunCommand,
  request: ShellRequest & { readonly flags: GlobalFlags },
): Promise<void> {
  let exitCode = 0;
  await run({
    flags: request.flags,
    line: () => undefined,
    verb: async ({ context }) => runInside(request, context),
    show: (code: number) => {
      exitCode = code;
      return { text: '', json: { exitCode: code } };
    },
  });
  if (exitCode !== 0) setExitCode(exitCode); // the command's own, as ssh and docker exec do
}

async function runInside(request: ShellRequest, context: RunContext): Promise<Outcome<number>> {
  const workloads = await composeWorkloads();
  const known = await workloads.list();
  if (!known.ok) return known;
  const picked = pickWorkloads(known.value, request.which, request.target);
  if (!picked.ok) return picked;
  const argv = request.argv.length === 0 ? ['/bin/bash'] : request.argv;
  const streams = { ...standardStreams(), terminal: isInteractive() };
  return workloads.shell(best(picked.value), { argv, streams }, context);
}

/** An instance rather than the router, a running container rather than an ended one. */
function best([first, ...others]: readonly [Workload, ...Workload[]]): Workload {
  const rank = (one: Workload): number => (one.role === 'instance' ? 2 : 0) + (one.running ? 1 : 0);
  return others.reduce((chosen, one) => (rank(one) > rank(chosen) ? one : chosen), first);
}

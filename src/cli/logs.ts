/** `mwpipe logs`: what the containers of a target say, each line with its container's name. */
import { Command } from 'commander';
import { composeWorkloads } from '../composition/workloads.ts';
import { all, ok, type Outcome } from '../kernel/outcome.ts';
import type { RunContext } from '../kernel/run-context.ts';
import { pickWorkloads, type Workload, type Workloads } from '../kernel/workloads.ts';
import { standardOutput } from './process.ts';
import type { GlobalFlags, MakeCommand } from './run.ts';
import { wholeNumber } from './whole-number.ts';

interface LogsFlags extends GlobalFlags {
  readonly to: string;
  readonly follow?: boolean;
  readonly tail: number;
}

export const logsCommand: MakeCommand = (run) =>
  new Command('logs')
    .description('show what instances, router, database or a failed test said')
    .argument('[which]', 'a container, a slot (blue), a role (router), a test run; all of the target without it')
    .option('--to <target>', 'the target', 'docker')
    .option('-f, --follow', 'go on as more comes, until Ctrl-C')
    .option('--tail <lines>', 'how many of the last lines', wholeNumber(0, 1_000_000), 100)
    .addHelpText('after', '\nExample:\n  $ mwpipe logs green --follow')
    .action((which: string | undefined, _flags: unknown, command: Command) => {
      const flags = command.optsWithGlobals<LogsFlags>();
      return run({
        flags,
        line: () => undefined,
        verb: ({ context }) => showLogs({ which, flags }, context),
        show: (names) => ({ text: '', json: { containers: names } }),
      });
    });

async function showLogs(
  { which, flags }: { which: string | undefined; flags: LogsFlags },
  context: RunContext,
): Promise<Outcome<string[]>> {
  const workloads = await composeWorkloads();
  const known = await workloads.list();
  if (!known.ok) return known;
  const picked = pickWorkloads(known.value, which, flags.to);
  if (!picked.ok) return picked;
  const alone = picked.value.length === 1;
  const shown = await Promise.all(picked.value.map((one) => showOne(workloads, { one, flags, alone }, context)));
  const done = all(shown);
  return done.ok ? ok(picked.value.map(({ name }) => name)) : done;
}

function showOne(
  workloads: Workloads,
  { one, flags, alone }: { one: Workload; flags: LogsFlags; alone: boolean },
  context: RunContext,
): Promise<Outcome<void>> {
  const terminal = standardOutput();
  const line = (text: string): void =>
    flags.json === true
      ? terminal.write(`${JSON.stringify({ code: 'logs/line', container: one.name, text })}\n`)
      : terminal.write(`${alone ? '' : `${one.name}  `}${text}\n`);
  const [out, error] = [lineSplitter(line), lineSplitter(line)];
  const options = {
    follow: flags.follow === true,
    tail: flags.tail,
    output: { stdout: out, stderr: error },
  };
  return workloads.logs(one.name, options, context);
}

/** Passes whole lines on; a cut one waits for its rest. */
function lineSplitter(pass: (line: string) => void): (chunk: string) => void {
  let rest = '';
  return (chunk) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) pass(line);
  };
}

/** `mwpipe test`: the tests that a patch can affect, run in the set's image; `explain` says why one is among them. */
import { Command, Option } from 'commander';
import type { Testing, TestOptions, TestRunEvent } from '../composition/test.ts';
import { ok, type Outcome } from '../kernel/outcome.ts';
import type { TestReport } from '../test/index.ts';
import { collect } from './collect.ts';
import { firstSet } from './first-set.ts';
import { explanation, findTest } from './render/explain.ts';
import { showReplayed, showTested, type Tested } from './render/test.ts';
import type { GlobalFlags, RunCommand, Shown, Tools } from './run.ts';
import { openShell } from './shell.ts';
import { testLine } from './test-line.ts';

interface TestFlags extends GlobalFlags {
  readonly changed?: boolean;
  readonly all?: boolean;
  readonly base?: string;
  readonly dryRun?: boolean;
  readonly keep?: boolean;
  readonly record?: boolean;
  readonly replay?: string;
  readonly shard?: readonly string[];
  readonly shell?: boolean;
  readonly set?: string;
  readonly runtime: string;
}

export function testCommand(run: RunCommand): Command {
  const command = new Command('test')
    .description('run the tests that the patch in this checkout can affect')
    .option('--changed', 'those that the patch can affect (the default)')
    .option('--all', 'every test of the set')
    .option('--dry-run', 'print the plan and stop')
    .option('--base <ref>', "compare with this (default: the branch's upstream)")
    .option('--set <name>', "extension set to test with (default: the first target's)")
    .option('--runtime <name>', 'a folder of images/', 'php82')
    .option('--keep', 'keep the container of a failed shard, for mwpipe shell')
    .option('--record', 'write down which files each test executes: later patches are followed by it')
    .addOption(
      new Option('--replay <run>', 'do a run again, or one in a folder of another machine').conflicts(CHOOSING),
    )
    .option('--shard <name>', 'of a replay: only this one (repeatable)', collect)
    .option('--shell', 'of a replay: open a shell in the container of what failed')
    .addHelpText(
      'after',
      '\nExamples, inside a checkout of an extension:\n  $ mwpipe test --changed\n  $ mwpipe test --replay tmx48z3m9 --shard "Cite unit" --shell',
    )
    .action((_flags: unknown, self: Command) => {
      const flags = self.optsWithGlobals<TestFlags>();
      const verb = (tools: Tools<TestRunEvent>) => testWith(flags, tools);
      if (flags.replay === undefined)
        return run<TestRunEvent, Tested>({ flags, line: testLine, verb, show: showTested });
      return replayWith(flags, flags.replay, run);
    });
  return command.addCommand(explainCommand(run));
}

function explainCommand(run: RunCommand): Command {
  return new Command('explain')
    .description('why a test is among those that the patch can affect, or why it is not')
    .argument('<test>', 'a test class, its last part, or a file')
    .addHelpText('after', '\nExample:\n  $ mwpipe test explain CiteTest')
    .action((test: string, _flags: unknown, self: Command) => {
      const flags = self.optsWithGlobals<TestFlags>();
      return run<TestRunEvent, Shown>({
        flags,
        line: () => undefined,
        verb: (tools) => explainWith(test, flags, tools),
        show: (shown) => shown,
      });
    });
}

const CHOOSING = ['changed', 'all', 'base', 'dryRun', 'record', 'set'];

/** The shell comes after all that is printed of the run. */
async function replayWith(flags: TestFlags, name: string, run: RunCommand): Promise<void> {
  let failed: string | undefined;
  const shell = flags.shell === true && flags.json !== true;
  await run<TestRunEvent, TestReport>({
    flags,
    line: testLine,
    verb: async (tools) => {
      const workspace = await tools.workspace();
      if (!workspace.ok) return workspace;
      const { replayIn } = await import('../composition/test.ts');
      const keep = shell || flags.keep === true;
      const options = { run: name, shards: flags.shard ?? [], keep, folder: tools.cwd };
      return replayIn(workspace.value, options, tools.context);
    },
    show: (report) => {
      failed = report.shards.some(({ keptAs }) => keptAs !== undefined) ? report.run : undefined;
      return showReplayed(report);
    },
  });
  if (shell && failed !== undefined) await openShell(run, { flags, which: failed, argv: [], target: 'docker' });
}

async function testWith(flags: TestFlags, tools: Tools<TestRunEvent>): Promise<Outcome<Tested>> {
  const testing = await openWith(flags, tools);
  if (!testing.ok) return testing;
  const planned = await testing.value.plan();
  if (!planned.ok) return planned;
  if (flags.dryRun === true) return ok({ planned: planned.value });
  const report = await testing.value.run(planned.value);
  return report.ok ? ok({ planned: planned.value, report: report.value }) : report;
}

async function explainWith(test: string, flags: TestFlags, tools: Tools<TestRunEvent>): Promise<Outcome<Shown>> {
  const testing = await openWith(flags, tools);
  if (!testing.ok) return testing;
  const planned = await testing.value.plan();
  if (!planned.ok) return planned;
  const found = findTest(planned.value, test);
  return found.ok ? ok(explanation(planned.value, found.value)) : found;
}

async function openWith(flags: TestFlags, tools: Tools<TestRunEvent>): Promise<Outcome<Testing>> {
  const workspace = await tools.workspace();
  if (!workspace.ok) return workspace;
  const { openTesting } = await import('../composition/test.ts');
  const options = optionsOf(flags, { folder: tools.cwd, set: flags.set ?? firstSet(workspace.value) });
  return openTesting(workspace.value, options, tools.context);
}

function optionsOf(flags: TestFlags, where: { readonly folder: string; readonly set: string }): TestOptions {
  return {
    ...where,
    runtime: flags.runtime,
    ...(flags.base === undefined ? {} : { base: flags.base }),
    ...(flags.all === undefined ? {} : { all: flags.all }),
    ...(flags.keep === undefined ? {} : { keep: flags.keep }),
    ...(flags.record === undefined ? {} : { record: flags.record }),
  };
}

/** `mwpipe gate`: every test of the set, those whose result still holds taken over. */
import { resolve } from 'node:path';
import { Command } from 'commander';
import type { GateOptions, TestRunEvent } from '../composition/test.ts';
import { ok, type Outcome } from '../kernel/outcome.ts';
import { firstSet } from './first-set.ts';
import { showGate, type Gated } from './render/gate.ts';
import type { GlobalFlags, RunCommand, Tools } from './run.ts';
import { testLine } from './test-line.ts';
import { wholeNumber } from './whole-number.ts';

interface GateFlags extends GlobalFlags {
  readonly with?: string;
  readonly base?: string;
  readonly cache: boolean;
  readonly sample?: number;
  readonly dryRun?: boolean;
  readonly keep?: boolean;
  readonly runtime: string;
}

export function gateCommand(run: RunCommand): Command {
  return new Command('gate')
    .description('every test of a set; only those run that a change since their last result can reach')
    .argument('[set]', "extension set (default: the first target's)")
    .option('--with <folder>', 'a checkout with a patch: it fails for what passes without the patch')
    .option('--base <ref>', "of --with: compare with this (default: the branch's upstream)")
    .option('--no-cache', 'run every test, whatever is known')
    .option('--sample <percent>', 'of what passed before, run as many in a hundred all the same', wholeNumber(0, 100))
    .option('--dry-run', 'print what would run, and why, and stop')
    .option('--runtime <name>', 'a folder of images/', 'php82')
    .option('--keep', 'keep the container of a failed shard, for mwpipe shell')
    .addHelpText('after', '\nExample:\n  $ mwpipe gate demo --with ~/src/Cite')
    .action((set: string | undefined, _flags: unknown, self: Command) => {
      const flags = self.optsWithGlobals<GateFlags>();
      const verb = (tools: Tools<TestRunEvent>) => gateWith(set, flags, tools);
      return run<TestRunEvent, Gated>({ flags, line: testLine, verb, show: showGate });
    });
}

async function gateWith(
  set: string | undefined,
  flags: GateFlags,
  tools: Tools<TestRunEvent>,
): Promise<Outcome<Gated>> {
  const workspace = await tools.workspace();
  if (!workspace.ok) return workspace;
  const { openGate } = await import('../composition/test.ts');
  const options = optionsOf(flags, { set: set ?? firstSet(workspace.value), cwd: tools.cwd });
  const opened = await openGate(workspace.value, options, tools.context);
  if (!opened.ok) return opened;
  await using gating = opened.value;
  const planned = await gating.plan();
  if (!planned.ok || flags.dryRun === true) return planned.ok ? ok({ planned: planned.value }) : planned;
  const report = await gating.run(planned.value);
  return report.ok ? ok({ planned: planned.value, report: report.value }) : report;
}

function optionsOf(flags: GateFlags, { set, cwd }: { readonly set: string; readonly cwd: string }): GateOptions {
  return {
    set,
    runtime: flags.runtime,
    cached: flags.cache,
    ...(flags.with === undefined ? {} : { folder: resolve(cwd, flags.with) }),
    ...(flags.base === undefined ? {} : { base: flags.base }),
    ...(flags.keep === undefined ? {} : { keep: flags.keep }),
    ...(flags.sample === undefined ? {} : { samplePercent: flags.sample }),
  };
}

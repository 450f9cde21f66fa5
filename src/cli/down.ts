/** `mwpipe down`: removes a target with all that it holds; asks first where a person can answer. */
import { createInterface } from 'node:readline/promises';
import { Command } from 'commander';
import type { TargetContents } from '../deploy/index.ts';
import { fail, type Outcome } from '../kernel/outcome.ts';
import type { FlowEvent } from '../release/index.ts';
import { isInteractive, standardStreams } from './process.ts';
import { plainLine } from './render/release.ts';
import type { GlobalFlags, RunCommand, Tools } from './run.ts';

interface DownFlags extends GlobalFlags {
  readonly to: string;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
}

export function downCommand(run: RunCommand): Command {
  return new Command('down')
    .description('remove a target: its containers, network and volumes, with the wiki in them')
    .option('--to <target>', 'a target of mwpipe.yaml', 'docker')
    .option('--yes', "don't ask")
    .option('--dry-run', 'print what would go, and stop')
    .addHelpText('after', '\nExample:\n  $ mwpipe down --dry-run')
    .action((_flags: unknown, command: Command) => {
      const flags = command.optsWithGlobals<DownFlags>();
      return run({
        flags,
        line: plainLine,
        verb: (tools: Tools<FlowEvent>) => down(flags, tools),
        show: (contents) => ({ text: downText(contents, flags), json: contents }),
      });
    });
}

async function down(flags: DownFlags, tools: Tools<FlowEvent>): Promise<Outcome<TargetContents>> {
  const workspace = await tools.workspace();
  if (!workspace.ok) return workspace;
  const { removalOf } = await import('../composition/deploy.ts');
  const found = await removalOf(workspace.value, flags.to);
  if (!found.ok) return found;
  const { takeDown } = await import('../release/index.ts');
  const dryRun = flags.dryRun === true;
  const contents = await takeDown({ ...found.value, dryRun: true }, tools.context);
  if (!contents.ok || dryRun || countOf(contents.value) === 0) return contents;
  const sure = flags.yes === true || !isInteractive() || (await confirm(flags.to, contents.value));
  if (!sure) return fail({ code: 'down/not-confirmed', message: 'nothing was removed', exit: 'refused' });
  return takeDown({ ...found.value, dryRun: false }, tools.context);
}

async function confirm(target: string, contents: TargetContents): Promise<boolean> {
  const { stdin, stderr } = standardStreams();
  const lines = createInterface({ input: stdin, output: stderr });
  try {
    const question = `Remove ${target} for good: ${listText(contents)}, with all pages in them? Type its name: `;
    return (await lines.question(question)).trim() === target;
  } finally {
    lines.close();
  }
}

function downText(contents: TargetContents, { to, dryRun }: DownFlags): string {
  if (countOf(contents) === 0) return `Nothing of ${to} is there`;
  const names = [...contents.containers, ...contents.volumes, ...contents.networks].map((name) => `  ${name}`);
  if (dryRun === true)
    return [`Would remove ${listText(contents)}:`, ...names, `Do it with  mwpipe down --to ${to}`].join('\n');
  return `Removed    ${listText(contents)}\nNext       mwpipe deploy --to ${to}`;
}

function listText({ containers, volumes, networks }: TargetContents): string {
  return `${containers.length} containers, ${volumes.length} volumes, ${networks.length} network${networks.length === 1 ? '' : 's'}`;
}

function countOf({ containers, volumes, networks }: TargetContents): number {
  return containers.length + volumes.length + networks.length;
}

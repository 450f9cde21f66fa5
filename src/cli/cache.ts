/** `mwpipe cache`: what mwpipe keeps on this machine: look, clear up, check. */
import { Command, Option } from 'commander';
import type { CacheEvent } from '../resolve/index.ts';
import { age } from './age.ts';
import { collectedText, listingText, plainLine, showVerified } from './render/cache.ts';
import type { GlobalFlags, MakeCommand, RunCommand, Tools } from './run.ts';

interface GcFlags extends GlobalFlags {
  readonly olderThan: number;
  readonly dryRun?: boolean;
}

interface VerifyFlags extends GlobalFlags {
  readonly repair?: boolean;
}

export const cacheCommand: MakeCommand = (run) =>
  new Command('cache')
    .description('what mwpipe keeps on this machine (git mirrors, layers): look, clear up, check')
    .addHelpText('after', '\nExample:\n  $ mwpipe cache gc --dry-run')
    .addCommand(listCommand(run))
    .addCommand(gcCommand(run))
    .addCommand(verifyCommand(run));

function listCommand(run: RunCommand): Command {
  return new Command('ls')
    .description('show what takes the room')
    .addHelpText('after', '\nExample:\n  $ mwpipe cache ls --json')
    .action((_flags: unknown, command: Command) => {
      const flags = command.optsWithGlobals<GlobalFlags>();
      return run({
        flags,
        line: plainLine,
        verb: async (tools: Tools<CacheEvent>) => {
          const workspace = await tools.workspace();
          if (!workspace.ok) return workspace;
          const { cacheOf } = await import('../composition/cache.ts');
          return cacheOf(workspace.value);
        },
        show: (listing) => ({ text: listingText(listing), json: listing }),
      });
    });
}

function gcCommand(run: RunCommand): Command {
  return new Command('gc')
    .description(
      'remove what nobody used for long, and what killed runs left; what a lock of this workspace names stays',
    )
    .addOption(new Option('--older-than <age>', 'not used for so long').argParser(age).default(age('30d'), '30d'))
    .option('--dry-run', 'print what would go, and stop')
    .addHelpText('after', '\nExample:\n  $ mwpipe cache gc --older-than 2w')
    .action((_flags: unknown, command: Command) => {
      const flags = command.optsWithGlobals<GcFlags>();
      const dryRun = flags.dryRun === true;
      return run({
        flags,
        line: plainLine,
        verb: async (tools: Tools<CacheEvent>) => {
          const workspace = await tools.workspace();
          if (!workspace.ok) return workspace;
          const { collectIn } = await import('../composition/cache.ts');
          return collectIn(workspace.value, { olderThanMs: flags.olderThan, dryRun }, tools.context);
        },
        show: (collected) => ({ text: collectedText(collected, dryRun), json: collected }),
      });
    });
}

function verifyCommand(run: RunCommand): Command {
  return new Command('verify')
    .description('check that every kept commit and every blob is whole; fails where one is not')
    .option('--repair', 'remove what is damaged: it is fetched or made anew')
    .addHelpText('after', '\nExample:\n  $ mwpipe cache verify --repair')
    .action((_flags: unknown, command: Command) => {
      const flags = command.optsWithGlobals<VerifyFlags>();
      return run({
        flags,
        line: plainLine,
        verb: async (tools: Tools<CacheEvent>) => {
          const workspace = await tools.workspace();
          if (!workspace.ok) return workspace;
          const { verifyIn } = await import('../composition/cache.ts');
          return verifyIn(workspace.value, { repair: flags.repair === true }, tools.context);
        },
        show: showVerified,
      });
    });
}

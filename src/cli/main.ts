/** The command line: one tree of commands; only the one that is meant is loaded, all of them for help. */
import { Command } from 'commander';
import { commandLoaders } from './commands.ts';
import { ignoreBrokenPipe } from './process.ts';
import { runCommand } from './run.ts';
import { version } from './version.ts';

/** The tree of commands with those named in `wanted`, or all: shell completion and the reference are made from it. */
export async function program(wanted?: string): Promise<Command> {
  const root = new Command('mwpipe')
    .description('takes MediaWiki from patches to traffic')
    .version(version(), '-V, --version')
    .option('--json', 'print events and the result as JSON lines')
    .option('--workspace <dir>', 'the folder with mwpipe.yaml (default: here or above, else this checkout)')
    .showSuggestionAfterError()
    .configureHelp({ showGlobalOptions: true })
    .addHelpText('after', "\nA first run, on real MediaWiki and this machine's Docker:\n  $ npm run demo");
  const loaders =
    wanted !== undefined && wanted in commandLoaders ? [commandLoaders[wanted]] : Object.values(commandLoaders);
  for (const load of loaders) if (load !== undefined) root.addCommand((await load())(runCommand));
  return root;
}

export async function main(argv: readonly string[]): Promise<void> {
  ignoreBrokenPipe();
  const word = commandWord(argv);
  const root = await program(word === 'completion' ? undefined : word);
  await root.parseAsync([...argv], { from: 'user' });
}

/** The first word that is neither an option nor the value of one. */
function commandWord(argv: readonly string[]): string | undefined {
  return argv.find((word, at) => !word.startsWith('-') && argv[at - 1] !== '--workspace');
}

/** The command line: one tree of commands; only the one that is meant is loaded, all of them for help. */
import { Command, CommanderError } from 'commander';
import { commandLoaders } from './commands.ts';
import { ignoreBrokenPipe, setExitCode, standardOutput } from './process.ts';
import { EXIT, runCommand } from './run.ts';
import { version } from './version.ts';

/** The tree of commands with those named in `wanted`, or all: shell completion and the reference are made from it. */
export async function program(wanted?: string): Promise<Command> {
  const root = new Command('mwpipe')
    .description('takes MediaWiki from patches to traffic')
    .version(version(), '-V, --version')
    .option('--json', 'print events and the result as JSON lines')
    .option('--workspace <dir>', 'the folder with mwpipe.yaml (default: here or above, else this checkout)')
    .showHelpAfterError('(--help after a command shows what can be given to it)')
    .exitOverride()
    .configureHelp({ showGlobalOptions: true, visibleGlobalOptions: (command) => globalOptions(command) })
    .addHelpText('after', "\nA first run, on real MediaWiki and this machine's Docker:\n  $ npm run demo");
  const loaders =
    wanted !== undefined && wanted in commandLoaders ? [commandLoaders[wanted]] : Object.values(commandLoaders);
  for (const load of loaders) if (load !== undefined) root.addCommand((await load())(runCommand));
  for (const command of root.commands) inherit(command, root);
  return root;
}

export async function main(argv: readonly string[]): Promise<void> {
  ignoreBrokenPipe();
  const word = commandWord(argv);
  const root = await program(word === 'completion' ? undefined : word);
  try {
    await root.parseAsync([...argv], { from: 'user' });
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) throw thrown;
    endUsage(thrown, argv.includes('--json'));
  }
}

/** The first word that is neither an option nor the value of one. */
function commandWord(argv: readonly string[]): string | undefined {
  return argv.find((word, at) => !word.startsWith('-') && argv[at - 1] !== '--workspace');
}

/** Settings are inherited by commands that `.command()` makes, not by those that are added. */
function inherit(command: Command, parent: Command): void {
  command.copyInheritedSettings(parent);
  for (const one of command.commands) inherit(one, command);
}

/** Of every command above; --version is the root's own. */
function globalOptions(command: Command): Command['options'][number][] {
  const { parent } = command;
  if (parent === null) return [];
  return [...parent.options.filter(({ long }) => long !== '--version'), ...globalOptions(parent)];
}

/** Help that was asked for is done; a word or option that nobody knows is the user's mistake. The text is printed. */
function endUsage({ code, message }: CommanderError, json: boolean): void {
  const asked = code === 'commander.helpDisplayed' || code === 'commander.version';
  setExitCode(asked ? EXIT.done : EXIT.input);
  if (!json || asked) return;
  const kind = code.replace('commander.', '').replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const diagnostics = [{ code: `usage/${kind}`, message: message.replace(/^error: /, '') }];
  standardOutput().write(`${JSON.stringify({ code: 'result', exit: EXIT.input, diagnostics })}\n`);
}

/** `mwpipe completion SHELL`: a static script made from the tree of commands, so completing never starts mwpipe. */
import { Argument, Command } from 'commander';
import { ok } from '../kernel/outcome.ts';
import { bashScript } from './completion/bash.ts';
import { fishScript } from './completion/fish.ts';
import { placesOf, type Place } from './completion/tree.ts';
import { zshScript } from './completion/zsh.ts';
import type { MakeCommand } from './run.ts';

const SCRIPTS: Readonly<Record<string, (places: readonly Place[]) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

const EXAMPLE = `
Example, for this session; put the line into ~/.bashrc for later ones:
  $ source <(mwpipe completion bash)
  $ mwpipe completion fish > ~/.config/fish/completions/mwpipe.fish`;

export const completionCommand: MakeCommand = (run) =>
  new Command('completion')
    .description('print the script by which a shell completes commands and options')
    .addArgument(new Argument('<shell>', 'the shell that reads it').choices(Object.keys(SCRIPTS)))
    .addHelpText('after', EXAMPLE)
    .action((shell: string, _flags: unknown, command: Command) =>
      run({
        flags: command.optsWithGlobals(),
        line: () => undefined,
        verb: () => Promise.resolve(ok(SCRIPTS[shell]?.(placesOf(command.parent ?? command)) ?? '')),
        show: (script) => ({ text: script, json: { shell, script } }),
      }),
    );

/** Every command by name, each loaded when it is meant: `mwpipe status` doesn't wait for the parser of PHP. */
import type { Command } from 'commander';
import type { RunCommand } from './run.ts';

export type MakeCommand = (run: RunCommand) => Command;

/** In the order of the help. A command's file gives one function, flags in, one call to a step, a rendering out. */
export const commandLoaders: Readonly<Record<string, () => Promise<MakeCommand>>> = {};

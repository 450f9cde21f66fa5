/** The tree of commands as what can stand next: for each path of words, the words and options after it. */
import type { Argument, Command, Option } from 'commander';

/** What the workspace names: its extension sets, its runtimes, and the flavours of those. */
type WorkspaceWord = 'set' | 'runtime' | 'flavour';

/** What a value is: a file, a folder, a name of the workspace's, one of few words, or anything. */
export type ValueKind = 'file' | 'folder' | WorkspaceWord | readonly string[] | undefined;

export interface Choice {
  readonly word: string;
  readonly about: string;
}

export interface OptionChoice extends Choice {
  /** Set where a value follows. */
  readonly value?: { readonly kind: ValueKind };
}

export interface Place {
  /** `mwpipe config push` */
  readonly path: string;
  readonly commands: readonly Choice[];
  readonly options: readonly OptionChoice[];
  /** What the first positional argument is; undefined where there is none or it is free. */
  readonly argument: ValueKind;
}

/** Every place of the tree, the root first. */
export function placesOf(root: Command, inherited: readonly OptionChoice[] = [], path = root.name()): Place[] {
  const options = [...root.options.filter((option) => !option.hidden).flatMap(choicesOf), ...inherited];
  const place = { path, commands: commandsOf(root), options: [...options, HELP], argument: kindOfArguments(root) };
  const handedDown = options.filter(({ word }) => !ROOT_ONLY.includes(word));
  return [place, ...root.commands.flatMap((one) => placesOf(one, handedDown, `${path} ${one.name()}`))];
}

const HELP: OptionChoice = { word: '--help', about: 'show what can be given' };
const ROOT_ONLY = ['--version', '-V'];

function commandsOf(command: Command): Choice[] {
  return command.commands.map((one) => ({ word: one.name(), about: one.description() }));
}

function choicesOf(option: Option): OptionChoice[] {
  const about = option.description;
  const value = option.required || option.optional ? { value: { kind: kindOf(option) } } : {};
  return option.long ? [{ word: option.long, about, ...value }] : [];
}

function kindOfArguments(command: Command): ValueKind {
  const first = command.registeredArguments[0];
  return first === undefined ? undefined : kindOf(first);
}

/** By the choices given, else by the name that stands between < and >. */
function kindOf(given: Argument | Option): ValueKind {
  if (given.argChoices !== undefined) return given.argChoices;
  const long = 'flags' in given ? given.long : undefined;
  const name = 'flags' in given ? (/[<[]([\w-]+)/.exec(given.flags)?.[1] ?? '') : given.name();
  if (/^(dir|folder|directory|workspace)$/.test(name)) return 'folder';
  if (/^(file|path)$/.test(name)) return 'file';
  if (long === '--runtime') return 'runtime';
  if (long === '--flavour') return 'flavour';
  return name === 'set' || name === 'runtime' ? name : undefined;
}

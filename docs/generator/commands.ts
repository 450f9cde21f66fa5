/** The page of commands, from the tree that the command line itself is made of. */
import type { Argument, Command, Option } from 'commander';
import { program } from '../../src/cli/main.ts';
import { code, head, join, shellBlock, table } from './markdown.ts';

export async function commandsPage(): Promise<string> {
  const root = await program();
  const commands = leaves(root);
  return join([
    head('Commands', 'Every command, with what can be given to it. `mwpipe COMMAND --help` prints the same.'),
    table(
      ['Command', 'What it does'],
      commands.map((one) => [`[${code(pathOf(one))}](#${anchor(pathOf(one))})`, one.description()]),
    ),
    '## Options of every command',
    optionTable(root),
    ...commands.map(section),
  ]);
}

/** The commands that do something: a group that only has subcommands is not one. */
function leaves(parent: Command): Command[] {
  return parent.commands.flatMap((one) => (one.commands.length === 0 ? [one] : [...ownWork(one), ...leaves(one)]));
}

/** A command may act by itself and have subcommands too (`mwpipe test`, `mwpipe test explain`). */
function ownWork(command: Command): Command[] {
  return command.registeredArguments.length > 0 || command.options.length > 0 ? [command] : [];
}

function section(command: Command): string {
  return join([
    `## ${pathOf(command)}`,
    sentence(command.description()),
    shellBlock(`${pathOf(command)} ${usageOf(command)}`),
    table(['Argument', 'Meaning', 'Default'], command.registeredArguments.map(argumentRow)),
    optionTable(command),
    notes(command),
  ]);
}

function usageOf(command: Command): string {
  const parts = command.registeredArguments.map(argumentTerm);
  return [...(command.options.length > 0 ? ['[options]'] : []), ...parts].join(' ');
}

function argumentTerm(argument: Argument): string {
  const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
  return argument.required ? `<${name}>` : `[${name}]`;
}

function argumentRow(argument: Argument): string[] {
  return [code(argumentTerm(argument)), `${argument.description}${choiceText(argument)}`, defaultText(argument)];
}

function optionTable(command: Command): string {
  const options = command.options.filter((option) => !option.hidden);
  return table(['Option', 'Meaning', 'Default'], options.map(optionRow));
}

function optionRow(option: Option): string[] {
  return [code(option.flags), `${option.description}${choiceText(option)}`, defaultText(option)];
}

function choiceText({ argChoices: choices }: Argument | Option): string {
  return choices === undefined ? '' : ` (one of ${choices.map(code).join(', ')})`;
}

function defaultText(given: Argument | Option): string {
  const value: unknown = given.defaultValue;
  if (given.defaultValueDescription !== undefined) return given.defaultValueDescription;
  if (value === undefined || value === false || (Array.isArray(value) && value.length === 0)) return '';
  return code(typeof value === 'string' ? value : JSON.stringify(value));
}

/** What the command's help prints after its options: the examples. */
function notes(command: Command): string {
  let printed = '';
  command.configureOutput({ writeOut: (text) => (printed += text), getOutHasColors: () => false });
  const table = command.helpInformation();
  command.outputHelp();
  return exampleBlocks(printed.slice(printed.indexOf(table) + table.length));
}

/** Indented lines are something to paste; the others are prose. */
function exampleBlocks(text: string): string {
  const groups: { readonly code: boolean; readonly lines: string[] }[] = [];
  for (const line of text.split('\n').filter((one) => one.trim() !== '')) {
    const isCode = line.startsWith('  ');
    if (groups.at(-1)?.code !== isCode) groups.push({ code: isCode, lines: [] });
    groups.at(-1)?.lines.push(isCode ? line.replace(/^ {2}(\$ )?/, '') : line);
  }
  return join(groups.map(({ code, lines }) => (code ? shellBlock(lines.join('\n')) : lines.join('\n'))));
}

function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}

function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\w -]/g, '')
    .replaceAll(' ', '-');
}

function sentence(text: string): string {
  return text === '' ? '' : `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;
}

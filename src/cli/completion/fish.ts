/** The tree as a script for fish: one line for each word that can stand somewhere. */
import type { Choice, OptionChoice, Place, ValueKind } from './tree.ts';

export function fishScript(places: readonly Place[]): string {
  return `# Completes mwpipe's commands and options in fish. Made by: mwpipe completion fish
function __mwpipe_at
  set -l place mwpipe
  for word in (commandline -opc)[2..-1]
    contains -- "$place $word" ${places
      .slice(1)
      .map(({ path }) => quoted(path))
      .join(' ')}; and set place "$place $word"
  end
  test "$place" = "$argv"
end
function __mwpipe_sets
  for file in extension-sets/*.yaml
    string match -q '*.lock.yaml' $file; or path basename -E $file
  end
end
function __mwpipe_runtimes
  for file in images/*/image.yaml
    string replace -r '.*/([^/]+)/image.yaml$' '$1' $file
  end
end
function __mwpipe_flavours
  sed -n '/^flavours:/,/^[^ #]/{s/^flavours://;/^[a-z]/d;p}' images/*/image.yaml 2> /dev/null | grep -oE '[a-z][a-z0-9-]*:' | tr -d : | sort -u
end
complete -c mwpipe -f
${places.flatMap(linesOf).join('\n')}
`;
}

function linesOf({ path, commands, options, argument }: Place): string[] {
  const here = `complete -c mwpipe -n ${quoted(`__mwpipe_at ${path}`)}`;
  return [
    ...commands.map((one) => `${here} -a ${one.word}${about(one)}`),
    ...options.map((one) => `${here} -l ${one.word.replace(/^--/, '')}${valueOf(one)}${about(one)}`),
    ...(argument === undefined ? [] : [`${here}${offer(argument)}`]),
  ];
}

function about(choice: Choice): string {
  return choice.about === '' ? '' : ` -d ${quoted(choice.about)}`;
}

function valueOf({ value }: OptionChoice): string {
  return value === undefined ? '' : ` -r${offer(value.kind)}`;
}

function offer(kind: ValueKind): string {
  if (kind === undefined) return '';
  if (kind === 'file') return ' -F';
  if (kind === 'folder') return " -a '(__fish_complete_directories)'";
  return typeof kind === 'string' ? ` -a '(__mwpipe_${kind}s)'` : ` -a ${quoted(kind.join(' '))}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

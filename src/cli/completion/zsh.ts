/** The tree as a script for zsh, which shows what each word means. */
import type { Choice, Place, ValueKind } from './tree.ts';

export function zshScript(places: readonly Place[]): string {
  return `#compdef mwpipe
# Completes mwpipe's commands and options in zsh. Made by: mwpipe completion zsh
_mwpipe() {
  local place=mwpipe at
  local -a choices
  for ((at = 2; at < CURRENT; at++)); do
    case "$place \${words[at]}" in
      ${places
        .slice(1)
        .map(({ path }) => quoted(path))
        .join('|')}) place="$place \${words[at]}" ;;
    esac
  done
  case "$place \${words[CURRENT-1]}" in
${values(places)}
  esac
  case "$place" in
${places.map(wordsOf).join('\n')}
  esac
  _describe -o mwpipe choices
}
_mwpipe_sets() { local -a sets=(extension-sets/*.yaml(N:t:r)); compadd -- \${sets:#*.lock} }
_mwpipe_runtimes() { local -a runtimes=(images/*/image.yaml(N:h:t)); compadd -- $runtimes }
_mwpipe_flavours() { compadd -- \${(u)\${(f)"$(sed -n '/^flavours:/,/^[^ #]/{s/^flavours://;/^[a-z]/d;p}' images/*/image.yaml 2> /dev/null | grep -oE '[a-z][a-z0-9-]*:' | tr -d :)"}} }
if [[ $funcstack[1] == _mwpipe ]]; then _mwpipe "$@"; else compdef _mwpipe mwpipe; fi
`;
}

function values(places: readonly Place[]): string {
  const cases = places.flatMap(({ path, options }) =>
    options.flatMap(({ word, value }) =>
      value === undefined ? [] : [`    ${quoted(`${path} ${word}`)}) ${offer(value.kind)}; return ;;`],
    ),
  );
  return cases.join('\n');
}

function wordsOf({ path, commands, options, argument }: Place): string {
  const argued = argument === undefined ? '' : ` ${offer(argument)};`;
  return `    ${quoted(path)})${argued} choices=(${[...commands, ...options].map(described).join(' ')}) ;;`;
}

function described({ word, about }: Choice): string {
  return quoted(`${word.replaceAll(':', '\\:')}:${about}`);
}

function offer(kind: ValueKind): string {
  if (kind === undefined) return ':';
  if (kind === 'file') return '_files';
  if (kind === 'folder') return '_files -/';
  return typeof kind === 'string' ? `_mwpipe_${kind}s` : `compadd -- ${kind.map(quoted).join(' ')}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** The tree as a script for bash. */
import type { Place, ValueKind } from './tree.ts';

export function bashScript(places: readonly Place[]): string {
  return `# Completes mwpipe's commands and options in bash. Made by: mwpipe completion bash
_mwpipe() {
  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} place=mwpipe words='' at IFS=$'\\n'
  for ((at = 1; at < COMP_CWORD; at++)); do
    case "$place \${COMP_WORDS[at]}" in
      ${paths(places)}) place="$place \${COMP_WORDS[at]}" ;;
    esac
  done
  case "$place $before" in
${values(places)}
  esac
  case "$place" in
${words(places)}
  esac
  COMPREPLY+=($(compgen -W "$words" -- "$current"))
}
_mwpipe_sets() { local file; for file in extension-sets/*.yaml; do file=\${file##*/}; case $file in *.lock.yaml|'*.yaml') ;; *) echo "\${file%.yaml}" ;; esac; done; }
_mwpipe_runtimes() { local file; for file in images/*/image.yaml; do file=\${file%/*}; case $file in *'*'*) ;; *) echo "\${file##*/}" ;; esac; done; }
_mwpipe_flavours() { sed -n '/^flavours:/,/^[^ #]/{s/^flavours://;/^[a-z]/d;p}' images/*/image.yaml 2> /dev/null | grep -oE '[a-z][a-z0-9-]*:' | tr -d : | sort -u; }
complete -F _mwpipe mwpipe
`;
}

function paths(places: readonly Place[]): string {
  return places
    .slice(1)
    .map(({ path }) => quoted(path))
    .join('|');
}

/** After an option that takes a value, only values are offered. */
function values(places: readonly Place[]): string {
  const cases = places.flatMap(({ path, options }) =>
    options.flatMap(({ word, value }) =>
      value === undefined ? [] : [`    ${quoted(`${path} ${word}`)}) ${offer(value.kind)} return ;;`],
    ),
  );
  return cases.join('\n');
}

function words(places: readonly Place[]): string {
  return places
    .map(({ path, commands, options, argument }) => {
      const all = [...commands, ...options].map(({ word }) => word);
      const argued = argument === undefined ? '' : ` ${offer(argument)}`;
      return `    ${quoted(path)})${argued} words=${listed(all)} ;;`;
    })
    .join('\n');
}

function offer(kind: ValueKind): string {
  if (kind === undefined) return '';
  if (kind === 'file' || kind === 'folder') return names(kind === 'file' ? '-f' : '-d');
  const words = typeof kind === 'string' ? `"$(_mwpipe_${kind}s)"` : listed(kind);
  return `COMPREPLY=($(compgen -W ${words} -- "$current"));`;
}

/** readline, where it is the one that asks, quotes a name with spaces. */
function names(kind: '-f' | '-d'): string {
  return `compopt -o filenames 2> /dev/null; COMPREPLY=($(compgen ${kind} -- "$current"));`;
}

/** One word a line: a folder's name may have spaces, so only line ends part words. */
function listed(words: readonly string[]): string {
  return `$${quoted(words.join('\\n'))}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** `extension-list`, from which a wiki's messages are gathered: one `$IP/extensions/X/extension.json` a line. */
import { quote, type Diagnostic, type SourceRange } from '../../../kernel/diagnostic.ts';
import { settle, type Outcome } from '../../../kernel/outcome.ts';
import { eachOnce, entryOf, isEntry, type ComponentList, type ListEntry } from './component-list.ts';

/** One repo can register several: Wikibase has a client and a repo. */
export function readExtensionList(file: string, text: string): Outcome<ComponentList> {
  const wrong: Diagnostic[] = [];
  const entries: ListEntry[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    const written = line.replace(/#.*/, '').trim();
    if (written === '') continue;
    const at = { file, line: index + 1, column: line.indexOf(written) + 1, length: written.length };
    const entry = lineEntry(written, at);
    if (isEntry(entry)) entries.push(entry);
    else wrong.push(entry);
  }
  return settle({ format: 'extension-list', entries: eachOnce(entries) }, wrong);
}

function lineEntry(written: string, at: SourceRange): ListEntry | Diagnostic {
  const found = /^\$IP\/((?:extensions|skins)\/[^/]+)\/(?:[^/]+\/)*[^/]+\.(?:json|php)$/.exec(written);
  const name = found?.[1];
  if (name !== undefined && !/(^|\/)\.\.?(\/|$)/.test(written)) return entryOf(name, at);
  return {
    code: 'resolve/wrong-list',
    message: `${quote(written)} is no line of an extension list`,
    hint: 'expected for example $IP/extensions/Cite/extension.json',
    at,
  };
}

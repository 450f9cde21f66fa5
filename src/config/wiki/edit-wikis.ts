/** One more wiki in the text of a `wikis.yaml`: all that is there stays as it was typed, comments included. */
import { isMap, isScalar, parseDocument, type Document, type Pair } from 'yaml';

export interface WikiEntry {
  readonly hosts: readonly string[];
  readonly version?: string;
  readonly language?: string;
  readonly site?: string;
  readonly tags?: readonly string[];
}

const NEW_FILE = `# The wikis of this farm, by database name: where each answers, and what it belongs to.
wikis:
`;

/**
 * @param text well-formed; '' makes a new file
 * @returns the new text; the same where an entry of this name is there already
 */
export function addWikiEntry(text: string, added: { readonly name: string; readonly entry: WikiEntry }): string {
  if (text.trim() === '') return `${NEW_FILE}  ${lineOf(added)}`;
  const document = parseDocument(text);
  if (document.hasIn(['wikis', added.name])) return text;
  const last = lastBlockPair(document);
  return last === undefined ? rewritten(document, added) : insertAfter(text, { last, line: lineOf(added) });
}

function lineOf({ name, entry }: { readonly name: string; readonly entry: WikiEntry }): string {
  const { hosts, version, language, site, tags } = entry;
  const list = (items: readonly string[]): string => `[${items.join(', ')}]`;
  const parts = [
    `hosts: ${list(hosts)}`,
    ...(version === undefined ? [] : [`version: ${version}`]),
    ...(language === undefined
      ? []
      : [`language: ${/^(no|on|off|yes|y|n)$/i.test(language) ? `'${language}'` : language}`]),
    ...(site === undefined ? [] : [`site: ${site}`]),
    ...(tags === undefined || tags.length === 0 ? [] : [`tags: ${list(tags)}`]),
  ];
  return `${name}: { ${parts.join(', ')} }\n`;
}

/** The last wiki, where wikis stand one below the other. */
function lastBlockPair(document: Document): Pair | undefined {
  const wikis = document.get('wikis', true);
  return isMap(wikis) && wikis.flow !== true ? wikis.items.at(-1) : undefined;
}

function insertAfter(text: string, { last, line }: { readonly last: Pair; readonly line: string }): string {
  const key = isScalar(last.key) ? (last.key.range?.[0] ?? 0) : 0;
  const value = last.value as { readonly range?: readonly [number, number, number] | null } | null;
  const indent = key - (text.lastIndexOf('\n', key - 1) + 1);
  const end = endOfLine(text, Math.max(key, value?.range?.[1] ?? 0));
  const head = text.slice(0, end);
  return `${head}${head.endsWith('\n') ? '' : '\n'}${' '.repeat(indent)}${line}${text.slice(end)}`;
}

/** After the line on which `offset` stands; a block value's own end is already the start of a line. */
function endOfLine(text: string, offset: number): number {
  if (offset > 0 && text[offset - 1] === '\n') return offset;
  const end = text.indexOf('\n', offset);
  return end < 0 ? text.length : end + 1;
}

/** Wikis in braces, or none yet: the library writes the file anew, with its comments. */
function rewritten(document: Document, { name, entry }: { readonly name: string; readonly entry: WikiEntry }): string {
  if (!isMap(document.get('wikis', true))) document.set('wikis', document.createNode({}));
  document.setIn(['wikis', name], document.createNode(entry, { flow: true }));
  return document.toString({ lineWidth: 0 });
}

/** From what PHP said about a file in the bundle to the place in the overlay where it was typed. */
import { quote, type Diagnostic, type SourceRange } from '../../kernel/diagnostic.ts';
import type { CheckedSource } from './evaluate-bundle.ts';
import type { WikiMistake } from './evaluation.ts';
import { exitPlaces } from './exit-places.ts';
import { wikiCount } from './wiki-count.ts';

const SYNTAX = 'PHP reads no further than this; the mistake is here or just before';
const FOUND = 'found by evaluating the settings in the image; nothing was made live';

/** By what check.php calls it; PHP's own notices and warnings are the rest. */
const KINDS: Readonly<Record<string, { readonly code: Diagnostic['code']; readonly hint: string }>> = {
  'parse error': { code: 'config/php-syntax', hint: SYNTAX },
  'fatal error': { code: 'config/php-fatal', hint: FOUND },
  error: { code: 'config/php-fatal', hint: FOUND },
  output: { code: 'config/php-prints', hint: 'settings print nothing: it would come before the headers of every page' },
  'too long': { code: 'config/php-too-long', hint: 'does a loop never end? settings are read for every request' },
  exit: { code: 'config/php-exits', hint: 'settings are read to their end: no exit() and no die()' },
  handler: { code: 'config/php-handler', hint: 'take it out: MediaWiki sets its own, which logs' },
  process: { code: 'config/php-process', hint: 'settings are read for every request: start nothing there' },
};
const NOTICE = { code: 'config/php-notice', hint: FOUND } as const;

/** @param of how many wikis were evaluated */
export function locateMistake(bundle: CheckedSource, mistake: WikiMistake, of: number): Diagnostic {
  const { code, hint } = KINDS[mistake.level] ?? NOTICE;
  const exits = mistake.level === 'exit' ? exitPlaces(bundle) : [];
  const at = exits.length === 1 ? exits[0] : placeOf(bundle, mistake);
  const elsewhere = at === undefined && mistake.file !== '' ? ` (in ${mistake.file} on line ${mistake.line})` : '';
  const maybe = exits.length > 1 ? `; it may be ${exits.slice(0, 3).map(placeName).join(' or ')}` : '';
  const times = mistake.count > 1 ? `, ${mistake.count} times` : '';
  return {
    code,
    message: `${mistake.message.trim()}${elsewhere}${times}${wikiCount(mistake.wikis, of)}`,
    hint: `${hint}${maybe}`,
    exit: 'failed',
    ...(at === undefined ? {} : { at }),
  };
}

function placeName({ file, line }: SourceRange): string {
  return `${file}:${line}`;
}

function placeOf(bundle: CheckedSource, mistake: WikiMistake): SourceRange | undefined {
  const extension = extensionPlace(bundle, mistake.message);
  if (extension !== undefined) return extension;
  const source = bundle.sources.get(mistake.file);
  const data = bundle.files.get(mistake.file);
  if (source === undefined || data === undefined) return undefined;
  const lines = Buffer.from(data).toString('utf8').split('\n');
  const text = (lines[mistake.line - 1] ?? '').replace(/\r$/, '');
  return { file: source, line: Math.max(1, mistake.line), ...meantOn(text, mistake.message) };
}

/** The columns of what the message names (`unexpected token ";"`, `Undefined variable $x`), else the line's text. */
function meantOn(text: string, message: string): { column: number; length: number } {
  for (const word of wordsOf(message)) {
    const index = text.indexOf(word);
    if (index >= 0) return { column: index + 1, length: word.length };
  }
  const start = Math.max(0, text.search(/\S/));
  return { column: start + 1, length: Math.max(1, text.trim().length) };
}

function wordsOf(message: string): string[] {
  const unexpected =
    /unexpected (?:token|identifier|variable|string content|integer|double-quoted string|single-quoted string|\w+) "((?:[^"\\]|\\.)*)"/;
  const quoted = unexpected.exec(message)?.[1];
  const variable = /(?:variable|array key|constant|function|property|Class) (\\?[$"']?[\w\\:$]+)/.exec(message)?.[1];
  const extension = /\/(?:extensions|skins)\/([\w-]+)\//.exec(message)?.[1];
  return [quoted, variable?.replaceAll(/^["']|["']$/g, ''), extension].filter(
    (word): word is string => word !== undefined && word !== '',
  );
}
/** MediaWiki names an extension that isn't in the image, not who asked for it: find that line. */
function extensionPlace(bundle: CheckedSource, message: string): SourceRange | undefined {
  const name = /\/(?:extensions|skins)\/([\w-]+)\//.exec(message)?.[1];
  if (name === undefined) return undefined;
  const asks = new RegExp(`wfLoad(?:Extension|Skin)s?\\b.*?['"]${name}['"]|^\\s*['"]${name}['"]`);
  for (const [path, source] of bundle.sources) {
    if (!path.endsWith('.php')) continue;
    const lines = Buffer.from(bundle.files.get(path) ?? [])
      .toString('utf8')
      .split('\n');
    const line = lines.findIndex((text) => asks.test(text));
    const column = lines[line]?.search(new RegExp(quote(name).slice(1, -1)));
    if (column !== undefined) return { file: source, line: line + 1, column: column + 1, length: name.length };
  }
  return undefined;
}

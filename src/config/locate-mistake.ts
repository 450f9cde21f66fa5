/** From what PHP said about a file in the bundle to the place in the overlay where it was typed. */
import { quote, type Diagnostic, type SourceRange } from '../kernel/diagnostic.ts';
import type { Bundle } from './bundle.ts';
import type { PhpMistake } from './check-report.ts';

export function locateMistake(bundle: Bundle, mistake: PhpMistake): Diagnostic {
  const at = placeOf(bundle, mistake);
  const elsewhere = at === undefined && mistake.file !== '' ? ` (in ${mistake.file} on line ${mistake.line})` : '';
  const parse = mistake.level.startsWith('parse');
  return {
    code: parse ? 'config/php-syntax' : mistake.level.includes('error') ? 'config/php-fatal' : 'config/php-notice',
    message: `${mistake.message.trim()}${elsewhere}`,
    hint: parse
      ? 'PHP reads no further than this; the mistake is here or just before'
      : 'found by evaluating the settings in the image; nothing was made live',
    exit: 'failed',
    ...(at === undefined ? {} : { at }),
  };
}

function placeOf(bundle: Bundle, mistake: PhpMistake): SourceRange | undefined {
  const source = bundle.sources.get(mistake.file);
  const data = bundle.files.get(mistake.file);
  if (source === undefined || data === undefined) return extensionPlace(bundle, mistake.message);
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
  return [quoted, variable?.replaceAll(/^["']|["']$/g, '')].filter(
    (word): word is string => word !== undefined && word !== '',
  );
}

/** MediaWiki names an extension that isn't in the image, not who asked for it: find that line. */
function extensionPlace(bundle: Bundle, message: string): SourceRange | undefined {
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

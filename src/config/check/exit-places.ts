/** Where raw PHP of a bundle says exit or die: PHP can't tell which one ended a script. */
import type { SourceRange } from '../../kernel/diagnostic.ts';
import type { CheckedSource } from './evaluate-bundle.ts';

const EXIT = /\b(?:exit|die)\b\s*[;(]/;
const COMMENT = /^\s*(?:#|\/\/|\/?\*)/;
const GUARD = /defined\(\s*['"]MEDIAWIKI['"]\s*\)/;

/** Without those of the usual first lines, `if ( !defined( 'MEDIAWIKI' ) ) { exit; }`. */
export function exitPlaces({ files, sources }: CheckedSource): SourceRange[] {
  return [...sources].flatMap(([path, file]) => {
    if (!path.endsWith('.php')) return [];
    const lines = Buffer.from(files.get(path) ?? [])
      .toString('utf8')
      .split('\n');
    return lines.flatMap((text, index): SourceRange[] => {
      const found = COMMENT.test(text) ? null : EXIT.exec(text);
      if (found === null || GUARD.test(lines.slice(Math.max(0, index - 2), index + 1).join('\n'))) return [];
      const length = /^\w+/.exec(found[0])?.[0].length ?? 1;
      return [{ file, line: index + 1, column: found.index + 1, length }];
    });
  });
}

/** What PHP says about a file of the bundle is shown where it was typed. */
import { expect, it } from 'vitest';
import { locateMistake } from '../../../../src/config/check/locate-mistake.ts';
import { makeBundle } from '../../../../src/config/bundle/bundle.ts';

const path = 'overlays/demo/CommonSettings.php';
const place = (line: string, message: string, level = 'parse error') => {
  const bundle = makeBundle({
    overlays: ['demo'],
    files: new Map([[path, Buffer.from(`<?php\n${line}\n`)]]),
    settings: { default: new Map(), wikis: new Map(), origins: new Map() },
    farm: undefined,
    sources: new Map([[path, '/w/CommonSettings.php']]),
  });
  return locateMistake(bundle, { level, message, file: path, line: 2, count: 1, wikis: [] }, 1);
};

it.each([
  ['$a = [ 1 ;', 'syntax error, unexpected token ";", expecting "]"', [10, 1]],
  ['$a = foo bar;', 'syntax error, unexpected identifier "bar", expecting ";"', [10, 3]],
  ['  $x $y = 1;', 'syntax error, unexpected variable "$y"', [6, 2]],
  ['\techo $nothing;', 'Undefined variable $nothing', [7, 8]],
  ['\techo $a["b"];', 'Undefined array key "b"', [11, 1]],
  ['  if ( true ) {', "Unclosed '{'", [3, 13]],
])('%s', (line, message, [column, length]) => {
  expect(place(line, message).at).toEqual({ file: '/w/CommonSettings.php', line: 2, column, length });
});

it('finds who asks for an extension that the image lacks', () => {
  const message = 'Unable to open file /srv/mediawiki/extensions/Echoo/extension.json: filemtime(): stat failed';
  const bundle = place("wfLoadExtension( 'Echoo' );", 'x', 'fatal error');
  expect(bundle.code).toBe('config/php-fatal');
  const located = locateMistake(
    makeBundle({
      overlays: ['demo'],
      files: new Map([[path, Buffer.from("<?php\n\nwfLoadExtensions( [\n\t'Cite',\n\t'Echoo',\n] );\n")]]),
      settings: { default: new Map(), wikis: new Map(), origins: new Map() },
      farm: undefined,
      sources: new Map([[path, '/w/CommonSettings.php']]),
    }),
    { level: 'fatal error', message, file: '/srv/mediawiki/includes/x.php', line: 9, count: 1, wikis: ['wiki'] },
    1,
  );
  expect(located.at).toEqual({ file: '/w/CommonSettings.php', line: 5, column: 3, length: 5 });
});

it('names the file where it is none of the bundle', () => {
  const located = locateMistake(
    makeBundle({
      overlays: [],
      files: new Map(),
      settings: { default: new Map(), wikis: new Map(), origins: new Map() },
      farm: undefined,
      sources: new Map(),
    }),
    {
      level: 'fatal error',
      message: 'boom',
      file: '/srv/mediawiki/includes/x.php',
      line: 9,
      count: 1,
      wikis: ['wiki'],
    },
    1,
  );
  expect(located).toMatchObject({ message: 'boom (in /srv/mediawiki/includes/x.php on line 9)' });
  expect(located.at).toBeUndefined();
});

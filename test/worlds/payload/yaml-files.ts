/** The same farm as an overlay of mwpipe's own: settings.yaml, wikis.yaml, lists, and a CommonSettings.php of the same size. */
import { commonSettings } from './common-settings.ts';
import type { PayloadParts } from './parts.ts';
import { interwikiOf, listFiles, logoFiles } from './raw-files.ts';
import { yamlOf } from './values.ts';

const OVERLAY = 'description: A farm of real size, for tests and benches\nowner: tests\n';

/** Lists are spoken of by settings of its own: how an overlay's PHP learns of tags is not this world's matter. */
const PRELUDE = `if ( !defined( 'MEDIAWIKI' ) ) {
	exit( 1 );
}
$wikiTags = $wmgLists;
$wgInterwikiCache = require __DIR__ . '/interwiki.php';`;

export function yamlFiles(parts: PayloadParts): Map<string, string> {
  const common = commonSettings(parts.lines, { ...parts, prelude: PRELUDE }, parts.random);
  return new Map([
    ['mwpipe.overlay.yaml', OVERLAY],
    ['settings.yaml', settingsYaml(parts)],
    ['wikis.yaml', wikisYaml(parts)],
    ['CommonSettings.php', common],
    ['interwiki.php', interwikiOf(parts)],
    ...listFiles(parts),
    ...logoFiles(parts),
  ]);
}

function settingsYaml({ settings, wikis }: PayloadParts): string {
  const lists = { default: [], ...Object.fromEntries(wikis.map((wiki) => [wiki.name, wiki.lists])) };
  return [...settings, ['wmgLists', lists] as const]
    .map(([name, entries]) => {
      const lines = Object.entries(entries).map(([key, value]) => `  ${yamlOf(key)}: ${yamlOf(value)}\n`);
      return `${name}:\n${lines.join('')}`;
    })
    .join('');
}

function wikisYaml({ wikis }: PayloadParts): string {
  const line = ({ host, version, language, lists }: PayloadParts['wikis'][number]): string =>
    `{ hosts: [${host}], ${version === undefined ? '' : `version: ${version}, `}language: ${yamlOf(language)}, tags: ${yamlOf(lists)} }`;
  return `wikis:\n${wikis.map((wiki) => `  ${wiki.name}: ${line(wiki)}\n`).join('')}`;
}

import { expect, it } from 'vitest';
import { settingPlaces } from '../../../../src/config/raw/setting-places.ts';

const file = (path: string, text: string) => ({ path, source: `/c/${path}`, data: Buffer.from(text) });
const SETTINGS = `<?php
return [
\t'wgSitename' => [
\t\t'default' => 'Wiki',
\t\t'dewiki' => 'Eins',
\t],
\t'wgGroupPermissions' => [
\t\t'+dewiki' => [
\t\t\t'enwiki' => [ 'move' => true ],
\t\t],
\t],
];
`;
const places = settingPlaces([
  file('wmf-config/InitialiseSettings.php', SETTINGS),
  file('wmf-config/other.php', "<?php\nreturn [\n\t'wgSitename' => [\n\t\t'frwiki' => 'Un',\n\t],\n];\n"),
  file('wmf-config/InitialiseSettings-labs.php', "<?php\nreturn [\n\t'wgLabs' => [],\n];\n"),
]);
const placeOf = (setting: string, wiki: string) => {
  const at = places.find(setting, wiki)?.at();
  return at === undefined ? undefined : `${at.file}:${at.line}:${at.column}+${at.length}`;
};

it('names the line of the wiki itself, with a plus too', () => {
  expect(placeOf('wgSitename', 'dewiki')).toBe('/c/wmf-config/InitialiseSettings.php:5:4+6');
  expect(placeOf('wgGroupPermissions', 'dewiki')).toBe('/c/wmf-config/InitialiseSettings.php:8:4+7');
});

it('names where the setting begins for all others, in the file that comes first', () => {
  expect(placeOf('wgSitename', 'enwiki')).toBe('/c/wmf-config/InitialiseSettings.php:3:3+10');
  expect(placeOf('wgSitename', 'frwiki')).toBe(placeOf('wgSitename', 'enwiki'));
  expect(placeOf('wgGroupPermissions', 'enwiki')).toBe('/c/wmf-config/InitialiseSettings.php:7:3+18');
  expect(places.find('wgSitename', 'enwiki')).toBe(places.find('wgSitename', 'frwiki'));
});

it('knows settings at the margin, as most of theirs are, and what stands between two of them', () => {
  const text = "<?php\nreturn [\n'wgOne' => [\n\t'default' => 1,\n],\n'overrides' => [\n\t'dewiki' => 2,\n],\n];\n";
  const found = settingPlaces([file('wmf-config/a.php', text)]);
  expect(found.find('wgOne', 'dewiki')?.at()).toMatchObject({ line: 3, column: 2, length: 5 });
});

it('knows nothing of what other PHP sets, nor of another realm', () => {
  expect([placeOf('wgRightsText', 'dewiki'), placeOf('wgLabs', 'dewiki')]).toEqual([undefined, undefined]);
});

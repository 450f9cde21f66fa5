/** The farm in the layout of operations/mediawiki-config: own text, the same shape of files and the same ways to be called. */
import { commonSettings } from './common-settings.ts';
import { CLASSES, PRELUDE } from './raw-php.ts';
import type { PayloadParts } from './parts.ts';
import type { Entries } from './settings.ts';
import { phpOf, type Value } from './values.ts';
import { EXPRESSIONS, membersByList } from './wikis.ts';

/** Files of settings beside InitialiseSettings.php, with what starts the names of theirs. */
const APART: Readonly<Record<string, readonly string[]>> = {
  'logos.php': ['wgLogos'],
  'core-Namespaces.php': ['wgExtraNamespaces', 'wgMetaNamespace'],
  'core-Permissions.php': ['wgGroupPermissions'],
  'ext-EventStreamConfig.php': ['wmgStreams'],
  'ext-ORES.php': ['wmgModels'],
};
/** MW_VERSION of the demo's image. */
const DEMO_VERSION = '1.43.0-wmf.1';
/** More than forty files, as there are there. */
const SMALL_FILES = 36;

export function rawFiles(parts: PayloadParts): Map<string, string> {
  const files = new Map<string, string>(Object.entries(CLASSES));
  const names = Object.values(APART).flat();
  for (const [file, own] of Object.entries(APART)) files.set(`wmf-config/${file}`, settingsFile(parts, own));
  const rest = [...parts.settings.keys()].filter((name) => !names.includes(name));
  files.set('wmf-config/InitialiseSettings.php', settingsFile(parts, rest));
  files.set('wmf-config/CommonSettings.php', commonSettings(parts.lines, { ...parts, prelude: PRELUDE }, parts.random));
  files.set('wmf-config/interwiki.php', interwikiOf(parts));
  for (let index = 0; index < SMALL_FILES; index += 1)
    files.set(`wmf-config/services-${index}.php`, serviceFile(index));
  files.set('wikiversions.json', json(versionsOf(parts)));
  files.set('dblists-index.php', returned(indexOf(parts)));
  for (const [path, text] of listFiles(parts)) files.set(path, text);
  files.set('dblists/all.dblist', parts.wikis.map(({ name }) => `${name}\n`).join(''));
  for (const [path, text] of logoFiles(parts)) files.set(path, text);
  return files;
}

export function listFiles({ wikis }: PayloadParts): Map<string, string> {
  const lines = (names: readonly string[]): string => `# Generated\n${names.map((name) => `${name}\n`).join('')}`;
  const members = membersByList(wikis);
  return new Map([
    ...[...members].map(([list, names]): [string, string] => [`dblists/${list}.dblist`, lines(names)]),
    ...Object.entries(EXPRESSIONS).map(([name, text]): [string, string] => [`dblists/${name}.dbexpr`, `%% ${text}\n`]),
  ]);
}

export function logoFiles({ wikis }: PayloadParts): Map<string, string> {
  const svg = (name: string): string =>
    `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><title>${name}</title></svg>\n`;
  const drawn = ['default', ...wikis.slice(0, 40).map(({ name }) => name)];
  return new Map(drawn.map((name) => [`static/images/project-logos/${name}.svg`, svg(name)]));
}

/** Where a wiki's page of another is: what makes the real one a third of the payload. */
export function interwikiOf({ wikis, random }: PayloadParts): string {
  const rows = wikis.flatMap(({ name }) =>
    Array.from({ length: 15 }, (_, index): [string, Value] => {
      const other = wikis[random.number(wikis.length)];
      return [`${name}:x${index}`, `1 https://${other?.host ?? ''}/wiki/$1?from=${name}&number=${index}`];
    }),
  );
  return returned(Object.fromEntries(rows));
}

function settingsFile({ settings }: PayloadParts, names: readonly string[]): string {
  const own = Object.fromEntries(names.map((name) => [name, settings.get(name) ?? {}] as const));
  return returned(own satisfies Record<string, Entries>);
}

function serviceFile(index: number): string {
  const hosts = Array.from({ length: 12 }, (_, host) => `10.${index}.0.${host + 1}`);
  return returned({ [`service-${index}`]: { hosts, port: 8000 + index, timeout: 2 + (index % 5) } });
}

function versionsOf({ wikis }: PayloadParts): Record<string, string> {
  return Object.fromEntries(wikis.map(({ name, version = DEMO_VERSION }) => [name, `php-${version}`]));
}

function indexOf({ wikis }: PayloadParts): Record<string, readonly string[]> {
  return Object.fromEntries(wikis.map(({ name, lists }) => [name, lists]));
}

function returned(value: Value): string {
  return `<?php\n// Generated for tests.\nreturn ${phpOf(value)};\n`;
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 4)}\n`;
}

/**
 * Settings and farm as PHP files of a bundle: static arrays, which opcache keeps as they are. settings.php has the
 * defaults, tags/TAG.php what a tag has instead, wikis/DBNAME.php what only that wiki has, farm.php who is who.
 */
import type { SettingsLayers } from '../settings/compile-settings.ts';
import { familiesOf, familyOf } from '../settings/families.ts';
import type { Farm, Wiki } from '../settings/farm.ts';
import { phpLiteral } from '../settings/php-literal.ts';
import { isSecret } from '../settings/secret-reference.ts';

type Values = ReadonlyMap<string, unknown>;

export function settingsFiles(
  layers: SettingsLayers,
  { farm, overlays }: { readonly farm: Farm | undefined; readonly overlays: readonly string[] },
): Map<string, Buffer> {
  const from = overlays.join(', ');
  const file = (value: unknown): Buffer =>
    Buffer.from(`<?php\n// Made by mwpipe from the overlays ${from}: edit those.\nreturn ${phpLiteral(value)};\n`);
  const used = farm === undefined ? ['all'] : [...new Set([...farm.wikis.values()].flatMap(({ tags }) => tags))];
  const general = new Map([...layers.default].filter(([, value]) => value !== null));
  return new Map([
    ['settings.php', file(general)],
    ...used.flatMap((tag) => optional(`tags/${tag}.php`, layers.tags.get(tag), file)),
    ...[...layers.wikis].flatMap(([name, values]) => optional(`wikis/${name}.php`, values, file)),
    ...(farm === undefined ? [] : ([['farm.php', file(farmTable(farm, layers))]] as const)),
  ]);
}

function optional(path: string, values: Values | undefined, file: (value: unknown) => Buffer): [string, Buffer][] {
  return values === undefined ? [] : [[path, file(values)]];
}

function farmTable({ wikis }: Farm, layers: SettingsLayers): Values {
  const all = [...wikis.values()];
  return new Map<string, unknown>([
    ['hosts', new Map(all.flatMap(({ name, hosts }) => hosts.map((host) => [host, name])))],
    ['databases', all.map(({ name }) => name)],
    ['wikis', new Map(all.map((wiki) => [wiki.name, wikiRow(wiki, layers)]))],
    ['families', familiesOf(all)],
  ]);
}

function wikiRow(wiki: Wiki, layers: SettingsLayers): Values {
  const { name, hosts, version, language, site, tags } = wiki;
  const own = layers.wikis.has(name) ? [`wikis/${name}.php`] : [];
  const shared = tags.filter((tag) => layers.tags.has(tag)).map((tag) => `tags/${tag}.php`);
  const family = familyOf(wiki);
  const row = { host: hosts[0], version, language, site, family, tags, settings: [...own, ...shared] };
  return new Map(Object.entries(row).filter(([, value]) => value !== undefined));
}

/** Settings that have a secret on some wiki: those alone are searched for references in a request. */
export function settingsWithSecrets({ default: general, wikis, tags }: SettingsLayers): string[] {
  const layers: Values[] = [general, ...wikis.values(), ...tags.values()];
  const names = layers.flatMap((layer) => [...layer].filter(([, value]) => hasSecret(value)).map(([name]) => name));
  return [...new Set(names.map((name) => name.replace('+', '')))].sort();
}

function hasSecret(value: unknown): boolean {
  if (isSecret(value)) return true;
  if (Array.isArray(value)) return value.some(hasSecret);
  return value instanceof Map && [...(value as Values).values()].some(hasSecret);
}

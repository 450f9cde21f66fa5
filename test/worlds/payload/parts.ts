/** What both shapes of the payload are made from. */
import { perWiki, makeSettings, switchesOf, type Settings } from './settings.ts';
import { chance, type Chance } from './random.ts';
import { makeWikis, membersByList, type Group, type PayloadWiki } from './wikis.ts';

export interface PayloadOptions {
  /** @default 1000 */
  readonly wikis?: number;
  /** Lines of CommonSettings.php, at least. @default 4200 */
  readonly lines?: number;
  /** Settings of its own (`wmg...`), beside some fifty of MediaWiki's. @default 900 */
  readonly own?: number;
  /** MediaWiki of each group's wikis. @default any in YAML, and in wikiversions.json what the demo has */
  readonly versions?: Readonly<Record<Group, string>>;
  /** @default 1 */
  readonly seed?: number;
}

export interface PayloadParts {
  readonly wikis: readonly PayloadWiki[];
  readonly settings: Settings;
  readonly lines: number;
  readonly random: Chance;
  readonly switches: readonly [string, ...string[]];
  readonly lists: readonly [string, ...string[]];
  /** Names of wikis. */
  readonly names: readonly [string, ...string[]];
}

export function payloadParts(options: PayloadOptions): PayloadParts {
  const { wikis: count = 1000, lines = 4200, own = 900, seed = 1 } = options;
  const random = chance(seed);
  const wikis = makeWikis(count, random, options.versions);
  const lists = [...membersByList(wikis).keys()] as [string, ...string[]];
  const settings = new Map([...perWiki(wikis, random), ...makeSettings(wikis, { own, lists }, random)]);
  const names = wikis.map(({ name }) => name) as [string, ...string[]];
  return { wikis, settings, lines, random, switches: switchesOf(own), lists, names };
}

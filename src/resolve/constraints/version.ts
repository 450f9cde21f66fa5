/**
 * Versions as Composer reads and orders them, which is how MediaWiki checks `requires`: `1.43` is `1.43.0.0`,
 * `2.x-dev` a branch above every 2.9, `2024.05.01` a date.
 * @see https://getcomposer.org/doc/articles/versions.md, Composer\Semver\VersionParser 3.4
 */

export interface Version {
  /** Composer's normal form: `1.43.0.0-RC1`, `2.9999999.9999999.9999999-dev`, `dev-feature`. */
  readonly normal: string;
}

/** Longer texts are no versions; a manifest is written by others. */
const LONGEST = 500;

/** `-beta2`, `.rc.1-dev`: groups of stability, counter and dev. Each number is taken whole, so that nothing is tried twice. */
export const MODIFIER = String.raw`[._-]?(?:(stable|beta|b|RC|alpha|a|patch|pl|p)((?:[.-]?\d+(?!\d))*))?([.-]?dev)?`;
export const STABILITIES = 'stable|RC|beta|alpha|dev';

const NUMBERED = new RegExp(String.raw`^v?(\d{1,5})(\.\d+)?(\.\d+)?(\.\d+)?${MODIFIER}$`, 'i');
const DATED = new RegExp(String.raw`^v?(\d{4}(?:[.:-]?\d{2}){1,6}(?:[.:-]?\d{1,3}){0,2})${MODIFIER}$`, 'i');
const BRANCH = /^v?(\d+)(\.(?:\d+|[xX*]))?(\.(?:\d+|[xX*]))?(\.(?:\d+|[xX*]))?$/i;

/**
 * A version of a component; undefined for what Composer can't read: `2016-01-01 (abc)`.
 * A train's `1.43.0-wmf.7` counts as 1.43.0: MediaWiki can't read it either, and then checks nothing.
 */
export function parseVersion(text: string): Version | undefined {
  return normalise(text.replace(/-wmf\.\d+\s*$/, ''));
}

/** As Composer's `normalize`, in a constraint too. */
export function normalise(text: string): Version | undefined {
  if (text.length > LONGEST) return undefined;
  const unaliased = trimmed(text).replace(/^([^,\s]+) +as +[^,\s]+$/, '$1');
  const bare = unaliased.replace(new RegExp(`@(?:${STABILITIES})$`, 'i'), '');
  if (['master', 'trunk', 'default'].includes(bare)) return { normal: `dev-${bare}` };
  if (/^dev-/i.test(bare)) return { normal: `dev-${bare.slice(4)}` };
  const version = bare.replace(/^([^,\s+]+)\+\S+$/, '$1'); // without build metadata
  return numbered(version) ?? dated(version) ?? numericBranch(version);
}

/** PHP's trim. */
export function trimmed(text: string): string {
  return text.replace(/^[ \t\n\r\0\v]+/, '').replace(/(?<![ \t\n\r\0\v])[ \t\n\r\0\v]+$/, '');
}

function numbered(text: string): Version | undefined {
  const found = NUMBERED.exec(text);
  if (found === null) return undefined;
  const [, a = '', b = '.0', c = '.0', d = '.0', ...modifier] = found;
  return { normal: a + b + c + d + modifierOf(modifier) };
}

function dated(text: string): Version | undefined {
  const found = DATED.exec(text);
  if (found === null) return undefined;
  const [, date = '', ...modifier] = found;
  return { normal: date.replaceAll(/\D/g, '.') + modifierOf(modifier) };
}

/** `1.x-dev`: above every version of 1. */
function numericBranch(text: string): Version | undefined {
  const name = /^([^\n]*?)[.-]?dev$/i.exec(text)?.[1];
  const found = name === undefined ? null : BRANCH.exec(trimmed(name));
  if (found === null) return undefined;
  const [, a = '', b = '.x', c = '.x', d = '.x'] = found;
  return { normal: `${(a + b + c + d).replaceAll(/[xX*]/g, '9999999')}-dev` };
}

function modifierOf([word = '', counter = '', dev = '']: readonly (string | undefined)[]): string {
  if (word === 'stable') return '';
  const stability = word === '' ? '' : `-${expanded(word.toLowerCase())}${counter.replace(/^[.-]+/, '')}`;
  return stability + (dev === '' ? '' : '-dev');
}

function expanded(word: string): string {
  return { a: 'alpha', b: 'beta', p: 'patch', pl: 'patch', rc: 'RC' }[word] ?? word;
}

/** A branch without numbers: comparable with nothing but itself. */
export function isBranch({ normal }: Version): boolean {
  return normal.startsWith('dev-');
}

/** Negative where `a` comes before `b`: PHP's version_compare, which Composer leaves the order to. */
export function compareVersions(a: Version, b: Version): number {
  const [left, right] = [wordsOf(a), wordsOf(b)];
  const common = Math.min(left.length, right.length);
  for (let at = 0; at < common; at += 1) {
    const order = compareWords(left[at] ?? '', right[at] ?? '');
    if (order !== 0) return order;
  }
  return compareRest(left.slice(common)) - compareRest(right.slice(common));
}

/** `1.43.0.0-RC1` in words: 1, 43, 0, 0, RC, 1. */
function wordsOf({ normal }: Version): string[] {
  return normal.match(/\d+|[^\d._+-]+/g) ?? [];
}

function compareWords(a: string, b: string): number {
  const numbers = isNumber(a) && isNumber(b);
  return numbers ? Math.sign(Number(a) - Number(b)) : Math.sign(rank(a) - rank(b));
}

/** What only one of the two has: a number makes it later, a stability what that one is. */
function compareRest([first]: readonly string[]): number {
  if (first === undefined) return 0;
  return isNumber(first) ? 1 : Math.sign(rank(first) - rank('#'));
}

function isNumber(word: string): boolean {
  return /^\d/.test(word);
}

/** An unknown word (`Beta`) comes before all of these. */
const RISING = [/^dev/, /^a/, /^b/, /^(?:RC|rc)/, /^#/, /^p/] as const;

function rank(word: string): number {
  const name = isNumber(word) ? '#' : word;
  return RISING.findIndex((known) => known.test(name));
}

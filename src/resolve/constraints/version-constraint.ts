/**
 * Composer's version constraints: `>= 1.43`, `^1.2 || ~2.0.3`, `1.0 - 2.0`, `1.*`, `!= 1.3`.
 * @see https://getcomposer.org/doc/articles/versions.md#writing-version-constraints
 */
import { compareVersions, namesStability, parseVersion, type Version } from './version.ts';

/** One comparison with one version. */
interface Bound {
  readonly operator: Operator;
  readonly version: Version;
}
type Operator = '<' | '<=' | '>' | '>=' | '=' | '!=';

/** Any of these, each of them wholly; an empty inner list is met by every version. */
export type Constraint = readonly (readonly Bound[])[];

/** Undefined where Composer can't read it either. */
export function parseConstraint(text: string): Constraint | undefined {
  const alternatives = text.split(/\s*\|\|?\s*/).map((part) => parseAll(part.trim()));
  return alternatives.every((bounds) => bounds !== undefined) ? alternatives : undefined;
}

export function satisfies(version: Version, constraint: Constraint): boolean {
  return constraint.some((bounds) => bounds.every((bound) => meets(version, bound)));
}

function meets(version: Version, { operator, version: limit }: Bound): boolean {
  const order = compareVersions(version, limit);
  switch (operator) {
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
    case '=':
      return order === 0;
    case '!=':
      return order !== 0;
  }
}

/** `1.0 - 2.0`, else everything that is separated by spaces or commas; a space after an operator belongs to it. */
function parseAll(text: string): readonly Bound[] | undefined {
  const range = /^(\S+)\s+-\s+(\S+)$/.exec(text);
  if (range !== null) return hyphenRange(range[1] ?? '', range[2] ?? '');
  const words = text.replace(/([<>=!])\s+/g, '$1').split(/\s*,\s*|\s+/);
  const bounds = words.map(parseOne);
  return bounds.every((bound) => bound !== undefined) ? bounds.flat() : undefined;
}

function parseOne(word: string): readonly Bound[] | undefined {
  const text = word.replace(/@(stable|RC|beta|alpha|dev)$/i, '');
  if (/^v?[*x]$/i.test(text)) return [];
  if (text.startsWith('~')) return tilde(text.slice(1));
  if (text.startsWith('^')) return caret(text.slice(1));
  const wildcard = /^v?(\d+(?:\.\d+){0,2})\.[*x](?:\.[*x])*$/i.exec(text);
  if (wildcard !== null) return within(wildcard[1] ?? '', (wildcard[1] ?? '').split('.').length);
  return comparison(text);
}

function comparison(text: string): readonly Bound[] | undefined {
  const found = /^(<>|!=|>=?|<=?|==?)?(.+)$/.exec(text);
  const version = parseVersion(found?.[2] ?? '');
  if (found === null || version === undefined) return undefined;
  const operator = OPERATORS[found[1] ?? '='] ?? '=';
  // ">= 1.43" is meant to take 1.43's betas, "< 2" to leave those of 2 out.
  const opens = (operator === '>=' || operator === '<') && !namesStability(found[2] ?? '');
  return [{ operator, version: opens ? earliest(version) : version }];
}

const OPERATORS: Readonly<Record<string, Operator>> = {
  '': '=',
  '=': '=',
  '==': '=',
  '!=': '!=',
  '<>': '!=',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
};

/** `~1.2` is below 2, `~1.2.3` below 1.3: the last number may rise. */
function tilde(text: string): readonly Bound[] | undefined {
  return within(text, Math.max(1, countNumbers(text) - 1));
}

/** `^1.2.3` is below 2, `^0.3` below 0.4, `^0.0.3` below 0.0.4: the first number that isn't 0 stays. */
function caret(text: string): readonly Bound[] | undefined {
  const [major, minor] = parseVersion(text)?.parts ?? [];
  const count = countNumbers(text);
  const fixed = major !== 0 || count === 1 ? 1 : minor !== 0 || count === 2 ? 2 : 3;
  return within(text, fixed);
}

/** From the version on, while its first `fixed` numbers stay. */
function within(text: string, fixed: number): readonly Bound[] | undefined {
  const version = parseVersion(text);
  if (version === undefined) return undefined;
  const lower = namesStability(text) ? version : earliest(version);
  return [
    { operator: '>=', version: lower },
    { operator: '<', version: earliest(raised(version, fixed)) },
  ];
}

function hyphenRange(from: string, to: string): readonly Bound[] | undefined {
  const [lower, upper] = [parseVersion(from), parseVersion(to)];
  if (lower === undefined || upper === undefined) return undefined;
  const whole = countNumbers(to) >= 3 || namesStability(to);
  return [
    { operator: '>=', version: namesStability(from) ? lower : earliest(lower) },
    whole ? { operator: '<=', version: upper } : { operator: '<', version: earliest(raised(upper, countNumbers(to))) },
  ];
}

function earliest(version: Version): Version {
  return { parts: version.parts, stability: 'dev', counter: [] };
}

/** The number at place `fixed` one higher, those behind it 0. */
function raised(version: Version, fixed: number): Version {
  const at = (place: number, value: number): number =>
    place < fixed - 1 ? value : place === fixed - 1 ? value + 1 : 0;
  const [a, b, c, d] = version.parts;
  return { parts: [at(0, a), at(1, b), at(2, c), at(3, d)], stability: 'stable', counter: [] };
}

function countNumbers(text: string): number {
  return /^v?(\d+(?:\.\d+){0,3})/.exec(text)?.[1]?.split('.').length ?? 1;
}

/**
 * Composer's version constraints: `>= 1.43`, `^1.2 || ~2.0.3`, `1.0 - 2.0`, `1.*`, `!= 1.3`, `dev-master`.
 * Held against Composer itself in test/contract/version-constraint.composer.test.ts.
 * @see https://getcomposer.org/doc/articles/versions.md#writing-version-constraints
 */
import { parseRange, type Bound } from './ranges.ts';
import { compareVersions, isBranch, MODIFIER, normalise, STABILITIES, trimmed, type Version } from './version.ts';

/** Any of these, each of them wholly; an empty inner list is met by every version. */
export type Constraint = readonly (readonly Bound[])[];

/** A manifest is written by others: no constraint is so long, and splitting takes time with the square of it. */
const LONGEST = 1000;

/** Undefined where Composer can't read it either. */
export function parseConstraint(text: string): Constraint | undefined {
  if (text.length > LONGEST) return undefined;
  const alternatives = trimmed(text)
    .split(/\s*\|\|?\s*/)
    .map(parseAll);
  return alternatives.every((bounds) => bounds !== undefined) ? alternatives : undefined;
}

export function satisfies(version: Version, constraint: Constraint): boolean {
  return constraint.some((bounds) => bounds.every((bound) => meets(version, bound)));
}

function meets(version: Version, { operator, version: limit }: Bound): boolean {
  // Branches have no order: one is itself, and not another.
  if (isBranch(version) || isBranch(limit)) {
    return (operator === '=' || operator === '!=') && (version.normal === limit.normal) === (operator === '=');
  }
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

/** Commas and spaces mean "and", but not behind an operator, around a hyphen or an alias's `as`: Composer's own rule. */
const AND = /(?<!^|as|[=>< ,]) *(?<!-)[, ](?!-) *(?!,|as|$)/;

function parseAll(text: string): readonly Bound[] | undefined {
  const bounds = text.split(AND).map(parseOne);
  return bounds.every((bound) => bound !== undefined) ? bounds.flat() : undefined;
}

const STABILITY_FLAG = new RegExp(`^([^,\\s]*?)@(${STABILITIES})$`, 'i');

function parseOne(word: string): readonly Bound[] | undefined {
  const unaliased = word.replace(/^([^,\s]+) +as +[^,\s]+$/, '$1');
  const [, flagged, flag = 'stable'] = STABILITY_FLAG.exec(unaliased) ?? [];
  const known = flagged === '' ? '*' : (flagged ?? unaliased);
  const text = known.replace(/^(dev-[^,\s@]+?|[^,\s@]+?\.x-dev)#[^\n]+$/i, '$1'); // a commit is Composer's affair
  const every = /^(v)?[x*](\.[x*])*$/i.exec(text);
  if (every !== null) return every[1] === undefined && every[2] === undefined ? [] : NUMBERED;
  const range = parseRange(text);
  return range === 'no' ? comparison(text, flag) : range;
}

/** `*.*` and `v*`: all but branches. */
const NUMBERED: readonly Bound[] = [{ operator: '>=', version: { normal: '0.0.0.0-dev' } }];

const NAMES_STABILITY = new RegExp(`-${MODIFIER}$`);

function comparison(text: string, flag: string): readonly Bound[] | undefined {
  const [, sign = '=', name = ''] = /^(<>|!=|>=?|<=?|==?)?\s*([^\n]*)/.exec(text) ?? [];
  const version = normalise(name) ?? branchEnding(name);
  const operator = OPERATORS[sign];
  if (version === undefined || operator === undefined) return undefined;
  // ">= 1.43" is meant to take 1.43's betas, "< 2" to leave those of 2 out; "> 1@beta" says which ones.
  const suffix =
    operator !== '=' && flag !== 'stable' && isStable(version)
      ? `-${flag}`
      : (operator === '<' || operator === '>=') && !NAMES_STABILITY.test(name.toLowerCase()) && !name.startsWith('dev-')
        ? '-dev'
        : '';
  return [{ operator, version: { normal: version.normal + suffix } }];
}

/** `feature-dev` for `dev-feature`. */
function branchEnding(name: string): Version | undefined {
  return name.endsWith('-dev') && /^[0-9a-zA-Z\-./]+$/.test(name) ? normalise(`dev-${name.slice(0, -4)}`) : undefined;
}

const UNSTABLE = new RegExp(String.raw`${MODIFIER}(?:\+[^\n]*)?$`, 'i');

/** Composer's parseStability, of a normal form. */
function isStable({ normal }: Version): boolean {
  const text = normal.replace(/#[^\n]+$/, '');
  if (text.startsWith('dev-') || text.endsWith('-dev')) return false;
  const [, word = '', , dev] = UNSTABLE.exec(text.toLowerCase()) ?? [];
  return dev === undefined && !['beta', 'b', 'alpha', 'a', 'rc'].includes(word);
}

const OPERATORS: Readonly<Record<string, Bound['operator']>> = {
  '=': '=',
  '==': '=',
  '!=': '!=',
  '<>': '!=',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
};

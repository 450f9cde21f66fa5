/** The ranges among Composer's constraints: `~1.2`, `^1.2.3`, `1.*`, `1.0 - 2.0`; each is a lower and an upper bound. */
import { MODIFIER, normalise, type Version } from './version.ts';

/** One comparison with one version. */
export interface Bound {
  readonly operator: '<' | '<=' | '>' | '>=' | '=' | '!=';
  readonly version: Version;
}

/** Undefined where it can't be read; `no` where the text is no range of this kind. */
type Range = readonly Bound[] | undefined | 'no';

/** Groups: four numbers, stability, counter, dev, `x-dev`. */
const VERSION = String.raw`v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:\.(\d+))?(?:${MODIFIER}|\.([xX*][.-]?dev))(?:\+\S+)?`;
const TILDE = new RegExp(`^~>?${VERSION}$`, 'i');
const CARET = new RegExp(String.raw`^\^${VERSION}$`, 'i');
const WILDCARD = /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:\.[xX*])+$/;
const HYPHEN = new RegExp(`^(${VERSION}) +- +(${VERSION})$`, 'i');
const GROUPS = 8;

export function parseRange(text: string): Range {
  for (const parse of [tilde, caret, wildcard, hyphen]) {
    const range = parse(text);
    if (range !== 'no') return range;
  }
  return 'no';
}

interface Written {
  readonly numbers: readonly string[];
  /** A stability, `dev` or `x-dev` is named. */
  readonly named: boolean;
  readonly branch: boolean;
}

function written(groups: readonly (string | undefined)[]): Written {
  const [word, , dev, branch] = groups.slice(4, GROUPS);
  return {
    numbers: given(groups.slice(0, 4)),
    named: [word, dev, branch].some((one) => one !== undefined),
    branch: branch !== undefined,
  };
}

function given(groups: readonly (string | undefined)[]): string[] {
  return groups.filter((group) => group !== undefined);
}

/** `~1.2` is below 2, `~1.2.3` below 1.3: the last number may rise. `~>` is Ruby's, and refused. */
function tilde(text: string): Range {
  const found = TILDE.exec(text);
  if (found === null) return 'no';
  if (text.startsWith('~>')) return undefined;
  const { numbers, named, branch } = written(found.slice(1));
  const position = numbers.length + (branch ? 1 : 0);
  return between(normalise(lowest(text.slice(1), named)), raised(numbers, Math.max(1, position - 1)));
}

/** `^1.2.3` is below 2, `^0.3` below 0.4, `^0.0.3` below 0.0.4: the first number that isn't 0 stays. */
function caret(text: string): Range {
  const found = CARET.exec(text);
  if (found === null) return 'no';
  const { numbers, named } = written(found.slice(1));
  const [major, minor] = numbers;
  const position = major !== '0' || numbers.length === 1 ? 1 : minor !== '0' || numbers.length === 2 ? 2 : 3;
  return between(normalise(lowest(text.slice(1), named)), raised(numbers, position));
}

function wildcard(text: string): Range {
  const found = WILDCARD.exec(text);
  if (found === null) return 'no';
  const numbers = given(found.slice(1));
  const [lower, upper] = [padded(numbers), raised(numbers, numbers.length)];
  if (lower.normal === '0.0.0.0-dev') return [{ operator: '<', version: upper }];
  return between(lower, upper);
}

/** A whole upper end belongs to the range; of `1.0 - 2.0` every 2.0.x does. */
function hyphen(text: string): Range {
  const found = HYPHEN.exec(text);
  if (found === null) return 'no';
  const groups = found.slice(1);
  const [from, to] = [normalise(groups[0] ?? ''), normalise(groups[GROUPS + 1] ?? '')];
  if (from === undefined || to === undefined) return undefined;
  const [lower, upper] = [written(groups.slice(1)), written(groups.slice(GROUPS + 2))];
  const start = lower.named ? from : { normal: `${from.normal}-dev` };
  if (upper.numbers.length >= 3 || upper.named) {
    return [
      { operator: '>=', version: start },
      { operator: '<=', version: to },
    ];
  }
  return between(start, raised(upper.numbers, upper.numbers.length));
}

/** From a version without stability on, its own unstable ones too. */
function lowest(text: string, named: boolean): string {
  return named ? text : `${text}-dev`;
}

function between(lower: Version | undefined, upper: Version): Range {
  if (lower === undefined) return undefined;
  return [
    { operator: '>=', version: lower },
    { operator: '<', version: upper },
  ];
}

/** The number at `position` (from 1) one higher, those behind it 0. */
function raised(numbers: readonly string[], position: number): Version {
  const kept = numbers.slice(0, position - 1);
  return padded([...kept, String(Number(numbers[position - 1] ?? 0) + 1)]);
}

function padded(numbers: readonly string[]): Version {
  const [a = '0', b = '0', c = '0', d = '0'] = numbers;
  return { normal: `${a}.${b}.${c}.${d}-dev` };
}

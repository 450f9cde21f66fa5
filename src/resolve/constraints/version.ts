/**
 * Versions as Composer orders them, which is how MediaWiki checks `requires`.
 * @see https://getcomposer.org/doc/articles/versions.md
 */

export interface Version {
  /** Four numbers; missing ones are 0. */
  readonly parts: readonly [number, number, number, number];
  readonly stability: Stability;
  /** `2` of `1.0.0-beta2`, several where it has dots. */
  readonly counter: readonly number[];
}

type Stability = (typeof STABILITIES)[number];

/** In rising order. */
const STABILITIES = ['dev', 'alpha', 'beta', 'RC', 'stable', 'patch'] as const;

const NUMBERS = String.raw`v?(\d{1,9})(?:\.(\d{1,9}))?(?:\.(\d{1,9}))?(?:\.(\d{1,9}))?`;
const MODIFIER = String.raw`(?:[._-]?(stable|beta|b|RC|alpha|a|patch|pl|p)((?:[.-]?\d+)*))?([.-]?dev)?`;
const VERSION = new RegExp(`^${NUMBERS}${MODIFIER}(?:\\+\\S+)?$`, 'i');

const STABILITY_OF: Readonly<Record<string, Stability>> = {
  stable: 'stable',
  b: 'beta',
  beta: 'beta',
  rc: 'RC',
  a: 'alpha',
  alpha: 'alpha',
  p: 'patch',
  pl: 'patch',
  patch: 'patch',
};

/** Undefined for what Composer can't read (`2016-01-01 (abc)`, a branch). A train's `1.43.0-wmf.7` counts as 1.43.0. */
export function parseVersion(text: string): Version | undefined {
  const found = VERSION.exec(text.trim().replace(/-wmf\.\d+$/, ''));
  if (found === null) return undefined;
  const [, a, b, c, d, word = '', counter = '', dev] = found;
  const number = (part: string | undefined): number => Number(part ?? 0);
  return {
    parts: [number(a), number(b), number(c), number(d)],
    stability: dev === undefined ? (STABILITY_OF[word.toLowerCase()] ?? 'stable') : 'dev',
    counter: dev === undefined ? counter.split(/[.-]/).filter(Boolean).map(Number) : [],
  };
}

/** Whether the text itself names a stability: `1.0-beta` does, `1.0` doesn't. */
export function namesStability(text: string): boolean {
  const found = VERSION.exec(text.trim());
  return found !== null && (found[5] !== undefined || found[7] !== undefined);
}

/** Negative where `a` comes before `b`. */
export function compareVersions(a: Version, b: Version): number {
  return (
    compareNumbers(a.parts, b.parts) ||
    STABILITIES.indexOf(a.stability) - STABILITIES.indexOf(b.stability) ||
    compareNumbers(a.counter, b.counter)
  );
}

function compareNumbers(a: readonly number[], b: readonly number[]): number {
  for (let at = 0; at < Math.max(a.length, b.length); at += 1) {
    const difference = (a[at] ?? -1) - (b[at] ?? -1);
    if (difference !== 0) return difference;
  }
  return 0;
}

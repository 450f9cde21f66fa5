import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseConstraint, satisfies } from '../../../../src/resolve/constraints/version-constraint.ts';
import { compareVersions, parseVersion, type Version } from '../../../../src/resolve/constraints/version.ts';

interface ComposerAnswers {
  readonly versions: readonly string[];
  readonly constraints: Readonly<Record<string, readonly string[]>>;
  readonly parses: Readonly<Record<string, boolean>>;
}
const composer = JSON.parse(
  readFileSync(new URL('data/composer-semver.json', import.meta.url), 'utf8'),
) as ComposerAnswers;

const accepts = (constraint: string, version: string): boolean =>
  satisfies(parseVersion(version)!, parseConstraint(constraint)!);

describe('the same answers as Composer', () => {
  it.each(Object.entries(composer.constraints))('%s', (constraint, accepted) => {
    expect(composer.versions.filter((version) => accepts(constraint, version))).toEqual(accepted);
  });

  it.each(Object.entries(composer.parses))('reads %s or refuses it', (text, readable) => {
    expect(parseConstraint(text) !== undefined).toBe(readable);
  });
});

it("counts a train's version as the release that it becomes", () => {
  expect(accepts('>= 1.43', '1.43.0-wmf.1')).toBe(true);
  expect(accepts('>= 1.44', '1.43.0-wmf.1')).toBe(false);
});

it("refuses a train's version in a constraint, as MediaWiki does", () => {
  expect(parseConstraint('>= 1.43.0-wmf.1')).toBeUndefined();
});

it('a branch is itself, and comes neither before nor after a version', () => {
  expect(accepts('dev-master', 'dev-master')).toBe(true);
  expect(accepts('!= dev-master', '1.0')).toBe(true);
  expect(accepts('*', 'dev-master')).toBe(true);
  for (const constraint of ['>= 0', '< 9', '1.0', 'v*', '*.*']) expect(accepts(constraint, 'dev-master')).toBe(false);
  expect(accepts('>= 2.9', '2.x-dev')).toBe(true);
});

it.each([
  ['numbers without an end', `1.0-beta${'1'.repeat(400)}x`],
  ['numbers with dots', `1.0-beta${'.1'.repeat(200)}x`],
  ['spaces', `>=${' '.repeat(200)}`.repeat(4)],
  ['a million letters', 'a'.repeat(1e6)],
  ['a million spaces', ' '.repeat(1e6)],
  ['a million bars', '|'.repeat(1e6)],
])('a constraint that somebody made to waste time is refused at once: %s', (_what, text) => {
  const started = performance.now();
  expect(parseConstraint(text)).toBeUndefined();
  expect(parseVersion(text)).toBeUndefined();
  expect(performance.now() - started).toBeLessThan(500);
});

const numbers = fc.tuple(fc.nat(20), fc.nat(20), fc.nat(20));
const version = fc
  .tuple(numbers, fc.constantFrom('', '-alpha', '-beta2', '-rc.1', '-dev', '-patch1'))
  .map(([parts, suffix]) => parts.join('.') + suffix);
const read = (text: string): Version => parseVersion(text)!;

describe('for any versions', () => {
  it('order is total: antisymmetric and transitive', () => {
    fc.assert(
      fc.property(version, version, version, (a, b, c) => {
        expect(Math.sign(compareVersions(read(a), read(b)))).toBe(-Math.sign(compareVersions(read(b), read(a))) + 0);
        const [low, mid, high] = [read(a), read(b), read(c)].sort(compareVersions);
        expect(compareVersions(low!, mid!)).toBeLessThanOrEqual(0);
        expect(compareVersions(low!, high!)).toBeLessThanOrEqual(0);
      }),
    );
  });

  it('a version meets itself, its caret and its tilde, and not its exclusion', () => {
    fc.assert(
      fc.property(version, (text) => {
        for (const operator of ['', '=', '>=', '<=', '^', '~']) expect(accepts(operator + text, text)).toBe(true);
        for (const operator of ['!=', '>']) expect(accepts(operator + text, text)).toBe(false);
      }),
    );
  });

  it('what a tilde takes is no less than its version, and a caret takes it as well', () => {
    fc.assert(
      fc.property(numbers, version, (parts, other) => {
        const [major] = parts;
        fc.pre(major > 0);
        const text = parts.join('.');
        if (!accepts(`~${text}`, other)) return;
        expect(accepts(`>=${text}`, other)).toBe(true);
        expect(accepts(`^${text}`, other)).toBe(true);
      }),
    );
  });

  it('a wildcard, its tilde and its hyphen range take the same', () => {
    fc.assert(
      fc.property(fc.nat(9), fc.nat(9), version, (major, minor, other) => {
        const wild = accepts(`${major}.${minor}.*`, other);
        expect(accepts(`~${major}.${minor}.0`, other)).toBe(wild);
        expect(accepts(`${major}.${minor} - ${major}.${minor}`, other)).toBe(wild);
      }),
    );
  });

  it('exclusion takes exactly what equality leaves, and order has no third way', () => {
    fc.assert(
      fc.property(version, version, (limit, other) => {
        expect(accepts(`!= ${limit}`, other)).toBe(!accepts(`= ${limit}`, other));
        expect(accepts(`<= ${limit}`, other)).toBe(!accepts(`> ${limit}`, other));
        expect(accepts(`>= ${limit}`, other)).toBe(!accepts(`< ${limit}`, other));
      }),
    );
  });

  it('what is read says nothing else when it is written with other spaces', () => {
    fc.assert(
      fc.property(version, version, version, (a, b, other) => {
        const written = [`>=${a} <${b}`, `>= ${a},< ${b}`, `  >=${a}  ,  <${b} `].map((text) => accepts(text, other));
        expect(new Set(written).size).toBe(1);
      }),
    );
  });

  it('"or" takes what either takes, and a comma what both take', () => {
    fc.assert(
      fc.property(version, version, version, (a, b, other) => {
        const [left, right] = [accepts(`>=${a}`, other), accepts(`<${b}`, other)];
        expect(accepts(`>=${a} || <${b}`, other)).toBe(left || right);
        expect(accepts(`>= ${a}, < ${b}`, other)).toBe(left && right);
      }),
    );
  });
});

// needs: composer
/**
 * Our checker and Debian's Composer, asked the same thousands of questions. Different on purpose:
 * - a train's version, `1.43.0-wmf.7`: Composer can't read it, here it counts as the release that it becomes;
 * - numbers beyond 2^53, texts over 500 and 1,000 characters, and line breaks inside of a constraint;
 * - `2024.01.02.3.4` is a date since Composer's semver 3.4, which MediaWiki brings; Debian 12 has 3.3. These are left out.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseLockfile, type LockedComponent } from '../../src/resolve/lock/lockfile.ts';
import { normalise } from '../../src/resolve/constraints/version.ts';
import { parseConstraint, satisfies } from '../../src/resolve/constraints/version-constraint.ts';
import { askComposer, type Asked } from '../worlds/composer/ask-composer.ts';
import { constraintText, versionText } from '../worlds/composer/texts.ts';

const SEED = 20_241_007;
const repo = join(import.meta.dirname, '../..');

/** Read otherwise by Debian 12's Composer, see above. */
const SINCE_SEMVER_34 = /\d{4}(?:[.:-]?\d{2}){1,6}(?:[.:-]?\d{1,3}){2}/;

/** What differs, the shortest first; empty where we and Composer agree. */
function disagreements(asked: Asked): string[] {
  const answered = askComposer(asked);
  const versions = asked.versions.map(normalise);
  const constraints = asked.constraints.map(parseConstraint);
  const wrong = [
    ...asked.versions.flatMap((text, at) =>
      (answered.versions[at] ?? undefined) === versions[at]?.normal || SINCE_SEMVER_34.test(text)
        ? []
        : [
            `version ${JSON.stringify(text)}: ${String(versions[at]?.normal)}, Composer ${String(answered.versions[at])}`,
          ],
    ),
    ...asked.constraints.flatMap((text, at) =>
      answered.constraints[at] === (constraints[at] !== undefined) || SINCE_SEMVER_34.test(text)
        ? []
        : [
            `constraint ${JSON.stringify(text)}: Composer ${answered.constraints[at] === true ? 'reads' : 'refuses'} it`,
          ],
    ),
    ...asked.pairs.flatMap(([left, right], at) => {
      const [constraint, version, theirs] = [constraints[left], versions[right], answered.matches[at]];
      if (constraint === undefined || version === undefined || typeof theirs !== 'boolean') return [];
      if (satisfies(version, constraint) === theirs || SINCE_SEMVER_34.test(asked.constraints[left] ?? '')) return [];
      if (SINCE_SEMVER_34.test(asked.versions[right] ?? '')) return [];
      return [`${JSON.stringify([asked.constraints[left], asked.versions[right]])}: Composer says ${String(theirs)}`];
    }),
  ];
  return wrong.sort((a, b) => a.length - b.length);
}

/** Each constraint with every version, or with some of them. */
function pairs(constraints: number, versions: number, each = versions): (readonly [number, number])[] {
  const steps = [...Array(Math.min(each, versions)).keys()];
  return [...Array(constraints).keys()].flatMap((left) =>
    steps.map((step) => [left, (left * 7 + step) % versions] as const),
  );
}

it('reads and matches what Composer does, for generated constraints and versions', () => {
  const versions = fc.sample(versionText, { seed: SEED, numRuns: 1500 });
  const constraints = fc.sample(constraintText, { seed: SEED, numRuns: 8000 });
  const wrong = disagreements({ versions, constraints, pairs: pairs(constraints.length, versions.length, 25) });
  expect(wrong.slice(0, 20), `seed ${SEED}, ${wrong.length} disagreements`).toEqual([]);
});

it("reads and matches what Composer does, near each constraint's own versions", () => {
  const constraints = fc.sample(constraintText, { seed: SEED + 1, numRuns: 3000 });
  const questions = constraints.map(nearby);
  const versions = questions.flat();
  let at = 0;
  const asked = questions.flatMap((own, left) => own.map(() => [left, at++] as const));
  const wrong = disagreements({ versions, constraints, pairs: asked });
  expect(wrong.slice(0, 20), `seed ${SEED + 1}, ${wrong.length} disagreements`).toEqual([]);
});

/** The versions that a constraint names, and those just before and after them: where it opens and closes. */
function nearby(constraint: string): string[] {
  const named = constraint.match(/\d+(?:\.\d+)*(?:-[a-z]+\d*)?/gi) ?? [];
  return [...new Set(named.slice(0, 3))].flatMap((text) => {
    const [bare = text] = text.split('-');
    const next = bare.replace(/\d+$/, (last) => String(Number(last) + 1));
    return [text, bare, `${bare}-dev`, `${bare}-beta1`, `${bare}.1`, `${bare}-p1`, next, `${next}-dev`];
  });
}

it('reads and matches what Composer does, for those of real extensions and libraries', () => {
  const data = join(repo, 'test/unit/resolve/constraints/data/real-constraints.json');
  const real = JSON.parse(readFileSync(data, 'utf8')) as Pick<Asked, 'constraints' | 'versions'>;
  const locked = lockedComponents();
  const constraints = [...new Set([...real.constraints, ...locked.flatMap(constraintsOf)])];
  const known = [...real.versions, ...locked.flatMap(({ version }) => version ?? [])];
  const versions = [...new Set(known)].filter((text) => !text.includes('-wmf.'));
  expect(constraints.length).toBeGreaterThan(50);
  expect(disagreements({ versions, constraints, pairs: pairs(constraints.length, versions.length) })).toEqual([]);
});

function lockedComponents(): readonly LockedComponent[] {
  const folder = join(repo, 'extension-sets');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.lock.yaml'))
    .flatMap((name) => {
      const lock = parseLockfile(name, readFileSync(join(folder, name), 'utf8'));
      return lock.ok ? lock.value.components : [];
    });
}

function constraintsOf({ requires = {} }: LockedComponent): string[] {
  const { MediaWiki, platform, extensions, skins } = requires;
  const all = [MediaWiki, ...[platform, extensions, skins].flatMap((map) => Object.values(map ?? {}))];
  return all.filter((constraint) => typeof constraint === 'string');
}

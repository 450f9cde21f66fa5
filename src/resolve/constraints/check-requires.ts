/**
 * Whether each component gets what its extension.json requires, as MediaWiki's VersionChecker decides it when it loads
 * them; a train's core is checked too, whose version MediaWiki can't read.
 * @see includes/registration/VersionChecker.php of MediaWiki
 */
import type { Diagnostic } from '../../kernel/diagnostic.ts';
import type { LockedComponent } from '../lock/lockfile.ts';
import { checkPlatform } from './check-platform.ts';
import { checkVersion } from './check-version.ts';
import { missingDependency } from './missing-dependency.ts';
import type { RequiringComponent, SetFacts } from './set-facts.ts';

export type { RequiringComponent } from './set-facts.ts';

/** Every unmet requirement; those of PHP are left out where the set does not say what its runtime offers. */
export function checkRequires(requiring: readonly RequiringComponent[], facts: SetFacts): Diagnostic[] {
  const missing = requiring.flatMap(({ component }) => wantedNames(component)).filter((name) => !find(name, facts));
  return requiring.flatMap((one) => [
    ...checkMediaWiki(one, facts),
    ...checkPlatform(one, facts),
    ...checkComponents(one, 'extensions', { facts, missing }),
    ...checkComponents(one, 'skins', { facts, missing }),
  ]);
}

function checkMediaWiki({ component, at }: RequiringComponent, facts: SetFacts): Diagnostic[] {
  const constraint = component.requires?.MediaWiki;
  if (constraint === undefined) return [];
  const hint = `take a branch of ${component.name} for MediaWiki ${facts.mediawiki}, or another core`;
  return checkVersion({
    ...{ who: component.name, what: 'MediaWiki', constraint, hint, at: at(['MediaWiki']) },
    ...{ found: facts.mediawiki, unreadable: 'allowed' },
  });
}

interface Among {
  readonly facts: SetFacts;
  /** Every name that some component of the set misses. */
  readonly missing: readonly string[];
}

function checkComponents(
  { component, at }: RequiringComponent,
  kind: 'extensions' | 'skins',
  { facts, missing }: Among,
): Diagnostic[] {
  return Object.entries(component.requires?.[kind] ?? {}).flatMap(([name, constraint]) => {
    const place = at([kind, name]);
    const found = find(name, facts);
    if (found === undefined) return [missingDependency({ name, kind, by: component.name, at: place }, facts, missing)];
    if (constraint === '*') return [];
    const hint = `take a branch of ${found.name} that has it`;
    return checkVersion({ who: component.name, what: found.name, constraint, found: found.version, at: place, hint });
  });
}

/** MediaWiki keeps one list of extensions and skins: a skin stands in for an extension of its name. */
function find(name: string, { components }: SetFacts): LockedComponent | undefined {
  return components.find(({ registered }) => registered === name);
}

/** The names of extensions and skins that a component requires. */
export function wantedNames({ requires }: Pick<LockedComponent, 'requires'>): string[] {
  return [...Object.keys(requires?.extensions ?? {}), ...Object.keys(requires?.skins ?? {})];
}

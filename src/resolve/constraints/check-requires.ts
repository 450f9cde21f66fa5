/** Whether each component gets what its extension.json requires: MediaWiki, PHP, other extensions, skins. */
import { quote, type Diagnostic, type SourceRange } from '../../kernel/diagnostic.ts';
import type { LockedComponent } from '../lock/lockfile.ts';
import { parseConstraint, satisfies } from './version-constraint.ts';
import { parseVersion } from './version.ts';

export interface RequiringComponent {
  readonly component: LockedComponent;
  /** Where a requirement of it was typed. */
  readonly at: (path: readonly string[]) => SourceRange;
}

export interface SetFacts {
  /** The set's name, and its file as people see it. */
  readonly set: string;
  readonly setFile: string;
  readonly mediawiki: string;
  readonly platform: { readonly php?: string; readonly extensions?: readonly string[] };
  readonly components: readonly LockedComponent[];
}

/** Every unmet requirement; those of PHP are left out where the set does not say what its runtime offers. */
export function checkRequires(requiring: readonly RequiringComponent[], facts: SetFacts): Diagnostic[] {
  return requiring.flatMap((one) => [
    ...checkMediaWiki(one, facts),
    ...checkPlatform(one, facts),
    ...checkComponents(one, 'extensions', facts),
    ...checkComponents(one, 'skins', facts),
  ]);
}

interface Need {
  readonly what: string;
  readonly constraint: string;
  readonly found: string | undefined;
  readonly at: SourceRange;
  readonly hint: string;
}

function checkMediaWiki({ component, at }: RequiringComponent, facts: SetFacts): Diagnostic[] {
  const constraint = component.requires?.MediaWiki;
  if (constraint === undefined) return [];
  const hint = `take a branch of ${component.name} for MediaWiki ${facts.mediawiki}, or another core`;
  const need = { what: 'MediaWiki', constraint, found: facts.mediawiki, at: at(['MediaWiki']), hint };
  return checkVersion(component, need);
}

function checkPlatform({ component, at }: RequiringComponent, facts: SetFacts): Diagnostic[] {
  return Object.entries(component.requires?.platform ?? {}).flatMap(([name, constraint]) => {
    const place = at(['platform', name]);
    if (name === 'php' && facts.platform.php !== undefined && typeof constraint === 'string') {
      const hint = `take a runtime with that PHP, then say so under platform in ${facts.setFile}`;
      return checkVersion(component, { what: 'PHP', constraint, found: facts.platform.php, at: place, hint });
    }
    const extension = /^ext-(.+)$/.exec(name)?.[1];
    const offered = facts.platform.extensions;
    if (extension === undefined || offered === undefined || offered.includes(extension.toLowerCase())) return [];
    return [
      {
        code: 'resolve/missing-php-extension' as const,
        message: `${component.name} requires PHP's ${extension}, which the runtime doesn't have`,
        hint: `add it to the runtime, then say so under platform in ${facts.setFile}`,
        at: place,
      },
    ];
  });
}

function checkComponents(
  { component, at }: RequiringComponent,
  kind: 'extensions' | 'skins',
  facts: SetFacts,
): Diagnostic[] {
  const wanted = kind === 'extensions' ? 'extension' : 'skin';
  return Object.entries(component.requires?.[kind] ?? {}).flatMap(([name, constraint]) => {
    const place = at([kind, name]);
    const found = facts.components.find((other) => other.kind === wanted && other.registered === name);
    if (found === undefined) {
      const line = wanted === 'extension' ? name : `skins/${name}`;
      return [
        {
          code: 'resolve/missing-dependency' as const,
          message: `${component.name} requires the ${wanted} ${quote(name)}, which the set ${quote(facts.set)} doesn't have`,
          hint: `add the line "  - ${line}" under components: in ${facts.setFile}`,
          at: place,
        },
      ];
    }
    const hint = `take a branch of ${found.name} that has it`;
    return checkVersion(component, { what: found.name, constraint, found: found.version, at: place, hint });
  });
}

function checkVersion(component: LockedComponent, need: Need): Diagnostic[] {
  if (need.constraint.trim() === '*') return [];
  const constraint = parseConstraint(need.constraint);
  const version = need.found === undefined ? undefined : parseVersion(need.found);
  const wants = `${component.name} requires ${need.what} ${need.constraint}`;
  if (constraint === undefined) {
    const message = `${quote(need.constraint)} is no constraint that Composer reads`;
    const hint = 'write for example ">= 1.43" or "^1.2"';
    return [{ code: 'resolve/wrong-constraint', message, hint, at: need.at }];
  }
  if (version === undefined) {
    const has = need.found === undefined ? 'says no version' : `has the unreadable version ${quote(need.found)}`;
    const hint = `give it a "version" that can be compared, or require "*"`;
    return [{ code: 'resolve/unknown-version', message: `${wants}, but that one ${has}`, hint, at: need.at }];
  }
  if (satisfies(version, constraint)) return [];
  const message = `${wants}, the set has ${String(need.found)}`;
  return [{ code: 'resolve/unmet-version', message, hint: need.hint, at: need.at }];
}

/** One version against one constraint, with what to do where it isn't met. */
import { quote, type Diagnostic, type SourceRange } from '../../kernel/diagnostic.ts';
import { parseConstraint, satisfies } from './version-constraint.ts';
import { parseVersion } from './version.ts';

interface VersionNeed {
  /** Whose requirement it is: a component, or the set. */
  readonly who: string;
  /** What has the version: MediaWiki, PHP, a component. */
  readonly what: string;
  readonly constraint: string;
  readonly found: string | undefined;
  readonly at: SourceRange;
  readonly hint: string;
  /** `allowed`: like MediaWiki of its own, of a version that can't be read nothing is said. @default 'wrong' */
  readonly unreadable?: 'allowed' | 'wrong';
}

export function checkVersion(need: VersionNeed): Diagnostic[] {
  const constraint = parseConstraint(need.constraint);
  if (constraint === undefined) return [wrongConstraint(need.constraint, need.at)];
  const version = need.found === undefined ? undefined : parseVersion(need.found);
  if (version === undefined) return need.unreadable === 'allowed' ? [] : [unknownVersion(need)];
  if (satisfies(version, constraint)) return [];
  const message = `${wants(need)}, the set has ${String(need.found)}`;
  return [{ code: 'resolve/unmet-version', message, hint: need.hint, at: need.at }];
}

function wrongConstraint(constraint: string, at: SourceRange): Diagnostic {
  const message = `${quote(constraint)} is no constraint that Composer reads`;
  return { code: 'resolve/wrong-constraint', message, hint: 'write for example ">= 1.43" or "^1.2"', at };
}

function unknownVersion(need: VersionNeed): Diagnostic {
  const has = need.found === undefined ? 'says no version' : `has the unreadable version ${quote(need.found)}`;
  const hint = `give it a "version" that can be compared, or require "*"`;
  return { code: 'resolve/unknown-version', message: `${wants(need)}, but that one ${has}`, hint, at: need.at };
}

function wants({ who, what, constraint }: VersionNeed): string {
  return `${who} requires ${what} ${constraint}`;
}

/** What to do about an extension that the set doesn't have: correct a name, add a line, or extend a set that has it. */
import { quote, type Diagnostic, type SourceRange } from '../../kernel/diagnostic.ts';
import { nearest } from '../../kernel/nearest.ts';
import type { LockedComponent } from '../lock/lockfile.ts';
import type { KnownSet, SetFacts } from './set-facts.ts';

interface Missing {
  readonly name: string;
  readonly kind: 'extensions' | 'skins';
  /** The component that requires it. */
  readonly by: string;
  readonly at: SourceRange;
}

/** @param all every name that the set misses: a set that brings several of them may be the smaller change */
export function missingDependency(missing: Missing, facts: SetFacts, all: readonly string[]): Diagnostic {
  const what = missing.kind === 'extensions' ? 'extension' : 'skin';
  return {
    code: 'resolve/missing-dependency',
    message: `${missing.by} requires the ${what} ${quote(missing.name)}, which the set ${quote(facts.set)} doesn't have`,
    hint: hintFor(missing, facts, all),
    at: missing.at,
  };
}

function hintFor(missing: Missing, facts: SetFacts, all: readonly string[]): string {
  const { name } = missing;
  const having = (facts.known ?? []).filter((set) => listing(set, name) !== undefined);
  const [first] = having;
  if (first === undefined) return misspelt(name, facts) ?? `${lineFor(missing)} under components: in ${facts.setFile}`;
  const whole = smallEnough(having, { facts, all });
  if (whole !== undefined) return `extend a set that has all that is missing: extends: [${whole}] in ${facts.setFile}`;
  const listed = listing(first, name) ?? name;
  const where = having.map((set) => set.name).join(', ');
  return `add the line "  - ${listed}" under components: in ${facts.setFile} (${where} ${having.length === 1 ? 'has' : 'have'} it)`;
}

/** How a set lists what registers this name. */
function listing(set: KnownSet, registered: string): string | undefined {
  const bare = (name: string): string => name.replace(/^skins\//, '');
  const exact = set.components.find((component) => component.registered.includes(registered));
  const unlocked = ({ name, registered: names }: KnownSet['components'][number]): boolean =>
    names.length === 0 && bare(name) === registered;
  return (exact ?? set.components.find(unlocked))?.name;
}

/** A set that adds nothing but what is missing, several at once: one line instead of some. */
function smallEnough(
  sets: readonly KnownSet[],
  { facts, all }: { readonly facts: SetFacts; readonly all: readonly string[] },
): string | undefined {
  const wanted = new Set(all);
  if (wanted.size < 2) return undefined;
  const here = new Set(facts.components.map(({ name }) => name));
  return sets.find((set) => {
    const brings = set.components.filter(({ name }) => !here.has(name)).map(({ name }) => name);
    const needed = new Set([...wanted].flatMap((name) => listing(set, name) ?? []));
    return needed.size === wanted.size && brings.every((name) => needed.has(name));
  })?.name;
}

/** A component of the set was meant: by the name of its repo, or by another spelling of what it registers. */
function misspelt(name: string, { components }: SetFacts): string | undefined {
  const repo = components.find((component) => repoOf(component) === name && component.registered !== undefined);
  if (repo !== undefined) return `${repo.name} registers itself as ${quote(repo.registered ?? '')}: require that name`;
  const near = nearest(
    name,
    components.flatMap(({ registered }) => registered ?? []),
  );
  if (near === undefined) return undefined;
  const why = near.toLowerCase() === name.toLowerCase() ? ' MediaWiki tells capitals from small letters' : '';
  return `did you mean ${quote(near)}, which the set has?${why}`;
}

function repoOf({ url }: LockedComponent): string {
  return url
    .replace(/\/+$/, '')
    .replace(/^.*\//, '')
    .replace(/\.git$/, '');
}

function lineFor({ name, kind }: Missing): string {
  return `add the line "  - ${kind === 'extensions' ? name : `skins/${name}`}"`;
}

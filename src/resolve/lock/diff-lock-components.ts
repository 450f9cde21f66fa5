/** Two locks, component by component and part by part: what moved, what else it requires, what is patched. Pure. */
import { canonicalJson } from '../../kernel/digest.ts';
import { compareComponents } from './component-order.ts';
import { embargoedIn, publicPatches } from './embargoed.ts';
import type { LockedComponent, LockedSubmodule, Lockfile, Requirements } from './lockfile.ts';

/** Undefined on the side that hasn't it. */
export interface Changed<T> {
  readonly before?: T;
  readonly after?: T;
}

interface Spot {
  readonly url: string;
  readonly ref: string;
  readonly commit: string;
  /** Why it isn't the first branch of the policy. */
  readonly fallback?: string;
}

interface NamedChange extends Changed<string> {
  /** `MediaWiki`, `php`, `extension Echo`; the path of a submodule. */
  readonly name: string;
}

export interface ComponentDiff extends Changed<Spot> {
  readonly component: string;
  readonly kind: LockedComponent['kind'];
  /** `moved`: another url, ref or commit; `described`: only something else that the lock says of it. */
  readonly change: 'added' | 'removed' | 'moved' | 'described';
  /** Its tree is the same on both sides, and no change on top of it is another. */
  readonly sameFiles: boolean;
  readonly fallback?: Changed<string>;
  readonly version?: Changed<string>;
  /** Changes under review that are on top: `change 1099123/3`. */
  readonly patches?: Changed<readonly string[]>;
  /** Names of its build steps, as the set has them: their words may have changed where the names did not. */
  readonly build?: Changed<string>;
  readonly requires: readonly NamedChange[];
  /** By path, at their commits. */
  readonly submodules: readonly NamedChange[];
}

export interface LocksDiff {
  readonly mediawiki: Changed<string>;
  readonly components: readonly ComponentDiff[];
  /** In both, and the same. */
  readonly unchanged: number;
  /** How many embargoed patches each has, where one has any: nothing else may be told of them. */
  readonly embargoed?: { readonly before: number; readonly after: number };
}

/** The same locks give nothing; the locks exchanged give the same with before and after exchanged. */
export function diffLocks(before: Lockfile, after: Lockfile): LocksDiff {
  const [old, now] = [byName(before), byName(after)];
  const all = [...new Map([...old, ...now]).values()].toSorted(compareComponents);
  const components = all.flatMap(({ name }) => diffComponent(old.get(name), now.get(name)));
  const embargoed = { before: embargoedIn(before), after: embargoedIn(after) };
  return {
    mediawiki: { before: before.mediawiki, after: after.mediawiki },
    components,
    unchanged: all.length - components.length,
    ...(embargoed.before + embargoed.after === 0 ? {} : { embargoed }),
  };
}

function byName({ components }: Lockfile): Map<string, LockedComponent> {
  return new Map(components.map((component) => [component.name, component]));
}

function diffComponent(before: LockedComponent | undefined, after: LockedComponent | undefined): ComponentDiff[] {
  const known = after ?? before;
  if (known === undefined) return [];
  const spots = changed(before && spotOf(before), after && spotOf(after));
  const head = { component: known.name, kind: known.kind, ...spots };
  if (before === undefined || after === undefined) {
    const change = before === undefined ? 'added' : 'removed';
    return [{ ...head, change, sameFiles: false, requires: [], submodules: [] }];
  }
  const parts = {
    ...optional('fallback', differing(before.fallback, after.fallback)),
    ...optional('version', differing(before.version, after.version)),
    ...optional('patches', differing(publicPatches(before), publicPatches(after))),
    ...optional(
      'build',
      canonicalJson([before.build]) === canonicalJson([after.build])
        ? undefined
        : changed(buildOf(before), buildOf(after)),
    ),
    requires: differences(requirementsOf(before), requirementsOf(after)),
    submodules: differences(submodulesOf(before), submodulesOf(after)),
  };
  const moved = (['url', 'ref', 'commit'] as const).some((key) => before[key] !== after[key]);
  const described = Object.keys(parts).length > 2 || parts.requires.length + parts.submodules.length > 0;
  if (!moved && !described) return [];
  const sameFiles = before.tree === after.tree && parts.patches === undefined && parts.build === undefined;
  return [{ ...head, change: moved ? 'moved' : 'described', sameFiles, ...parts }];
}

function buildOf({ build }: LockedComponent): string | undefined {
  if (build === undefined) return undefined;
  if (build === false) return 'none';
  return 'network' in build
    ? `its own${build.network ? ', with network' : ''}`
    : build.map(({ name }) => name).join(', ');
}

function spotOf({ url, ref, commit, fallback }: LockedComponent): Spot {
  return { url, ref, commit, ...(fallback === undefined ? {} : { fallback }) };
}

function changed<T>(before: T | undefined, after: T | undefined): Changed<T> {
  return { ...optional('before', before), ...optional('after', after) };
}

function differing<T>(before: T | undefined, after: T | undefined): Changed<T> | undefined {
  return canonicalJson([before]) === canonicalJson([after]) ? undefined : changed(before, after);
}

function optional<K extends string, T>(key: K, value: T | undefined): { readonly [key in K]?: T } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [key in K]?: T };
}

type Named = ReadonlyMap<string, string>;

function differences(before: Named, after: Named): NamedChange[] {
  const names = [...new Set([...before.keys(), ...after.keys()])].toSorted();
  return names
    .filter((name) => before.get(name) !== after.get(name))
    .map((name) => ({ name, ...changed(before.get(name), after.get(name)) }));
}

/** Of every file that registers something; several of them may ask for the same with other words. */
function requirementsOf({ requires, also = [] }: LockedComponent): Named {
  const every = [requires, ...also.map((one) => one.requires)].flatMap((one) => (one === undefined ? [] : flat(one)));
  const names = [...new Set(every.map(([name]) => name))];
  const words = (name: string): string =>
    [...new Set(every.flatMap(([own, text]) => (own === name ? text : [])))].join('; ');
  return new Map(names.map((name) => [name, words(name)]));
}

function flat({ MediaWiki, platform, extensions, skins }: Requirements): [string, string][] {
  const named = (prefix: string, map: Readonly<Record<string, string | boolean>> = {}): [string, string][] =>
    Object.entries(map).map(([name, constraint]) => [prefix + name, String(constraint)]);
  const core: [string, string][] = MediaWiki === undefined ? [] : [['MediaWiki', MediaWiki]];
  return [...core, ...named('', platform), ...named('extension ', extensions), ...named('skin ', skins)];
}

function submodulesOf({ submodules = [] }: Pick<LockedComponent, 'submodules'>, above = ''): Named {
  const each = ({ path, commit, submodules: inner }: LockedSubmodule): [string, string][] => [
    [above + path, commit],
    ...(inner === undefined ? [] : submodulesOf({ submodules: inner }, `${above}${path}/`)),
  ];
  return new Map(submodules.flatMap(each));
}

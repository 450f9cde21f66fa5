/** One component of a lock against what its remote has now: whether resolving again would move it, and why. Pure. */
import { compareVersions, parseVersion, type Version } from '../constraints/version.ts';
import { chooseRef, type BranchPolicy, type ChosenRef } from '../sets/choose-ref.ts';
import type { SetComponent } from '../sets/extension-set.ts';
import type { LockedComponent } from './lockfile.ts';

/**
 * - `current`, `pinned`: the same commit again.
 * - `behind`: its ref has another commit. `other-ref`: the policy takes another ref now.
 * - `ref-gone`: none of the refs that the set means is there. `other-repo`: the set says another url.
 * - `not-locked`, `not-listed`: the set and its lock don't list the same. `unknown`: its remote didn't answer.
 */
export type LockState =
  'current' | 'pinned' | 'behind' | 'other-ref' | 'ref-gone' | 'other-repo' | 'not-locked' | 'not-listed' | 'unknown';

export interface OutdatedRow {
  readonly component: string;
  readonly state: LockState;
  readonly locked?: { readonly ref: string; readonly commit: string };
  /** What resolving now would take. */
  readonly now?: { readonly ref: string; readonly commit: string };
  readonly because: string;
  /** A higher version than the tag that it is pinned to. */
  readonly newerTag?: string;
}

export interface Standing {
  readonly component: SetComponent;
  readonly policy: BranchPolicy;
  readonly locked: LockedComponent;
  /** All that the policy may mean, the locked one, and tags where a tag is pinned. */
  readonly refs: ReadonlyMap<string, string>;
}

export function outdatedComponent({ component, policy, locked, refs }: Standing): OutdatedRow {
  const head = { component: component.name, locked: { ref: locked.ref, commit: locked.commit } };
  if (component.url !== locked.url) {
    return { ...head, state: 'other-repo', because: `the set says ${component.url} now` };
  }
  const chosen = chooseRef(component, policy, refs);
  if (!chosen.ok) return { ...head, state: 'ref-gone', because: chosen.diagnostics[0].message };
  const { ref, commit } = chosen.value;
  const found = { ...head, now: { ref, commit }, ...newerTag(component, refs) };
  if (ref !== locked.ref) return { ...found, state: 'other-ref', because: whyOther(chosen.value, locked, refs) };
  if (commit !== locked.commit) return { ...found, state: 'behind', because: whyBehind(component, ref) };
  return component.pin === undefined
    ? { ...found, state: 'current', because: locked.fallback ?? 'the newest of its branch' }
    : { ...found, state: 'pinned', because: `pinned to the ${component.pin.kind} ${shortName(component.pin.name)}` };
}

function whyBehind({ pin }: SetComponent, ref: string): string {
  if (pin?.kind === 'tag') return `the tag ${shortName(ref)} was moved`;
  return `${shortName(ref)} moved on`;
}

/** A fallback is over when an earlier branch of the policy has appeared. */
function whyOther({ ref, fallback }: ChosenRef, locked: LockedComponent, refs: ReadonlyMap<string, string>): string {
  const was = shortName(locked.ref);
  if (locked.ref.startsWith('refs/') && !refs.has(locked.ref))
    return `${was} is gone; the policy takes ${shortName(ref)}`;
  if (locked.fallback !== undefined) return `${shortName(ref)} is there now: ${was} was a fallback`;
  return `the set means ${shortName(ref)} now${fallback === undefined ? '' : ` (${fallback})`}`;
}

function shortName(ref: string): string {
  return /^[0-9a-f]{40,}$/.test(ref) ? ref.slice(0, 7) : ref.replace(/^refs\/(heads|tags)\//, '');
}

/** Of whole versions, the highest above the pinned one. */
function newerTag({ pin }: SetComponent, refs: ReadonlyMap<string, string>): { readonly newerTag?: string } {
  const pinned = pin?.kind === 'tag' ? versionOf(pin.name) : undefined;
  if (pinned === undefined) return {};
  const newer = [...refs.keys()]
    .flatMap((ref) => (ref.startsWith('refs/tags/') ? ref.slice('refs/tags/'.length) : []))
    .flatMap((name) => tagged(name))
    .filter(({ version }) => isWhole(version) && compareVersions(version, pinned) > 0)
    .sort((a, b) => compareVersions(b.version, a.version) || (a.name < b.name ? -1 : 1));
  return newer[0] === undefined ? {} : { newerTag: newer[0].name };
}

function tagged(name: string): { readonly name: string; readonly version: Version }[] {
  const version = versionOf(name);
  return version === undefined ? [] : [{ name, version }];
}

/** `v1.2.3`, `1.43.0`, and as extensions write them, `release-1.2`. */
function versionOf(tag: string): Version | undefined {
  return parseVersion(tag.replace(/^.*?(?=\d)/, ''));
}

function isWhole({ normal }: Version): boolean {
  return !normal.includes('-');
}

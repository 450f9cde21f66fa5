/** Which component of a lock a review server's project is, told by the component's url. */
import { bareGerrit } from './asked-change.ts';
import type { LockedComponent } from '../lock/lockfile.ts';

export interface ReviewedComponent {
  readonly name: string;
  readonly url: string;
  readonly commit: string;
  /** As locked: `refs/heads/REL1_43`, a tag, or a commit. */
  readonly ref: string;
  /** Base url of its review server. */
  readonly gerrit: string;
  /** What that server calls its repo. */
  readonly project: string;
}

/**
 * The components that come from a review server. Only these servers are ever asked: an address that somebody wrote into
 * a commit message is none of them.
 * @param gerrit base url that a source or the user names; else it is what precedes `/r/` in the component's url, and `/r`
 */
export function reviewedComponents(
  components: readonly LockedComponent[],
  gerrit: (component: LockedComponent) => string | undefined,
): ReviewedComponent[] {
  return components.flatMap((component) => {
    const { name, url, ref, commit } = component;
    const base = placeOf(url, gerrit(component));
    return base === undefined ? [] : [{ name, url, ref, commit, ...base }];
  });
}

function placeOf(url: string, named: string | undefined): { gerrit: string; project: string } | undefined {
  const bare = url.replace(/(?:\.git)?\/*$/, '');
  const gerrit = named === undefined ? /^https?:\/\/[^/]+\/r(?=\/)/i.exec(bare)?.[0] : bareGerrit(named);
  if (gerrit === undefined || !bare.toLowerCase().startsWith(`${gerrit.toLowerCase()}/`)) return undefined;
  const project = bare.slice(gerrit.length + 1).replace(/^a\//, '');
  return { gerrit: bareGerrit(gerrit), project };
}

/** `REL1_43`; undefined for a component that is pinned to a tag or a commit. */
export function lockedBranch({ ref }: Pick<ReviewedComponent, 'ref'>): string | undefined {
  return /^refs\/heads\/(.+)$/.exec(ref)?.[1];
}

/** `REL1_43`, `1.43.0`, or a commit's first digits. */
export function shownRef({ ref }: Pick<ReviewedComponent, 'ref'>): string {
  const name = ref.replace(/^refs\/(heads|tags)\//, '');
  return name === ref ? ref.slice(0, 7) : name;
}

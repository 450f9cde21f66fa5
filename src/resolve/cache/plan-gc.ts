/** What of the cache can go: leftovers of killed runs, and what nobody used for long and no lock of the workspace names. */
import type { Leftover, MirrorFacts } from './mirror-store.ts';

export interface GcFacts {
  readonly mirrors: readonly MirrorFacts[];
  readonly leftovers: readonly Leftover[];
  /** Of the locks of this workspace. */
  readonly locked: Locked;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly olderThanMs: number;
}

export interface Locked {
  readonly urls: ReadonlySet<string>;
  readonly commits: ReadonlySet<string>;
}

export type GcAction =
  | { readonly kind: 'remove-leftover'; readonly path: string; readonly bytes: number; readonly because: string }
  | {
      readonly kind: 'remove-mirror';
      readonly name: string;
      readonly url: string;
      readonly bytes: number;
      readonly because: string;
    }
  | {
      readonly kind: 'drop-commits';
      readonly name: string;
      readonly url: string;
      readonly bytes: number;
      readonly commits: readonly string[];
      readonly because: string;
    }
  | {
      readonly kind: 'repack';
      readonly name: string;
      readonly url: string;
      readonly bytes: number;
      readonly because: string;
    };

export interface GcPlan {
  readonly version: 1;
  /** What was used at or after this stays, whatever the plan says. */
  readonly unusedSince: number;
  readonly actions: readonly GcAction[];
}

/** A run that is still at work writes to what it makes. */
const LEFT_AFTER_MS = 3_600_000;

/** Git looks through packs one by one. */
const MANY_PACKS = 20;

export function planGc(facts: GcFacts): GcPlan {
  const unusedSince = facts.now - facts.olderThanMs;
  const left = facts.leftovers.filter(({ writtenAt }) => facts.now - writtenAt > LEFT_AFTER_MS);
  return {
    version: 1,
    unusedSince,
    actions: [
      ...left.map((one) => removeLeftover(one, facts.now)),
      ...facts.mirrors.flatMap((mirror) => actionsFor(mirror, { unusedSince, locked: facts.locked })),
    ],
  };
}

function removeLeftover({ path, bytes, writtenAt }: Leftover, now: number): GcAction {
  const hours = Math.floor((now - writtenAt) / 3_600_000);
  return { kind: 'remove-leftover', path, bytes, because: `a run that was killed left it ${hours} h ago` };
}

function actionsFor(
  mirror: MirrorFacts,
  { unusedSince, locked }: { readonly unusedSince: number; readonly locked: Locked },
): GcAction[] {
  const { name, url, bytes, packs } = mirror;
  const goes = mirror.commits.filter(({ commit, usedAt }) => usedAt < unusedSince && !locked.commits.has(commit));
  const lastUse = Math.max(mirror.usedAt, ...mirror.commits.map(({ usedAt }) => usedAt));
  const because = `not used since ${dayOf(goes.length === mirror.commits.length ? lastUse : unusedSince)}`;
  const isEmpty = goes.length === mirror.commits.length;
  if (isEmpty && lastUse < unusedSince && !locked.urls.has(url))
    return [{ kind: 'remove-mirror', name, url, bytes, because }];
  const commits = goes.map(({ commit }) => commit);
  if (commits.length > 0) return [{ kind: 'drop-commits', name, url, bytes, commits, because }];
  return packs > MANY_PACKS ? [{ kind: 'repack', name, url, bytes, because: `it has ${packs} packs` }] : [];
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

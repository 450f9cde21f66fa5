/** What a deploy will do, from facts alone: which slot, which number, whether tables change, and why. */
import { short } from '../kernel/digest.ts';
import { fail, ok, type Outcome } from '../kernel/outcome.ts';
import { releaseIn, SLOTS, type Release, type TargetState } from './state.ts';

/** A wiki whose database and tables a release needs. */
export interface WishedWiki {
  readonly name: string;
  readonly language?: string | undefined;
  /** Where it answers. */
  readonly host: string;
}

export interface DeployWish {
  readonly image: string;
  readonly bundle: string;
  readonly instances: number;
  readonly mediawiki: string;
  readonly set: string;
  /** Of its farm, those that this MediaWiki serves; none where the target has one wiki. */
  readonly wikis?: readonly WishedWiki[];
  /** Digest of the files in the image that decide the tables. */
  readonly tables: string;
  /** Take a release that was found bad all the same. @default false */
  readonly again?: boolean;
}

export interface DeployFacts {
  readonly state: TargetState;
  readonly wish: DeployWish;
  /** The bundle that running slots point to now; a push may have moved it since its release was made. */
  readonly bundles: Readonly<Record<string, string | undefined>>;
}

export interface DeployPlan {
  readonly version: 1;
  readonly kind: 'first' | 'beside' | 'nothing';
  readonly release: number;
  readonly slot: string;
  readonly instances: number;
  readonly image: string;
  readonly bundle: string;
  /** What users get while this is made; undefined on a new target. */
  readonly live?: { readonly slot: string; readonly release: number };
  readonly install: boolean;
  readonly tables: { readonly update: boolean; readonly because: string };
  readonly because: string;
}

/** Facts in, plan out. @returns fails with `deploy/marked-bad` (refused) */
export function planDeploy({ state, wish, bundles }: DeployFacts): Outcome<DeployPlan> {
  const live = state.live === undefined ? undefined : liveOf(state, state.live);
  const bad = state.releases.findLast((release) => release.state === 'bad' && isSame(release, wish));
  const same =
    live !== undefined && isSame(live.held, wish) && (bundles[live.slot] ?? live.held.bundle) === wish.bundle;
  if (bad !== undefined && !same && wish.again !== true) return fail(markedBad(bad));
  const common = { version: 1, instances: wish.instances, image: wish.image, bundle: wish.bundle } as const;
  if (same) {
    const { slot, release } = live;
    const because = `release ${release} on ${slot} is this image with this bundle`;
    return ok({ ...common, kind: 'nothing', release, slot, live: { slot, release }, ...NO_TABLES, because });
  }
  return ok({
    ...common,
    kind: live === undefined ? 'first' : 'beside',
    release: (state.releases.at(-1)?.number ?? 0) + 1,
    slot: SLOTS.find((slot) => slot !== live?.slot) ?? SLOTS[0],
    ...(live === undefined ? {} : { live: { slot: live.slot, release: live.release } }),
    install: state.wiki === undefined,
    tables: tablesOf(state, wish),
    because: becauseOf(live?.held, wish),
  });
}

const NO_TABLES = { install: false, tables: { update: false, because: 'nothing changes' } } as const;

function liveOf(state: TargetState, slot: string) {
  const held = releaseIn(state, slot);
  return held === undefined ? undefined : { slot, release: held.number, held };
}

function isSame(release: Release, wish: DeployWish): boolean {
  return release.image === wish.image && release.bundle === wish.bundle && release.instances === wish.instances;
}

function tablesOf({ wiki }: TargetState, wish: DeployWish): DeployPlan['tables'] {
  if (wiki === undefined) return { update: true, because: 'a new wiki needs the tables of its extensions' };
  if (wiki.tables !== wish.tables) return { update: true, because: 'files that define tables differ' };
  if (wiki.bundle !== wish.bundle) return { update: true, because: 'another bundle may load another extension' };
  return { update: false, because: 'no file that defines tables differs' };
}

function becauseOf(live: Release | undefined, wish: DeployWish): string {
  if (live === undefined) return 'nothing is live yet';
  const reasons = [
    ...(live.image === wish.image ? [] : [`image ${short(live.image)} becomes ${short(wish.image)}`]),
    ...(live.bundle === wish.bundle ? [] : [`bundle ${short(live.bundle)} becomes ${short(wish.bundle)}`]),
    ...(live.instances === wish.instances ? [] : [`${live.instances} instances become ${wish.instances}`]),
  ];
  return reasons.length === 0 ? "the live slot's bundle was pushed since" : reasons.join(', ');
}

function markedBad({ number, because }: Release) {
  return {
    code: 'deploy/marked-bad',
    message: `release ${number} was this image with this bundle, and it is marked bad${because === undefined ? '' : `: ${because}`}`,
    hint: 'deploy something else, or this all the same with --again',
    exit: 'refused',
  } as const;
}

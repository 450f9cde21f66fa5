/**
 * Carries out a deploy plan: tables, instances, warmth, checks. No user sees anything of it: the slot has no share, only
 * pinned requests get there. Each part can be done twice, so a killed deploy is gone through again.
 */
import type { ConfigHost } from '../config/index.ts';
import type { Home, JournalEntry } from '../kernel/home.ts';
import { ok, type Outcome } from '../kernel/outcome.ts';
import { silent, type RunContext } from '../kernel/run-context.ts';
import { checkRelease } from './check-release.ts';
import type { DeployEvent } from './events.ts';
import { installWiki, makeWiki, updateTables } from './maintain-wiki.ts';
import type { DeployPlan, DeployWish, WishedWiki } from './plan-deploy.ts';
import type { SlotRelease, Target, Wiki } from './ports.ts';
import { warmInstances } from './warm-instances.ts';
import { readTargetState, withRelease, withSlot, type Release, type TargetState } from './state.ts';

export interface DeployTools {
  readonly target: Target;
  readonly wiki: Wiki;
  readonly home: Home;
  readonly bundles: Pick<ConfigHost, 'point'>;
  readonly who: string;
}

type Context = RunContext<DeployEvent>;

const DEPLOY = 'deploy/release';

/**
 * The bundle is staged, the lease is held, the target is prepared.
 * @returns the state with the new release in its slot; fails with `deploy/check-failed` (failed: then the release is
 * marked bad and its slot is stopped), `deploy/maintenance-failed`, and as the ports do
 */
export async function applyDeploy(
  { plan, wish, state }: { readonly plan: DeployPlan; readonly wish: DeployWish; readonly state: TargetState },
  tools: DeployTools,
  context: Context,
): Promise<Outcome<TargetState>> {
  const at = new Date(context.clock.now()).toISOString();
  const release: Release = { ...releaseOf(plan, wish), at, who: tools.who, state: 'made' };
  const note = journalOf(tools.home, plan, context);
  const begun = await note('intent');
  if (!begun.ok) return begun;
  const recorded = withSlot(withRelease(state, release), plan.slot, plan.release);
  const written = await tools.home.writeState(recorded);
  if (!written.ok) return written;
  const made = await makeRelease({ plan, wish, state: recorded }, tools, context);
  if (made.ok) {
    const done = await note('done');
    return done.ok ? made : done;
  }
  await giveUp({ release, state: recorded, slot: plan.slot, failure: made }, tools, context);
  await note('failed', made.diagnostics[0].message);
  return made;
}

interface Making {
  readonly plan: DeployPlan;
  readonly wish: DeployWish;
  readonly state: TargetState;
}

async function makeRelease(
  { plan, wish, state }: Making,
  tools: DeployTools,
  context: Context,
): Promise<Outcome<TargetState>> {
  const slot: SlotRelease = plan;
  if (plan.install && wikisOf(wish).length === 0) {
    const installed = await installWiki(slot, tools.target, context);
    if (!installed.ok) return installed;
  }
  const migrated = await migrate({ plan, wish, state }, tools, context);
  if (!migrated.ok) return migrated;
  const pointed = await tools.bundles.point({ slot: plan.slot, bundle: plan.bundle }, context);
  if (!pointed.ok) return pointed;
  const started = context.clock.now();
  const instances = await tools.target.startSlot(slot, silent(context));
  if (!instances.ok) return instances;
  const ms = context.clock.now() - started;
  context.emit({ code: 'deploy/instances-started', slot: plan.slot, instances: instances.value.length, ms });
  const warm = await warmInstances(instances.value, tools.target, context);
  if (!warm.ok) return warm;
  const checked = await checkRelease({ ...plan, mediawiki: wish.mediawiki }, wikiOf(wish, tools), context);
  return checked.ok ? migrated : checked;
}

async function migrate(
  { plan, wish, state }: Making,
  tools: DeployTools,
  context: Context,
): Promise<Outcome<TargetState>> {
  if (!plan.tables.update) {
    context.emit({ code: 'deploy/tables-kept', because: plan.tables.because });
    return ok(state);
  }
  const updated = await updateAll({ plan, wikis: wikisOf(wish) }, tools, context);
  if (!updated.ok) return updated;
  const next = { ...state, wiki: { tables: wish.tables, bundle: wish.bundle } };
  const written = await tools.home.writeState(next);
  return written.ok ? ok(next) : written;
}

const wikisOf = ({ wikis = [] }: DeployWish): readonly WishedWiki[] => wikis;

/** As users ask: on a farm nobody answers to an address. */
function wikiOf(wish: DeployWish, { wiki }: DeployTools): Wiki {
  const [first] = wikisOf(wish);
  return first === undefined ? wiki : wiki.at(first.host);
}

/** One after the other: each runs update.php, which takes a core. */
async function updateAll(
  { plan, wikis }: { readonly plan: DeployPlan; readonly wikis: readonly WishedWiki[] },
  { target }: DeployTools,
  context: Context,
): Promise<Outcome<void>> {
  if (wikis.length === 0) return updateTables(plan, target, context);
  const started = context.clock.now();
  for (const wiki of wikis) {
    const made = await makeWiki({ release: plan, bundle: plan.bundle, wiki }, target, context);
    if (!made.ok) return made;
  }
  const because = `${plan.tables.because}; ${wikis.length} wikis`;
  context.emit({ code: 'deploy/tables-updated', because, ms: context.clock.now() - started });
  return ok();
}

/** A release that fails its checks is bad for good; what an outside system did to it is no fault of its own. */
async function giveUp(
  given: {
    readonly release: Release;
    readonly state: TargetState;
    readonly slot: string;
    readonly failure: Outcome<never>;
  },
  { home, target }: DeployTools,
  context: Context,
): Promise<void> {
  const { release, slot, failure } = given;
  const first = failure.ok ? undefined : failure.diagnostics[0];
  if (first?.exit !== 'failed') return;
  const latest = await readTargetState(home);
  const state = latest.ok ? latest.value : given.state;
  await home.writeState(
    withSlot(withRelease(state, { ...release, state: 'bad', because: first.message }), slot, undefined),
  );
  context.emit({ code: 'deploy/release-bad', release: release.number, because: first.message });
  const stopped = await target.stopSlot(slot, silent(context));
  if (stopped.ok) context.emit({ code: 'deploy/slot-stopped', slot });
}

function releaseOf(
  plan: DeployPlan,
  wish: DeployWish,
): Pick<Release, 'number' | 'image' | 'bundle' | 'instances' | 'mediawiki' | 'set' | 'tables'> {
  const { image, bundle, instances, mediawiki, set, tables } = wish;
  return { number: plan.release, image, bundle, instances, mediawiki, set, tables };
}

function journalOf(home: Home, plan: DeployPlan, context: Context) {
  const run = `release-${plan.release}`;
  const data = { release: plan.release, slot: plan.slot, image: plan.image, bundle: plan.bundle };
  return (phase: JournalEntry['phase'], because?: string): Promise<Outcome<void>> =>
    home.append({
      at: new Date(context.clock.now()).toISOString(),
      run,
      phase,
      act: DEPLOY,
      data: because === undefined ? data : { ...data, because },
    });
}

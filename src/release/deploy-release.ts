/** `mwpipe deploy`: lock, image, bundle, release, traffic. Each part is a step's; this file says in which order. */
import { checkInImages, checkSecrets, refuseRaw, stageBundle, type Bundle } from '../config/index.ts';
import {
  applyDeploy,
  checkBase,
  planDeploy,
  readTables,
  readTargetState,
  type DeployPlan,
  type DeployWish,
  type TargetState,
} from '../deploy/index.ts';
import { fail, ok, type Outcome } from '../kernel/outcome.ts';
import { underLease } from '../kernel/under-lease.ts';
import { silent } from '../kernel/run-context.ts';
import { planRollout, shiftTraffic, type RolloutPlan, type RolloutResult } from '../rollout/index.ts';
import { checkWayBack, noteDeployed } from './config-of-deploy.ts';
import { finishRollout } from './finish-rollout.ts';
import { readUnfinished, settleUnfinished, shiftTools } from './settle-unfinished.ts';
import type { FlowContext, MadeImage, ReleaseTools } from './tools.ts';

export interface DeployRequest {
  /** Print what would be done, and stop. */
  readonly dryRun?: boolean;
  /** Only end what an earlier deploy left. */
  readonly resume?: boolean;
  /** A release that is marked bad, all the same. */
  readonly again?: boolean;
}

export interface DeployResult {
  readonly outcome: 'planned' | 'nothing' | RolloutResult['outcome'];
  readonly because: string;
  readonly url: string;
  readonly release: number;
  readonly slot: string;
  readonly image: string;
  readonly bundle: string;
  readonly plan?: DeployPlan;
  readonly rollout?: RolloutPlan;
  /** Acts on config while the traffic moved. */
  readonly config?: RolloutResult['config'];
}

/** A config push holds the lease for so long, at most. */
const PUSH_SECONDS = 60;

export async function deployRelease(
  request: DeployRequest,
  tools: ReleaseTools,
  context: FlowContext,
): Promise<Outcome<DeployResult>> {
  if (request.resume === true) return resumeOnly(tools, context);
  // The cheap one first: a mistake in an overlay shows before anything is built.
  const bundle = await tools.makeBundle();
  if (!bundle.ok) return bundle;
  const served = refuseRaw(bundle.value);
  if (!served.ok) return served;
  const image = await tools.makeImage(context);
  if (!image.ok) return image;
  const trusted = await refuseUntrusted(image.value, tools);
  if (!trusted.ok) return trusted;
  const wanted = { image: image.value, bundle: bundle.value, again: request.again === true };
  if (request.dryRun === true) return dryRun(wanted, tools, context);
  const reason = `deploy of ${image.value.set} (MediaWiki ${image.value.mediawiki})`;
  return underLease({ home: tools.traffic, reason, context }, () => deployWanted({ wanted, reason }, tools, context));
}

/** Whoever made the image: this is the last place before it runs. */
async function refuseUntrusted({ imageId }: MadeImage, { labelsOf, bases }: ReleaseTools): Promise<Outcome<void>> {
  const labels = await labelsOf(imageId);
  return labels.ok ? checkBase({ image: imageId, labels: labels.value }, bases) : labels;
}

interface Wanted {
  readonly image: MadeImage;
  readonly bundle: Bundle;
  readonly again: boolean;
}

/** The lease on the target is held while something is made, not while users are watched: config may be pushed then. */
async function deployWanted(
  { wanted, reason }: { readonly wanted: Wanted; readonly reason: string },
  tools: ReleaseTools,
  context: FlowContext,
): Promise<Outcome<DeployResult>> {
  const lease = { home: tools.home, reason, wait: PUSH_SECONDS, context };
  const prepared = await underLease(lease, () => prepare(tools, context));
  if (!prepared.ok) return prepared;
  const read = await readTargetState(tools.home);
  if (!read.ok) return read;
  const same = { image: wanted.image.imageId, bundle: wanted.bundle.hash };
  const settled = await settleUnfinished({ state: read.value, wanted: same }, tools, context);
  if (!settled.ok) return settled;
  const { resumed, state } = settled.value;
  if (resumed !== undefined) return ok(resultOf(resumed.plan, resumed.result, { state, tools }));
  const made = await underLease(lease, () => makeReady({ wanted, state }, tools, context));
  if (!made.ok) return made;
  return 'result' in made.value ? ok(made.value.result) : shiftTo(made.value, tools, context);
}

type Made =
  | { readonly result: DeployResult }
  | { readonly plan: DeployPlan; readonly rollout: RolloutPlan; readonly state: TargetState };

async function makeReady(
  { wanted, state }: { readonly wanted: Wanted; readonly state: TargetState },
  tools: ReleaseTools,
  context: FlowContext,
): Promise<Outcome<Made>> {
  const planned = await plan({ wanted, state }, tools, context);
  if (!planned.ok) return planned;
  context.emit({ code: 'deploy/planned', plan: planned.value.plan });
  if (planned.value.plan.kind === 'nothing') {
    const result = await keepRunning(planned.value.plan, tools, context);
    return result.ok ? ok({ result: result.value }) : result;
  }
  const checked = await checkAndStage(wanted, tools, context);
  if (!checked.ok) return checked;
  return makeRelease({ ...planned.value, state, bundle: wanted.bundle }, tools, context);
}

async function prepare({ foundation }: ReleaseTools, context: FlowContext): Promise<Outcome<void>> {
  const started = context.clock.now();
  const changed = await foundation.prepare(silent(context));
  if (!changed.ok) return changed;
  context.emit({ code: 'deploy/prepared', changed: changed.value, ms: context.clock.now() - started });
  return ok();
}

interface Planned {
  readonly plan: DeployPlan;
  readonly wish: DeployWish;
}

async function plan(
  { wanted, state }: { readonly wanted: Wanted; readonly state: TargetState },
  tools: ReleaseTools,
  context: FlowContext,
): Promise<Outcome<Planned>> {
  const tables = await readTables(wanted.image.imageId, tools.runner, context);
  if (!tables.ok) return tables;
  const slots = await tools.bundles.slots(context);
  if (!slots.ok) return slots;
  const { imageId: image, mediawiki, set } = wanted.image;
  const { again, bundle } = wanted;
  const wish = {
    image,
    mediawiki,
    set,
    bundle: bundle.hash,
    instances: tools.instances,
    tables: tables.value,
    again,
    ...wikisFor(wanted),
  };
  const bundles = Object.fromEntries(slots.value.map((slot) => [slot.slot, slot.bundle]));
  const made = planDeploy({ state, wish, bundles });
  return made.ok ? ok({ plan: made.value, wish }) : made;
}

/** In the image that will serve it; then on the home, where nothing points to it. */
async function checkAndStage(
  { bundle, image }: Wanted,
  tools: ReleaseTools,
  context: FlowContext,
): Promise<Outcome<void>> {
  const secrets = await checkSecrets(bundle, tools.bundles, context);
  if (!secrets.ok) return secrets;
  const checked = await checkInImages({ bundle, images: [image.imageId] }, tools, context);
  if (!checked.ok) return checked;
  return stageBundle(bundle, tools.bundles, context);
}

/** Those of the bundle's farm that this image serves. */
function wikisFor({ bundle, image }: Wanted): Pick<DeployWish, 'wikis'> {
  const all = [...(bundle.farm?.wikis.values() ?? [])];
  const served = all.filter(({ version }) => version === undefined || version === image.mediawiki);
  if (served.length === 0) return {};
  return { wikis: served.map(({ name, language, hosts }) => ({ name, language, host: hosts[0] ?? '' })) };
}

/** The same release again: what fell over is put up again, nothing else. */
async function keepRunning(
  plan: DeployPlan,
  tools: ReleaseTools,
  context: FlowContext,
): Promise<Outcome<DeployResult>> {
  const instances = await tools.target.startSlot(plan, silent(context));
  if (!instances.ok) return instances;
  const { release, slot, image, bundle, because } = plan;
  return ok({ outcome: 'nothing', because, url: tools.wiki.url, release, slot, image, bundle, plan });
}

async function makeRelease(
  { plan, wish, state, bundle }: Planned & { readonly state: TargetState; readonly bundle: Bundle },
  tools: ReleaseTools,
  context: FlowContext,
): Promise<Outcome<Made>> {
  const free = await refuseBusySlot(plan, tools, context);
  if (!free.ok) return free;
  const images = await checkWayBack({ plan, bundle, state }, tools, context);
  const deployed = await applyDeploy({ plan, wish, state }, tools, context);
  if (!deployed.ok) return deployed;
  const noted = await noteDeployed({ plan, bundle, images }, tools, context);
  if (!noted.ok) return noted;
  const rollout = planRollout({
    release: plan.release,
    to: plan.slot,
    policy: tools.policy,
    ...(plan.live === undefined ? {} : { from: plan.live }),
  });
  return ok({ plan, rollout, state: deployed.value });
}

async function shiftTo(
  { plan, rollout, state }: Exclude<Made, { readonly result: DeployResult }>,
  tools: ReleaseTools,
  context: FlowContext,
): Promise<Outcome<DeployResult>> {
  context.emit({ code: 'rollout/planned', plan: rollout });
  const result = await shiftTraffic({ plan: rollout }, shiftTools(tools, plan.release), context);
  if (!result.ok) return result;
  const finished = await finishRollout({ plan: rollout, result: result.value, state }, tools, context);
  if (!finished.ok) return finished;
  return ok({ ...resultOf(rollout, result.value, { state, tools }), plan });
}

/** Whatever the state says: instances that have users are never replaced. */
async function refuseBusySlot({ slot }: DeployPlan, tools: ReleaseTools, context: FlowContext): Promise<Outcome<void>> {
  const view = await tools.router.observe(silent(context));
  if (!view.ok) return view;
  const share = view.value[slot]?.share ?? 0;
  if (share === 0) return ok();
  return fail({
    code: 'release/slot-busy',
    message: `${slot} should be free, but the router sends ${(share * 100).toFixed(0)} % of the traffic there`,
    hint: 'has somebody set weights by hand? mwpipe rollback puts them as they were recorded',
    exit: 'refused',
  });
}

async function dryRun(wanted: Wanted, tools: ReleaseTools, context: FlowContext): Promise<Outcome<DeployResult>> {
  const state = await readTargetState(tools.home);
  if (!state.ok) return state;
  const planned = await plan({ wanted, state: state.value }, tools, context);
  if (!planned.ok) return planned;
  const { release, slot, image, bundle, because, live } = planned.value.plan;
  const from = live === undefined ? {} : { from: live };
  const rollout = planRollout({ release, to: slot, policy: tools.policy, ...from });
  const url = tools.wiki.url;
  return ok({ outcome: 'planned', because, url, release, slot, image, bundle, plan: planned.value.plan, rollout });
}

async function resumeOnly(tools: ReleaseTools, context: FlowContext): Promise<Outcome<DeployResult>> {
  return underLease({ home: tools.traffic, reason: 'deploy --resume', context }, async () => {
    const state = await readTargetState(tools.home);
    if (!state.ok) return state;
    const open = await readUnfinished(tools, state.value);
    if (!open.ok) return open;
    if (open.value === undefined) {
      return fail({
        code: 'release/nothing-to-resume',
        message: `no rollout of ${tools.name} was left unfinished`,
        hint: 'mwpipe status shows what is live',
      });
    }
    const settled = await settleUnfinished({ state: state.value, wanted: 'whatever' }, tools, context);
    if (!settled.ok) return settled;
    const { resumed, state: after } = settled.value;
    if (resumed === undefined) throw new Error('an unfinished rollout was neither resumed nor refused');
    return ok(resultOf(resumed.plan, resumed.result, { state: after, tools }));
  });
}

function resultOf(
  rollout: RolloutPlan,
  { outcome, because, config }: RolloutResult,
  { state, tools }: { readonly state: TargetState; readonly tools: ReleaseTools },
): DeployResult {
  const made = state.releases.find(({ number }) => number === rollout.release);
  const { release, to: slot } = rollout;
  return {
    outcome,
    because,
    url: tools.wiki.url,
    release,
    slot,
    image: made?.image ?? '',
    bundle: made?.bundle ?? '',
    rollout,
    config,
  };
}

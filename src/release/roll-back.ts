/** `mwpipe rollback`: the traffic goes back to where it came from, at once: no build, no waiting. It undoes code alone. */
import { quote } from '../kernel/diagnostic.ts';
import { readTargetState, releaseIn, SLOTS, withRelease, type Release, type TargetState } from '../deploy/index.ts';
import { fail, ok, type Outcome } from '../kernel/outcome.ts';
import { underLease } from '../kernel/under-lease.ts';
import { moveAll, planRollout, type RolloutPlan } from '../rollout/index.ts';
import { applyConfig, chooseConfig, noteConfig, type Held, type KeptConfig, type WayBack } from './keep-config.ts';
import { readUnfinished, takeBack } from './settle-unfinished.ts';
import type { FlowContext, TargetTools } from './tools.ts';

export interface RollbackRequest {
  /** Even where update.php has changed tables since. */
  readonly force?: boolean;
  /** The config that the release was made live with, too. */
  readonly pair?: boolean;
  /** Say what would be done, and stop. */
  readonly dryRun?: boolean;
}

export interface RollbackResult {
  readonly state: 'planned' | 'back';
  /** What users got before, and what they get now. */
  readonly from: { readonly slot: string; readonly release: number };
  readonly to: { readonly slot: string; readonly release: number };
  readonly config: KeptConfig;
  readonly ms: number;
  readonly url: string;
}

/**
 * Ends a rollout that isn't finished, or goes back to the release that bakes in the other slot. What it leaves is marked
 * bad, so that nothing brings it back by accident. Killed anywhere, the same command goes on.
 * @returns fails with `release/nothing-to-go-back-to`, `release/other-tables`, `release/slot-down` (refused),
 * `release/no-config-passes` (failed), `lock/held`; the traffic has not moved then
 */
export async function rollBack(
  request: RollbackRequest,
  tools: TargetTools,
  context: FlowContext,
): Promise<Outcome<RollbackResult>> {
  if (request.dryRun === true) return planned(request, tools, context);
  return underLease({ home: tools.traffic, reason: 'rollback', context }, async () => {
    const plan = await planBack(request, tools, context);
    return plan.ok ? goBack(plan.value, tools, context) : plan;
  });
}

async function planned(
  request: RollbackRequest,
  tools: TargetTools,
  context: FlowContext,
): Promise<Outcome<RollbackResult>> {
  const plan = await planBack(request, tools, context);
  return plan.ok ? ok(resultOf(plan.value, { state: 'planned', ms: 0, url: tools.wiki.url })) : plan;
}

interface BackPlan {
  readonly state: TargetState;
  readonly way: WayBack;
  /** The rollout that it ends; undefined where the release bakes. */
  readonly open: RolloutPlan | undefined;
  readonly config: KeptConfig;
}

async function planBack(
  { force = false, pair = false }: RollbackRequest,
  tools: TargetTools,
  context: FlowContext,
): Promise<Outcome<BackPlan>> {
  const state = await readTargetState(tools.home);
  if (!state.ok) return state;
  const open = await readUnfinished(tools, state.value);
  if (!open.ok) return open;
  const way = wayOf({ state: state.value, open: open.value, force }, tools.name);
  if (!way.ok) return way;
  const config = await chooseConfig({ way: way.value, pair }, tools, context);
  return config.ok ? ok({ state: state.value, way: way.value, open: open.value, config: config.value }) : config;
}

function wayOf(
  {
    state,
    open,
    force,
  }: { readonly state: TargetState; readonly open: RolloutPlan | undefined; readonly force: boolean },
  target: string,
): Outcome<WayBack> {
  const [from, to] = [releaseIn(state, open?.to), releaseIn(state, open?.from?.slot)];
  if (open?.from !== undefined && from !== undefined && to !== undefined) {
    return ok({
      kind: 'unfinished',
      from: { slot: open.to, release: from },
      to: { slot: open.from.slot, release: to },
    });
  }
  const baking = findBaking({ state, force }, target);
  if (!baking.ok) return baking;
  const tables = refuseOtherTables({ state, baking: baking.value.to.release, force });
  return tables.ok ? baking : tables;
}

async function goBack(plan: BackPlan, tools: TargetTools, context: FlowContext): Promise<Outcome<RollbackResult>> {
  const { state, way, open, config } = plan;
  const given = await applyConfig({ way, config }, tools, context);
  if (!given.ok) return given;
  const because = `rolled back by ${tools.who}`;
  const moved =
    open === undefined
      ? await toBaking({ state, way, because }, tools, context)
      : await takeBack({ plan: open, state, because }, tools, context);
  if (!moved.ok) return moved;
  const noted = await noteConfig({ way, config }, tools, context);
  if (!noted.ok) return noted;
  return ok(resultOf(plan, { state: 'back', ms: moved.value.wayBackMs ?? 0, url: tools.wiki.url }));
}

function resultOf(
  { way: { from, to }, config }: BackPlan,
  facts: Pick<RollbackResult, 'state' | 'ms' | 'url'>,
): RollbackResult {
  return {
    from: { slot: from.slot, release: from.release.number },
    to: { slot: to.slot, release: to.release.number },
    config,
    ...facts,
  };
}

async function toBaking(
  { state, way, because }: { readonly state: TargetState; readonly way: WayBack; readonly because: string },
  tools: TargetTools,
  context: FlowContext,
): Promise<Outcome<{ readonly wayBackMs?: number }>> {
  const from = { slot: way.from.slot, release: way.from.release.number };
  const to = { slot: way.to.slot, release: way.to.release.number };
  const policy = { steps: [100], observe: { least: 1, most: 1 }, worse: 1, requests: 1 };
  const plan = planRollout({ release: to.release, to: to.slot, from, policy });
  const moved = await moveAll({ plan, to: to.slot, because }, tools, context);
  if (!moved.ok) return moved;
  const marked = withRelease({ ...state, live: to.slot }, { ...way.from.release, state: 'bad', because });
  const written = await tools.home.writeState(marked);
  if (!written.ok) return written;
  context.emit({ code: 'release/marked-bad', release: from.release, because });
  return ok({ wayBackMs: moved.value.ms });
}

function findBaking(
  { state, force }: { readonly state: TargetState; readonly force: boolean },
  target: string,
): Outcome<WayBack> {
  const from = heldIn(state, state.live);
  const to = heldIn(
    state,
    SLOTS.find((other) => other !== state.live && state.slots[other] !== undefined),
  );
  const isBad = to?.release.state === 'bad' && !force;
  if (from !== undefined && to !== undefined && !isBad) return ok({ kind: 'baking', from, to });
  return fail({
    code: 'release/nothing-to-go-back-to',
    message: isBad
      ? `${to.slot} holds release ${to.release.number}, and that is marked bad`
      : `no other release bakes on ${quote(target)}`,
    hint: `deploy what you want instead: mwpipe deploy${isBad ? '; --force goes there all the same' : ''}`,
    exit: 'refused',
  });
}

function heldIn(state: TargetState, slot: string | undefined): Held | undefined {
  const release = releaseIn(state, slot);
  return slot === undefined || release === undefined ? undefined : { slot, release };
}

/** Code on the tables of another version answers every request with an error. */
function refuseOtherTables(given: {
  readonly state: TargetState;
  readonly baking: Release;
  readonly force: boolean;
}): Outcome<void> {
  const { state, baking, force } = given;
  if (force || state.wiki === undefined || state.wiki.tables === baking.tables) return ok();
  return fail({
    code: 'release/other-tables',
    message: `update.php has run with other table definitions since release ${baking.number}`,
    hint: 'try it first by pin (mwpipe status shows how); --force goes back all the same',
    exit: 'refused',
  });
}

/** `mwpipe rollback`: the traffic goes back to where it came from, at once: weights only, no build, no waiting. */
import { quote } from '../kernel/diagnostic.ts';
import { readTargetState, releaseIn, SLOTS, withRelease, type Release, type TargetState } from '../deploy/index.ts';
import { fail, ok, type Outcome } from '../kernel/outcome.ts';
import { moveAll, planRollout } from '../rollout/index.ts';
import { readUnfinished, takeBack } from './settle-unfinished.ts';
import { underLease, type FlowContext, type TargetTools } from './tools.ts';

export interface RollbackResult {
  /** What users got before, and what they get now. */
  readonly from: { readonly slot: string; readonly release: number };
  readonly to: { readonly slot: string; readonly release: number };
  readonly ms: number;
  readonly url: string;
}

/**
 * Ends a rollout that isn't finished, or goes back to the release that bakes in the other slot. What it leaves is marked
 * bad, so that nothing brings it back by accident.
 * @returns fails with `release/nothing-to-go-back-to`, `release/other-tables` (refused), `lock/held`
 */
export async function rollBack(
  { force = false }: { readonly force?: boolean },
  tools: TargetTools,
  context: FlowContext,
): Promise<Outcome<RollbackResult>> {
  return underLease({ home: tools.home, reason: 'rollback' }, context, async () => {
    const state = await readTargetState(tools.home);
    if (!state.ok) return state;
    const open = await readUnfinished(tools, state.value);
    if (!open.ok) return open;
    const plan = open.value;
    if (plan?.from === undefined) return toBaking({ state: state.value, force }, tools, context);
    const because = `rolled back by ${tools.who}`;
    const taken = await takeBack({ plan, state: state.value, because }, tools, context);
    if (!taken.ok) return taken;
    const from = { slot: plan.to, release: plan.release };
    return ok({ from, to: plan.from, ms: taken.value.wayBackMs ?? 0, url: tools.wiki.url });
  });
}

async function toBaking(
  { state, force }: { readonly state: TargetState; readonly force: boolean },
  tools: TargetTools,
  context: FlowContext,
): Promise<Outcome<RollbackResult>> {
  const found = findBaking(state, tools.name);
  if (!found.ok) return found;
  const { live, baking } = found.value;
  const tables = refuseOtherTables({ state, baking: baking.release, force });
  if (!tables.ok) return tables;
  const from = { slot: live.slot, release: live.release.number };
  const to = { slot: baking.slot, release: baking.release.number };
  const because = `rolled back by ${tools.who}`;
  const policy = { steps: [100], observe: { least: 1, most: 1 }, worse: 1, requests: 1 };
  const plan = planRollout({ release: to.release, to: to.slot, from, policy });
  const moved = await moveAll({ plan, to: to.slot, because }, tools, context);
  if (!moved.ok) return moved;
  const marked = withRelease({ ...state, live: to.slot }, { ...live.release, state: 'bad', because });
  const written = await tools.home.writeState(marked);
  if (!written.ok) return written;
  context.emit({ code: 'release/marked-bad', release: from.release, because });
  return ok({ from, to, ms: moved.value.ms, url: tools.wiki.url });
}

interface Held {
  readonly slot: string;
  readonly release: Release;
}

function findBaking(state: TargetState, target: string): Outcome<{ readonly live: Held; readonly baking: Held }> {
  const slot = SLOTS.find((other) => other !== state.live && state.slots[other] !== undefined);
  const release = releaseIn(state, slot);
  const current = releaseIn(state, state.live);
  if (slot !== undefined && release !== undefined && state.live !== undefined && current !== undefined) {
    return ok({ live: { slot: state.live, release: current }, baking: { slot, release } });
  }
  return fail({
    code: 'release/nothing-to-go-back-to',
    message: `no other release bakes on ${quote(target)}`,
    hint: 'deploy what you want instead: mwpipe deploy',
    exit: 'refused',
  });
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

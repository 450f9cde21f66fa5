/** `mwpipe status`: what is recorded, what really runs, what the router does, who holds the lease: side by side. */
import { readTargetState, releaseIn, SLOTS, type Instance, type Release } from '../deploy/index.ts';
import type { PastAct } from '../config/index.ts';
import type { LeaseHolder } from '../kernel/home.ts';
import { ok, type Outcome } from '../kernel/outcome.ts';
import { silent } from '../kernel/run-context.ts';
import type { RouterView, SlotCounters } from '../rollout/index.ts';
import { configDuring } from './config-during.ts';
import { readUnfinished } from './settle-unfinished.ts';
import type { FlowContext, TargetTools } from './tools.ts';

export interface SlotStatus {
  readonly slot: string;
  readonly role: 'live' | 'shifting-in' | 'baking' | 'free';
  readonly release?: Release;
  /** What its instances serve now. */
  readonly bundle?: string;
  readonly share: number;
  readonly sessions: number;
  readonly instances: readonly { readonly name: string; readonly state: 'ready' | 'unready' | 'stopped' }[];
  readonly counters?: SlotCounters;
}

export interface TargetStatus {
  readonly target: string;
  readonly url: string;
  readonly live?: string;
  readonly slots: readonly SlotStatus[];
  /** Undefined where the router can't be asked. */
  readonly router: 'answers' | 'unreachable';
  readonly lease?: LeaseHolder;
  /** With the acts on config since it began. */
  readonly unfinished?: { readonly release: number; readonly config: readonly PastAct[] };
  /** The newest first. */
  readonly releases: readonly Release[];
}

const SHOWN_RELEASES = 5;

export async function readStatus(tools: TargetTools, context: FlowContext): Promise<Outcome<TargetStatus>> {
  const state = await readTargetState(tools.home);
  if (!state.ok) return state;
  const open = await readUnfinished(tools, state.value);
  if (!open.ok) return open;
  const [holder, mover, instances, bundles, view] = [
    await tools.home.holder(),
    await tools.traffic.holder(),
    await tools.target.instances(),
    await tools.bundles.slots(context),
    await tools.router.observe(silent(context)),
  ];
  if (!holder.ok) return holder;
  if (!mover.ok) return mover;
  const atWork = [holder.value, mover.value].find((one) => one !== undefined);
  const config = open.value === undefined ? [] : await configDuring(tools.home, open.value.release);
  if (!instances.ok) return instances;
  const pointers = new Map(bundles.ok ? bundles.value.map(({ slot, bundle }) => [slot, bundle]) : []);
  const slots = SLOTS.map((slot): SlotStatus => {
    const release = releaseIn(state.value, slot);
    const role = roleOf({ slot, live: state.value.live, shifting: open.value?.to, held: release !== undefined });
    const bundle = pointers.get(slot);
    return {
      slot,
      role,
      ...(release === undefined ? {} : { release }),
      ...(bundle === undefined ? {} : { bundle }),
      ...inRouter(slot, { instances: instances.value, view: view.ok ? view.value : {} }),
    };
  });
  return ok({
    target: tools.name,
    url: tools.wiki.url,
    ...(state.value.live === undefined ? {} : { live: state.value.live }),
    slots,
    router: view.ok ? 'answers' : 'unreachable',
    ...(atWork === undefined ? {} : { lease: atWork }),
    ...(open.value === undefined ? {} : { unfinished: { release: open.value.release, config } }),
    releases: state.value.releases.toReversed().slice(0, SHOWN_RELEASES),
  });
}

function roleOf(facts: {
  slot: string;
  live: string | undefined;
  shifting: string | undefined;
  held: boolean;
}): SlotStatus['role'] {
  if (facts.slot === facts.live) return 'live';
  if (!facts.held) return 'free';
  return facts.slot === facts.shifting ? 'shifting-in' : 'baking';
}

function inRouter(
  slot: string,
  { instances, view }: { readonly instances: readonly Instance[]; readonly view: RouterView },
): Pick<SlotStatus, 'share' | 'sessions' | 'instances' | 'counters'> {
  const seen = view[slot];
  const ready = new Set(seen?.ready.map((server) => server.replace(/^.*-/, '')));
  return {
    share: seen?.share ?? 0,
    sessions: seen?.sessions ?? 0,
    instances: instances
      .filter((instance) => instance.slot === slot)
      .map(({ name, state }) => {
        const answers = ready.has(name.replace(/^.*-/, ''));
        return { name, state: state === 'stopped' ? 'stopped' : answers ? 'ready' : 'unready' };
      }),
    ...(seen === undefined ? {} : { counters: seen.counters }),
  };
}

/** The part of a push and of a rollback that users notice: journaled, moved, confirmed, tidied. */
import type { Diagnostic } from '../../kernel/diagnostic.ts';
import type { JournalEntry } from '../../kernel/home.ts';
import { ok, type Outcome } from '../../kernel/outcome.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import { activate, type Activated } from './activate.ts';
import { findAnswering } from './answering.ts';
import type { ConfigEvent } from '../events.ts';
import type { ConfigSource } from '../git-ports.ts';
import { setAsideNow, type CANARY, type DEBUG, type PUSH, type ROLLBACK } from './history.ts';
import { liveBundle, planPush, type CanaryPolicy, type PushPlan } from './plan-push.ts';
import type { ConfigPorts, SlotInstances } from '../ports.ts';
import { tidy } from './tidy.ts';

export interface PushResult {
  /** `waiting`: only requests with the pin get it. */
  readonly state: 'live' | 'already-live' | 'planned' | 'waiting';
  readonly bundle: string;
  /** What was live on all slots before. */
  readonly previous: string | undefined;
  readonly plan: PushPlan;
  readonly slots: readonly { readonly slot: string; readonly instances: number }[];
  /** Of all slots, each once. */
  readonly images: readonly string[];
  readonly warnings: readonly Diagnostic[];
  /** From the first pointer's move until the last instance confirmed. */
  readonly activateMs: number;
  /** Instances that could not activate: they get no users until a push finds them well. */
  readonly aside: readonly SlotInstances[];
  /** What `X-Mwpipe-Bundle-Pin` must say, and until when (seconds since 1970), where the push waits at debug. */
  readonly pin?: { readonly value: string; readonly expires: number; readonly url: string };
}

/** A plan, and what the result will say about it: nothing has happened yet. */
export async function planLive(
  { bundle, policy }: { readonly bundle: string; readonly policy?: CanaryPolicy | undefined },
  { host }: ConfigPorts,
  context: RunContext<never>,
): Promise<Outcome<PushResult>> {
  const slots = await host.slots(context);
  if (!slots.ok) return slots;
  const plan = planPush({ bundle, slots: slots.value, policy });
  if (!plan.ok) return plan;
  return ok({
    state: 'planned',
    bundle,
    previous: liveBundle(slots.value),
    plan: plan.value,
    slots: slots.value.map(({ slot, instances }) => ({ slot, instances: instances.length })),
    images: [...new Set(slots.value.map(({ image }) => image))],
    warnings: [],
    activateMs: 0,
    aside: [],
  });
}

/** What the journal is told of an act beside what it moved. */
interface ActNotes {
  readonly who: string;
  readonly source?: ConfigSource | undefined;
  readonly override?: string | undefined;
}

export interface Act extends ActNotes {
  /** Where a wiki of the bundle's farm answers. */
  readonly wikiHost?: string | undefined;
  readonly act: typeof PUSH | typeof ROLLBACK | typeof CANARY | typeof DEBUG;
  readonly planned: PushResult;
}

/** A line of the journal about this act. */
export function entryOf(
  { act, planned, who, source, override }: Act,
  phase: JournalEntry['phase'],
  context: { readonly started: number; readonly now: number; readonly more?: object },
): JournalEntry {
  const { bundle, previous, plan } = planned;
  return {
    at: new Date(context.now).toISOString(),
    run: `config-${context.started.toString(36)}`,
    phase,
    act,
    data: {
      bundle,
      ...(previous === undefined ? {} : { previous }),
      images: plan.images,
      who,
      ...(source === undefined ? {} : { source }),
      ...(override === undefined ? {} : { override }),
      ...context.more,
    },
  };
}

/**
 * @param lost per cent of the instances that may fail to activate
 * @param well those whose MediaWiki answered a moment ago: asked now where it isn't known
 * @returns fails with what `activate` fails with; then the slots have their old bundles
 */
export async function makeLive(
  { lost, well, ...act }: Act & { readonly lost: number; readonly well?: ReadonlySet<string> },
  ports: ConfigPorts,
  context: RunContext<ConfigEvent>,
): Promise<Outcome<PushResult>> {
  const { planned } = act;
  const started = context.clock.now();
  const note = (phase: JournalEntry['phase'], more: object = {}): Promise<Outcome<void>> =>
    ports.home.append(entryOf(act, phase, { started, now: context.clock.now(), more }));
  const intent = await note('intent');
  if (!intent.ok) return intent;
  const { plan } = planned;
  const activated = await activate({ plan, lost, wikiHost: act.wikiHost, well }, ports.host, context);
  const activateMs = context.clock.now() - started;
  const back = activated.ok ? await bringBack({ ...activated.value, wikiHost: act.wikiHost }, ports, context) : [];
  const aside = activated.ok ? activated.value.aside : [];
  const written = await note(activated.ok ? 'done' : 'failed', { aside, back });
  if (!activated.ok) return activated;
  if (!written.ok) return written;
  const journal = await ports.home.journal();
  if (journal.ok) {
    await tidy({ confirmed: activated.value.confirmed, journal: journal.value }, ports.host, context);
  }
  return ok({ ...planned, state: 'live', activateMs, aside });
}

/** Instances that an earlier push set aside, and that serve this bundle as the others do: MediaWiki answers there, as it does elsewhere. */
export async function bringBack(
  { confirmed, aside, wikiHost }: Activated & Pick<Act, 'wikiHost'>,
  { host, home }: ConfigPorts,
  context: RunContext<ConfigEvent>,
): Promise<readonly SlotInstances[]> {
  const journal = await home.journal();
  if (!journal.ok) return [];
  const back: SlotInstances[] = [];
  for (const [slot, names] of setAsideNow(journal.value)) {
    const bad = aside.find((one) => one.slot === slot)?.instances ?? [];
    const there = (confirmed.get(slot) ?? []).map(({ instance }) => instance);
    const following = names.filter((name) => there.includes(name) && !bad.includes(name));
    if (following.length === 0) continue;
    const well = await findAnswering({ slots: [{ slot, instances: there }], wikiHost }, host, context);
    if (!well.ok) continue;
    // Where MediaWiki answers on none of them, that is nothing to hold against one.
    const instances = well.value.size === 0 ? following : following.filter((name) => well.value.has(name));
    if (instances.length === 0) continue;
    const moved = await host.bringBack({ slot, instances }, context);
    if (!moved.ok) continue;
    back.push({ slot, instances });
    context.emit({ code: 'config/brought-back', slot, instances });
  }
  return back;
}

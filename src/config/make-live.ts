/** The part of a push and of a rollback that users notice: journaled, moved, confirmed, tidied. */
import type { Diagnostic } from '../kernel/diagnostic.ts';
import type { JournalEntry } from '../kernel/home.ts';
import { ok, type Outcome } from '../kernel/outcome.ts';
import type { RunContext } from '../kernel/run-context.ts';
import { activate } from './activate.ts';
import type { ConfigEvent } from './events.ts';
import type { PUSH, ROLLBACK } from './history.ts';
import { liveBundle, planPush, type PushPlan } from './plan-push.ts';
import type { ConfigPorts } from './ports.ts';
import { tidy } from './tidy.ts';

export interface PushResult {
  readonly state: 'live' | 'already-live' | 'planned';
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
}

/** A plan, and what the result will say about it: nothing has happened yet. */
export async function planLive(
  bundle: string,
  { host }: ConfigPorts,
  context: RunContext<never>,
): Promise<Outcome<PushResult>> {
  const slots = await host.slots(context);
  if (!slots.ok) return slots;
  const plan = planPush({ bundle, slots: slots.value });
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
  });
}

/** @returns fails with what `activate` fails with; then the slots have their old bundles */
export async function makeLive(
  { act, planned }: { readonly act: typeof PUSH | typeof ROLLBACK; readonly planned: PushResult },
  ports: ConfigPorts,
  context: RunContext<ConfigEvent>,
): Promise<Outcome<PushResult>> {
  const { plan, previous, bundle } = planned;
  const started = context.clock.now();
  const entry = (phase: JournalEntry['phase']): JournalEntry => ({
    at: new Date(context.clock.now()).toISOString(),
    run: `config-${started.toString(36)}`,
    phase,
    act,
    data: { bundle, ...(previous === undefined ? {} : { previous }), images: plan.images },
  });
  const intent = await ports.home.append(entry('intent'));
  if (!intent.ok) return intent;
  const confirmed = await activate(plan, ports.host, context);
  const activateMs = context.clock.now() - started;
  const written = await ports.home.append(entry(confirmed.ok ? 'done' : 'failed'));
  if (!confirmed.ok) return confirmed;
  if (!written.ok) return written;
  const journal = await ports.home.journal();
  if (journal.ok) await tidy({ confirmed: confirmed.value, journal: journal.value }, ports.host, context);
  return ok({ ...planned, state: 'live', activateMs });
}

/** One slot gets a kept bundle, before users come: staged, pointed to, confirmed by each of its instances. */
import { ok, type Outcome } from '../../kernel/outcome.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import { openBundle } from '../bundle/open-bundle.ts';
import type { ConfigEvent } from '../events.ts';
import type { ConfigHost } from '../ports.ts';
import { activate } from './activate.ts';
import { planPush } from './plan-push.ts';
import { stageEverywhere } from './stage-bundle.ts';

/**
 * Idempotent; a slot that has it already is left alone.
 * @returns fails with `config/not-kept`, `config/nothing-live` (nothing runs there), `config/not-confirmed`; then the slot
 * has what it had
 */
export async function giveSlot(
  { slot, bundle }: { readonly slot: string; readonly bundle: string },
  host: ConfigHost,
  context: RunContext<ConfigEvent>,
): Promise<Outcome<void>> {
  const slots = await host.slots(context);
  if (!slots.ok) return slots;
  const plan = planPush({ bundle, slots: slots.value.filter((one) => one.slot === slot) });
  if (!plan.ok) return plan;
  if (plan.value.moves.length === 0) return ok();
  const packed = await host.read(bundle, context);
  const opened = packed.ok ? openBundle(packed.value) : packed;
  if (!opened.ok) return opened;
  const staged = await stageEverywhere({ bundle: opened.value, slots: [slot] }, host, context);
  if (!staged.ok) return staged;
  const activated = await activate({ plan: plan.value, lost: 0, wikiHost: undefined }, host, context);
  return activated.ok ? ok() : activated;
}

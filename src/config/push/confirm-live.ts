/** A push of what is live already: every instance says so, and those that were set aside and serve it by now get users again. */
import { ok, settle, type Outcome } from '../../kernel/outcome.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import { askSlot, notConfirmed } from './activate.ts';
import type { ConfigEvent } from '../events.ts';
import { setAsideNow } from './history.ts';
import { bringBack, entryOf, type Act, type PushResult } from './make-live.ts';
import type { ConfigPorts, InstanceAnswer, SlotInstances } from '../ports.ts';

/** @returns fails with `config/not-confirmed` where one that gets users doesn't serve it */
export async function confirmLive(
  act: Act,
  ports: ConfigPorts,
  context: RunContext<ConfigEvent>,
): Promise<Outcome<PushResult>> {
  const { bundle, slots } = act.planned;
  const journal = await ports.home.journal();
  if (!journal.ok) return journal;
  const aside: SlotInstances[] = [];
  const confirmed = new Map<string, readonly InstanceAnswer[]>();
  for (const { slot } of slots) {
    const answers = await askSlot({ slot, bundle }, ports.host, context);
    if (!answers.ok) return answers;
    const known = setAsideNow(journal.value).get(slot) ?? [];
    const bad = answers.value.filter((answer) => answer.bundle !== bundle);
    const wrong = bad.filter(({ instance }) => !known.includes(instance));
    if (wrong.length > 0)
      return settle(
        undefined as never,
        wrong.map((answer) => notConfirmed(answer, { bundle, hint: HINT })),
      );
    if (bad.length > 0) aside.push({ slot, instances: bad.map(({ instance }) => instance) });
    confirmed.set(slot, answers.value);
  }
  const back = await bringBack({ confirmed, aside, wikiHost: act.wikiHost }, ports, context);
  const now = context.clock.now();
  const written =
    back.length === 0 ? ok() : await ports.home.append(entryOf(act, 'done', { started: now, now, more: { back } }));
  return written.ok ? ok({ ...act.planned, state: 'already-live', aside }) : written;
}

const HINT = 'mwpipe logs shows what the instance says';

/** Moves the pointers and waits until every instance says that it serves the bundle; where one doesn't, all go back. */
import { short } from '../kernel/digest.ts';
import type { Diagnostic } from '../kernel/diagnostic.ts';
import { fail, ok, settle, type Outcome } from '../kernel/outcome.ts';
import type { RunContext } from '../kernel/run-context.ts';
import type { ConfigEvent } from './events.ts';
import type { PushPlan } from './plan-push.ts';
import type { ConfigHost, InstanceAnswer } from './ports.ts';

const CONFIRM_MS = 5000;
const ASK_AGAIN_MS = 100;

export type ConfirmedSlots = ReadonlyMap<string, readonly InstanceAnswer[]>;

/**
 * Short, and not stopped half-way by Ctrl-C: what is asked of the host here isn't aborted.
 * @returns fails with `config/not-confirmed` (failed) naming the instances, or what the host failed with; then every
 * slot that had a bundle has it again
 */
export async function activate(
  plan: PushPlan,
  host: ConfigHost,
  context: RunContext<ConfigEvent>,
): Promise<Outcome<ConfirmedSlots>> {
  const steady = { ...context, signal: new AbortController().signal };
  const outcome = await moveAndConfirm(plan, host, steady);
  if (outcome.ok) return outcome;
  const back = await goBack(plan, host, steady);
  const [first, ...others] = outcome.diagnostics;
  return fail(first, ...others, ...back);
}

async function moveAndConfirm(
  plan: PushPlan,
  host: ConfigHost,
  context: RunContext<ConfigEvent>,
): Promise<Outcome<ConfirmedSlots>> {
  for (const { slot, from } of plan.moves) {
    const pointed = await host.point({ slot, bundle: plan.bundle }, context);
    if (!pointed.ok) return pointed;
    context.emit({ code: 'config/pointed', slot, from, to: plan.bundle });
  }
  const confirmed = new Map<string, readonly InstanceAnswer[]>();
  for (const { slot } of plan.moves) {
    const answers = await confirmSlot({ slot, bundle: plan.bundle }, host, context);
    if (!answers.ok) return answers;
    confirmed.set(slot, answers.value);
  }
  return ok(confirmed);
}

/** Asks until all agree, for a few seconds: an instance may just be starting. */
export async function confirmSlot(
  { slot, bundle }: { readonly slot: string; readonly bundle: string },
  host: ConfigHost,
  context: RunContext<ConfigEvent>,
): Promise<Outcome<readonly InstanceAnswer[]>> {
  const started = context.clock.now();
  for (;;) {
    const answers = await host.confirm(slot, context);
    if (!answers.ok) return answers;
    const ms = context.clock.now() - started;
    const others = answers.value.filter((answer) => answer.bundle !== bundle);
    if (others.length === 0) {
      context.emit({ code: 'config/confirmed', slot, bundle, instances: answers.value.length, ms });
      return answers;
    }
    if (ms > CONFIRM_MS)
      return settle(
        undefined as never,
        others.map((answer) => notConfirmed(answer, bundle)),
      );
    await context.clock.sleep(ASK_AGAIN_MS, context.signal);
  }
}

function notConfirmed(answer: InstanceAnswer, bundle: string): Diagnostic {
  const says = answer.bundle === undefined ? (answer.problem ?? 'does not answer') : `serves ${short(answer.bundle)}`;
  return {
    code: 'config/not-confirmed',
    message: `${answer.instance} ${says}, not ${short(bundle)}`,
    hint: 'all slots went back; mwpipe logs shows what the instance says',
    exit: 'failed',
  };
}

async function goBack(
  plan: PushPlan,
  host: ConfigHost,
  context: RunContext<ConfigEvent>,
): Promise<readonly Diagnostic[]> {
  const wrong: Diagnostic[] = [];
  const slots: string[] = [];
  for (const { slot, from } of plan.moves) {
    if (from === undefined) continue;
    const pointed = await host.point({ slot, bundle: from }, context);
    if (pointed.ok) slots.push(slot);
    else wrong.push(...pointed.diagnostics);
  }
  context.emit({ code: 'config/went-back', slots, because: 'not every instance confirmed the bundle' });
  return wrong;
}

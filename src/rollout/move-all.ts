/** Gives one slot all the traffic at once: a rollback is weights only, no build and no waiting. */
import type { Home } from '../kernel/home.ts';
import { ok, type Outcome } from '../kernel/outcome.ts';
import { silent, type RunContext } from '../kernel/run-context.ts';
import type { RolloutEvent } from './events.ts';
import { rolloutJournal } from './journal.ts';
import type { RolloutPlan } from './plan-rollout.ts';
import type { Router } from './ports.ts';

/**
 * @param plan the rollout that this ends; what it moves to gets everything, or what it came from
 * @returns how long it took; fails with `router/not-ready` where the slot has nothing that is ready
 */
export async function moveAll(
  { plan, to, because }: { readonly plan: RolloutPlan; readonly to: string; readonly because: string },
  { router, home }: { readonly router: Router; readonly home: Home },
  context: RunContext<RolloutEvent>,
): Promise<Outcome<{ readonly ms: number }>> {
  const journal = rolloutJournal(home, plan, context);
  const others = [plan.to, ...(plan.from === undefined ? [] : [plan.from.slot])].filter((slot) => slot !== to);
  const shares = { [to]: 1, ...Object.fromEntries(others.map((slot) => [slot, 0])) };
  const started = context.clock.now();
  // Written before where it can be, and never in the way of a rollback.
  await journal.shares('intent', shares, because);
  const set = await router.setShares(shares, silent(context));
  if (!set.ok) return set;
  const ms = context.clock.now() - started;
  context.emit({ code: 'rollout/shares-set', shares, because, ms });
  await journal.shares('done', shares, because);
  await journal.end('rolled-back', because);
  return ok({ ms });
}

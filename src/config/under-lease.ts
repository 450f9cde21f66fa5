/** One writer at a time: work that runs while the target's lease is held, and gives it back whatever happens. */
import type { Home } from '../kernel/home.ts';
import type { Outcome } from '../kernel/outcome.ts';
import { silent, type RunContext } from '../kernel/run-context.ts';

/** @returns fails with `lock/held` (refused) naming who holds it; the work was not begun then */
export async function underLease<T>(
  { home, reason, context }: { readonly home: Home; readonly reason: string; readonly context: RunContext<never> },
  work: () => Promise<Outcome<T>>,
): Promise<Outcome<T>> {
  const lease = await home.acquire(reason, silent(context));
  if (!lease.ok) return lease;
  try {
    return await work();
  } finally {
    await lease.value[Symbol.asyncDispose]();
  }
}

/** One writer at a time: work that runs while the target's lease is held, and gives it back whatever happens. */
import type { Home, Lease } from './home.ts';
import type { Outcome } from './outcome.ts';
import { silent, type RunContext } from './run-context.ts';

const ASK_AGAIN_MS = 200;

/**
 * @param held.wait seconds to ask again while somebody else holds it
 * @returns fails with `lock/held` (refused) naming who holds it; the work was not begun then
 */
export async function underLease<T>(
  held: {
    readonly home: Pick<Home, 'acquire'>;
    readonly reason: string;
    readonly wait?: number | undefined;
    readonly context: RunContext<never>;
  },
  work: (lease: Lease) => Promise<Outcome<T>>,
): Promise<Outcome<T>> {
  const { context, wait = 0 } = held;
  const until = context.clock.now() + wait * 1000;
  for (;;) {
    const lease = await held.home.acquire(held.reason, silent(context));
    if (lease.ok) {
      try {
        return await work(lease.value);
      } finally {
        await lease.value[Symbol.asyncDispose]();
      }
    }
    if (lease.diagnostics[0].code !== 'lock/held' || context.clock.now() >= until) return lease;
    await context.clock.sleep(ASK_AGAIN_MS, context.signal);
  }
}

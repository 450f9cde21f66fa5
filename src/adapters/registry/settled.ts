/** Several requests at once, and what came of them. */
import type { Diagnostic } from '../../kernel/diagnostic.ts';
import { all, fail, type Outcome } from '../../kernel/outcome.ts';

/** Waits for all, so that nothing is still at work when the first that threw is told. */
async function settled<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  const results = await Promise.allSettled(promises);
  return results.map((one) => {
    if (one.status === 'rejected') throw one.reason;
    return one.value;
  });
}

/** The values of all, or what is wrong, each once: a registry that is down is down for every blob. */
export async function allOf<T>(promises: readonly Promise<Outcome<T>>[]): Promise<Outcome<T[]>> {
  const outcome = all(await settled(promises));
  if (outcome.ok) return outcome;
  const [first, ...others] = outcome.diagnostics;
  const known = new Map<string, Diagnostic>(others.map((one) => [`${one.code} ${one.message}`, one]));
  known.delete(`${first.code} ${first.message}`);
  return fail(first, ...known.values());
}

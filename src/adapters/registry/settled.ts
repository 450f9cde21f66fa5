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

/** The values of all, or what is wrong. */
export async function allOf<T>(promises: readonly Promise<Outcome<T>>[]): Promise<Outcome<T[]>> {
  const outcome = all(await settled(promises));
  if (outcome.ok) return outcome;
  const [first, ...others] = outcome.diagnostics;
  return fail(first, ...others.filter((one) => OF_ONE_BLOB.includes(one.code) && one.message !== first.message));
}

/** All the rest is told once: a registry that is down is down for every blob. */
const OF_ONE_BLOB: readonly Diagnostic['code'][] = [
  'registry/wrong-bytes',
  'registry/not-kept',
  'registry/lacks-blob',
  'build/damaged-layer',
];

/**
 * Ctrl-C and SIGTERM end a bench at its next safe place: whatever waits is told, and all that was made goes as it does at a
 * normal end. A second one ends at once.
 */
import { testContext } from '../../test/worlds/context.ts';

const stopping = new AbortController();

/** Aborted once the bench shall end. */
export const stopped: AbortSignal = stopping.signal;

export function stopOnSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      stopping.abort(new Error(`stopped by ${signal}`));
    });
  }
}

/** A run context whose waits end with the bench. */
export function benchContext(): ReturnType<typeof testContext> {
  return testContext({ signal: stopped });
}

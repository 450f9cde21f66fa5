/** A run context for tests: the real clock, events kept for the test to look at. */
import { systemClock } from '../../src/kernel/clock.ts';
import type { RunContext, StepEvent } from '../../src/kernel/run-context.ts';

export function testContext(
  options: { signal?: AbortSignal | undefined } = {},
): RunContext & { readonly events: StepEvent[] } {
  const events: StepEvent[] = [];
  return {
    signal: options.signal ?? new AbortController().signal,
    clock: systemClock,
    emit: (event) => void events.push(event),
    events,
  };
}

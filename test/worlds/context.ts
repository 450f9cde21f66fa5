/** A run context for tests: the real clock, events kept for the test to look at. */
import { homedir } from 'node:os';
import { join } from 'node:path';
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

/** mwpipe's usual cache on this machine, where the worlds are: they are made once for all tests. */
export function defaultCache(): string {
  return process.env['MWPIPE_CACHE'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'mwpipe');
}

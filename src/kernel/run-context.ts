/** What every verb and port method is handed: when to stop, where to tell what happened, what time it is. */

/** Something that happened: a stable code and plain data, units in the names. Each step owns its union of these. */
export interface StepEvent {
  readonly code: `${string}/${string}`;
}

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves after `ms`; rejects with the signal's reason when it is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export interface RunContext<Event extends StepEvent = StepEvent> {
  /** Aborted on Ctrl-C: stop at the next safe place, leave nothing half-done. */
  readonly signal: AbortSignal;
  readonly emit: (event: Event) => void;
  readonly clock: Clock;
}

/** The same run for a port that has nothing to tell: its own events would be none of the step's. */
export function silent(context: RunContext<never>): RunContext {
  return { signal: context.signal, clock: context.clock, emit: () => undefined };
}

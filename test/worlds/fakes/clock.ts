/** A clock that tests turn: sleeping takes no time, and the time that it would have taken has passed. */
import type { Clock } from '../../../src/kernel/run-context.ts';

export interface FakeClock extends Clock {
  advance(ms: number): void;
}

/** @param onSleep what happens in the world meanwhile */
export function fakeClock(onSleep: (ms: number) => void = () => undefined): FakeClock {
  let now = Date.parse('2026-11-23T20:00:00.000Z');
  const clock: FakeClock = {
    now: () => now,
    sleep: (ms, signal) => {
      signal?.throwIfAborted();
      clock.advance(ms);
      onSleep(ms);
      return Promise.resolve();
    },
    advance: (ms) => {
      now += ms;
    },
  };
  return clock;
}

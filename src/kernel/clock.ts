/** The machine's clock: the one place that reads it. Tests pass a clock of their own. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from './run-context.ts';

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) => delay(ms, undefined, signal === undefined ? {} : { signal }),
};

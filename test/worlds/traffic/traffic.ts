/** Starts the load generator beside the test, and gives what it saw. Loopback only, bounded in rate and time. */
import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TrafficReport } from './report.ts';

export interface TrafficOptions {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** Requests a second, without the edits. */
  readonly ratePerSecond: number;
  /** Ends by itself after this; @default until `stop`, at most ten minutes */
  readonly seconds?: number;
  /** An account without rate limits; one edit a second where given. */
  readonly editor?: { readonly name: string; readonly password: string };
}

export interface TrafficOrder extends TrafficOptions {
  readonly run: string;
}

export interface Traffic {
  /** Stops sending, waits for what is under way, checks the edits against the history. */
  stop(): Promise<TrafficReport>;
}

const LONGEST_SECONDS = 600;

export async function startTraffic(options: TrafficOptions): Promise<Traffic> {
  const { hostname } = new URL(options.url);
  if (hostname !== '127.0.0.1' && hostname !== 'localhost')
    throw new Error(`load goes to loopback only, not to ${hostname}`);
  const order: TrafficOrder = { seconds: LONGEST_SECONDS, ...options, run: randomUUID().slice(0, 8) };
  const child = fork(join(import.meta.dirname, 'child-traffic.ts'), [JSON.stringify(order)]);
  const cpu = busyShare();
  const messages = { report: deferred<TrafficReport>(), started: deferred<undefined>() };
  child.on('message', (message: { report?: TrafficReport; started?: boolean }) => {
    if (message.started === true) messages.started.resolve(undefined);
    if (message.report !== undefined) messages.report.resolve(message.report);
  });
  child.on('exit', (code) => {
    const ended = new Error(`the load generator ended with ${String(code)}`);
    messages.started.reject(ended);
    messages.report.reject(ended);
  });
  messages.report.promise.catch(() => undefined);
  await messages.started.promise;
  return {
    stop: async () => {
      if (child.connected) child.send('stop');
      return { ...(await messages.report.promise), cpu: cpu() };
    },
  };
}

function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void; reject: (error: Error) => void } {
  return Promise.withResolvers<T>();
}

/** @returns what tells the share of all cores that was busy since */
function busyShare(): () => number {
  const before = readCpu();
  return () => {
    const after = readCpu();
    return Math.round((1 - (after.idle - before.idle) / (after.all - before.all)) * 100) / 100;
  };
}

/** @see proc(5), /proc/stat: user, nice, system, idle, iowait, ... in ticks */
function readCpu(): { readonly idle: number; readonly all: number } {
  const [first = ''] = readFileSync('/proc/stat', 'utf8').split('\n');
  const ticks = first.trim().split(/\s+/).slice(1, 9).map(Number);
  return { idle: (ticks[3] ?? 0) + (ticks[4] ?? 0), all: ticks.reduce((sum, tick) => sum + tick, 0) };
}

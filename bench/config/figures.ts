/** Figures as a reader wants them: percentiles, and how busy the machine was while they were taken. */
import { loadavg } from 'node:os';

export interface Spread {
  readonly runs: number;
  readonly p50_s: number;
  readonly p95_s: number;
  readonly max_s: number;
  /** Processes that wanted a core, over the last minute: figures taken under load say so. */
  readonly load: number;
}

export function spreadOf(milliseconds: readonly number[]): Spread {
  const sorted = milliseconds.toSorted((a, b) => a - b);
  const at = (share: number): number =>
    seconds(sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? NaN);
  return { runs: sorted.length, p50_s: at(0.5), p95_s: at(0.95), max_s: at(1), load: load() };
}

export function seconds(milliseconds: number): number {
  return Number((milliseconds / 1000).toFixed(3));
}

export function load(): number {
  return Number((loadavg()[0] ?? 0).toFixed(1));
}

export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

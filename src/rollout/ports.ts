/** What the rollout asks of the outside: a router that carries traffic to slots by share. */
import type { Outcome } from '../kernel/outcome.ts';
import type { RunContext } from '../kernel/run-context.ts';

/** Parts of 1 by slot, summing to 1. A slot that isn't named gets none. */
export type Shares = Readonly<Record<string, number>>;

/** What a slot's instances did since the router started; a restart begins at 0 again. Pinned requests don't count. */
export interface SlotCounters {
  /** Answered, or tried and failed. */
  readonly requests: number;
  /** 5xx, connections that failed, answers that broke off. */
  readonly errors: number;
  readonly status: { readonly '2xx': number; readonly '3xx': number; readonly '4xx': number; readonly '5xx': number };
  readonly connectionErrors: number;
  readonly responseErrors: number;
  /** Tried again on the same or another instance: nobody saw these fail. */
  readonly retries: number;
}

export interface SlotView {
  /** Of new requests, in parts of 1, as the router applies it now. */
  readonly share: number;
  /** Names of the instances that pass the router's health check. */
  readonly ready: readonly string[];
  readonly unready: readonly string[];
  /** Requests in flight. */
  readonly sessions: number;
  readonly counters: SlotCounters;
  /** Mean of the last 1024 answers; undefined before the first. */
  readonly meanMs: number | undefined;
}

export type RouterView = Readonly<Record<string, SlotView>>;

export interface Router {
  /** What the router does now. Fails with `router/unreachable`. */
  observe(context: RunContext): Promise<Outcome<RouterView>>;
  /**
   * Moves the traffic, reads it back, and writes it where a reload or a restart of the router finds it. Kept as whole
   * weights of 256, so a share is met to about 0.4 %; one above 0 never becomes 0.
   * @returns fails with `router/unknown-slot` and `router/not-ready` (a share for a slot in which nothing is ready),
   * then nothing was changed; with `router/not-applied` where the router says something else afterwards
   * @see HAProxy 2.6 management guide, section 9.3, "set server"
   */
  setShares(shares: Shares, context: RunContext): Promise<Outcome<void>>;
}

/** A router in memory, held to the same contract as HAProxy: smooth weighted round robin over ready instances. */
import { fail, ok, type Outcome } from '../../../src/kernel/outcome.ts';
import type { Router, RouterView, Shares, SlotCounters, SlotView } from '../../../src/rollout/ports.ts';

export interface FakeRouter extends Router {
  /** Sends one user's request. @returns the slot that answered; undefined where nobody could */
  request(options?: { readonly fails?: (slot: string) => boolean }): string | undefined;
  setReady(slot: string, ready: boolean): void;
  /** As a restart does: counters begin at 0, shares stay. */
  restart(): void;
  /** While true, every call fails as it does when the router's container is gone. */
  unreachable: boolean;
}

interface FakeSlot {
  ready: boolean;
  share: number;
  credit: number;
  requests: number;
  errors: number;
}

export function fakeRouter(slots: readonly string[]): FakeRouter {
  const known = new Map(
    slots.map((slot): [string, FakeSlot] => [slot, { ready: false, share: 0, credit: 0, requests: 0, errors: 0 }]),
  );
  const gone = (): Outcome<never> => fail({ code: 'router/unreachable', message: 'no answer', exit: 'outside' });
  const router: FakeRouter = {
    unreachable: false,
    observe: () => Promise.resolve(router.unreachable ? gone() : ok(viewOf(known))),
    setShares: (shares) => Promise.resolve(router.unreachable ? gone() : setShares(known, shares)),
    setReady: (slot, ready) => void (slotOf(known, slot).ready = ready),
    restart: () => known.forEach((slot) => Object.assign(slot, { requests: 0, errors: 0, credit: 0 })),
    request: ({ fails = () => false } = {}) => {
      const chosen = choose(known);
      if (chosen === undefined) return undefined;
      const slot = slotOf(known, chosen);
      slot.requests += 1;
      if (fails(chosen)) slot.errors += 1;
      return chosen;
    },
  };
  return router;
}

function slotOf(known: Map<string, FakeSlot>, name: string): FakeSlot {
  const slot = known.get(name);
  if (slot === undefined) throw new Error(`no slot ${name}`);
  return slot;
}

function setShares(known: Map<string, FakeSlot>, shares: Shares): Outcome<void> {
  for (const [name, share] of Object.entries(shares)) {
    const slot = known.get(name);
    if (slot === undefined) return fail({ code: 'router/unknown-slot', message: name, exit: 'outside' });
    if (share > 0 && !slot.ready) return fail({ code: 'router/not-ready', message: name, exit: 'outside' });
  }
  for (const [name, slot] of known) slot.share = shares[name] ?? 0;
  return ok();
}

function choose(known: Map<string, FakeSlot>): string | undefined {
  const usable = [...known].filter(([, slot]) => slot.ready && slot.share > 0);
  const total = usable.reduce((sum, [, { share }]) => sum + share, 0);
  for (const [, slot] of usable) slot.credit += slot.share;
  const [name, best] = usable.toSorted(([, a], [, b]) => b.credit - a.credit)[0] ?? [];
  if (best !== undefined) best.credit -= total;
  return name;
}

function viewOf(known: Map<string, FakeSlot>): RouterView {
  const total = [...known.values()].reduce((sum, { ready, share }) => sum + (ready ? share : 0), 0);
  return Object.fromEntries([...known].map(([name, slot]) => [name, slotView(name, slot, total)]));
}

function slotView(name: string, slot: FakeSlot, total: number): SlotView {
  return {
    share: slot.ready && total > 0 ? slot.share / total : 0,
    ready: slot.ready ? [`${name}-1`] : [],
    unready: [],
    sessions: 0,
    counters: countersOf(slot),
    meanMs: undefined,
  };
}

function countersOf({ requests, errors }: FakeSlot): SlotCounters {
  return {
    requests,
    errors,
    status: { '2xx': requests - errors, '3xx': 0, '4xx': 0, '5xx': errors },
    connectionErrors: 0,
    responseErrors: 0,
    retries: 0,
  };
}

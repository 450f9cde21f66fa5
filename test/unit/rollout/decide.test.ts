import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judge } from '../../../src/judge/index.ts';
import { decide, planRollout, startRollout, type RolloutAction } from '../../../src/rollout/index.ts';
import type { RouterView, Shares, SlotView } from '../../../src/rollout/index.ts';

const policy = { steps: [5, 25, 50], observe: { least: 5, most: 60 }, worse: 0.01, requests: 20 };
const plan = planRollout({ release: 2, to: 'green', from: { slot: 'blue', release: 1 }, policy });

/** What may happen to a slot in a second. */
interface Second {
  readonly blueReady: boolean;
  readonly greenReady: boolean;
  readonly visible: boolean;
  readonly requests: number;
  readonly greenErrors: number;
  /** Somebody else sets this share for green. */
  readonly meddled?: number | undefined;
  readonly restarted: boolean;
}

const second: fc.Arbitrary<Second> = fc.record({
  blueReady: fc.integer({ min: 0, max: 19 }).map((n) => n > 0),
  greenReady: fc.integer({ min: 0, max: 19 }).map((n) => n > 0),
  visible: fc.integer({ min: 0, max: 19 }).map((n) => n > 0),
  requests: fc.integer({ min: 0, max: 40 }),
  greenErrors: fc.constantFrom(0, 0, 0, 0.3),
  meddled: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined, freq: 30 }),
  restarted: fc.integer({ min: 0, max: 49 }).map((n) => n === 0),
});

/** A router that does what it is told, in a world where anything may happen each second. */
function play(seconds: readonly Second[], after: Second) {
  const counts = { blue: { requests: 0, errors: 0 }, green: { requests: 0, errors: 0 } };
  let shares: Record<string, number> = { blue: 1, green: 0 };
  let state = startRollout(plan);
  const actions: { action: RolloutAction; view: RouterView | undefined }[] = [];
  for (let now = 0; now < 1000; now += 1) {
    const world = seconds[now] ?? after;
    if (world.restarted) for (const side of Object.values(counts)) Object.assign(side, { requests: 0, errors: 0 });
    if (world.meddled !== undefined) shares = { blue: 1 - world.meddled, green: world.meddled };
    const green = Math.round(world.requests * (shares['green'] ?? 0));
    counts.green.requests += green;
    counts.green.errors += Math.round(green * world.greenErrors);
    counts.blue.requests += world.requests - green;
    const ready = { blue: world.blueReady, green: world.greenReady };
    const view = world.visible ? viewOf({ shares, ready, counts }) : undefined;
    const decision = decide(state, { now: now * 1000, view }, judge);
    state = decision.state;
    actions.push({ action: decision.action, view });
    if (decision.action.kind === 'end') return { actions, shares, outcome: decision.action.outcome, seconds: now };
    if (decision.action.kind === 'set-shares') shares = { ...decision.action.shares };
  }
  return { actions, shares, outcome: 'never', seconds: 1000 };
}

function viewOf(world: {
  shares: Shares;
  ready: Record<string, boolean>;
  counts: Record<string, { requests: number; errors: number }>;
}): RouterView {
  const used = Object.entries(world.shares).filter(([slot]) => world.ready[slot]);
  const total = used.reduce((sum, [, share]) => sum + share, 0);
  const slot = (name: string): SlotView => {
    const { requests, errors } = world.counts[name]!;
    return {
      share: world.ready[name] === true && total > 0 ? (world.shares[name] ?? 0) / total : 0,
      ready: world.ready[name] === true ? [`${name}-1`] : [],
      unready: world.ready[name] === true ? [] : [`${name}-1`],
      sessions: 0,
      counters: {
        requests,
        errors,
        status: { '2xx': requests - errors, '3xx': 0, '4xx': 0, '5xx': errors },
        connectionErrors: 0,
        responseErrors: 0,
        retries: 0,
      },
      meanMs: undefined,
    };
  };
  return { blue: slot('blue'), green: slot('green') };
}

const calm: Second = {
  blueReady: true,
  greenReady: true,
  visible: true,
  requests: 40,
  greenErrors: 0,
  restarted: false,
};

describe('decide', () => {
  it('takes a good release to all traffic, step by step', () => {
    const { actions, outcome, shares } = play([], calm);
    const moves = actions.flatMap(({ action }) => (action.kind === 'set-shares' ? [action.shares['green']] : []));
    expect(moves).toEqual([0.05, 0.25, 0.5, 1]);
    expect({ outcome, shares }).toEqual({ outcome: 'live', shares: { blue: 0, green: 1 } });
  });

  it('takes a broken release back to nothing at the first step', () => {
    const { actions, outcome, shares } = play([], { ...calm, greenErrors: 0.5 });
    const moves = actions.flatMap(({ action }) => (action.kind === 'set-shares' ? [action.shares['green']] : []));
    expect(moves).toEqual([0.05, 0]);
    expect({ outcome, shares }).toEqual({ outcome: 'rolled-back', shares: { blue: 1, green: 0 } });
  });

  it('compares the last step with what the old release did in all before it', () => {
    const noisy = Array.from({ length: 200 }, () => calm);
    const { actions } = play(noisy, calm);
    const last = actions.findLast(({ action }) => action.kind === 'end');
    expect(last?.action).toMatchObject({ outcome: 'live', verdict: { figures: { baseline: { requests: 630 } } } });
  });

  it('holds where nobody sends a request: no data never passes', () => {
    expect(play([], { ...calm, requests: 0 })).toMatchObject({ outcome: 'held', shares: { green: 0.05 } });
  });

  it('holds, and moves nothing, where the router can not be seen', () => {
    const { actions, outcome } = play([], { ...calm, visible: false });
    expect(outcome).toBe('held');
    expect(actions.filter(({ action }) => action.kind === 'set-shares')).toEqual([]);
  });

  it('turns back when nothing of the new release is ready any more', () => {
    const before = Array.from({ length: 4 }, () => calm);
    const { outcome, shares } = play(before, { ...calm, greenReady: false });
    // Said to the router, not only seen: it would have its old share when it comes back.
    expect({ outcome, shares }).toEqual({ outcome: 'rolled-back', shares: { blue: 1, green: 0 } });
  });

  it('holds when somebody else moves the traffic', () => {
    const before = [calm, calm, calm, { ...calm, meddled: 0.7 }];
    expect(play(before, calm)).toMatchObject({ outcome: 'held' });
  });

  it('counts anew after a restart of the router', () => {
    const before = [calm, calm, calm, calm, { ...calm, restarted: true }];
    expect(play(before, calm)).toMatchObject({ outcome: 'live' });
  });
});

describe('decide, whatever happens', () => {
  it('always ends, in no more time than its steps may take', () => {
    fc.assert(
      fc.property(fc.array(second, { maxLength: 300 }), second, (seconds, after) => {
        const { outcome, seconds: taken } = play(seconds, after);
        expect(outcome).not.toBe('never');
        expect(taken).toBeLessThan(1000);
      }),
      { numRuns: 300 },
    );
  });

  it('gives no share to a slot in which nothing is ready, and all shares make 1', () => {
    fc.assert(
      fc.property(fc.array(second, { maxLength: 300 }), (seconds) => {
        for (const { action, view } of play(seconds, calm).actions) {
          if (action.kind !== 'set-shares') continue;
          const given = Object.entries(action.shares).filter(([, share]) => share > 0);
          expect(given.reduce((sum, [, share]) => sum + share, 0)).toBeCloseTo(1, 9);
          for (const [slot] of given) expect(view?.[slot]?.ready).not.toEqual([]);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('leaves a release that was rolled back with nothing', () => {
    fc.assert(
      fc.property(fc.array(second, { maxLength: 300 }), (seconds) => {
        const { outcome, actions } = play(seconds, { ...calm, greenErrors: 0.5 });
        if (outcome !== 'rolled-back') return;
        expect(actions.at(-1)?.view?.['green']?.share).toBeLessThanOrEqual(0.02);
        expect(actions.at(-1)?.view?.['blue']?.share).toBeGreaterThanOrEqual(0.98);
      }),
      { numRuns: 300 },
    );
  });
});

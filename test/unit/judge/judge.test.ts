import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judge, type JudgePolicy, type Samples } from '../../../src/judge/index.ts';

const policy: JudgePolicy = { worse: 0.01, alpha: 0.05, requests: 20, observe: { least: 5, most: 60 } };
const samples = (fresh: [number, number], baseline: [number, number], seconds = 30): Samples => ({
  fresh: { requests: fresh[0], errors: fresh[1] },
  baseline: { requests: baseline[0], errors: baseline[1] },
  seconds,
});

describe('judge', () => {
  it('passes a release that answers as well as the old one', () => {
    expect(judge(samples([40, 0], [700, 1]), policy)).toMatchObject({ kind: 'pass' });
  });

  it('fails a release that is surely and much worse, and says by how much', () => {
    const verdict = judge(samples([60, 12], [1100, 1]), policy);
    expect(verdict.kind).toBe('fail');
    expect(verdict.because).toBe(
      'errors 20.0 % against 0.09 % (12 of 60, old 1 of 1100; chance in at most 1 of 1,000,000)',
    );
  });

  it('needs few errors where all of them are the new release’s', () => {
    expect(judge(samples([250, 9], [790, 0]), policy).kind).toBe('fail');
    expect(judge(samples([60, 2], [1140, 0]), policy).kind).toBe('fail');
    expect(judge(samples([60, 1], [1140, 0]), policy).kind).toBe('inconclusive');
  });

  it('acts on no difference that is significant but too small to matter', () => {
    expect(judge(samples([100_000, 600], [100_000, 100]), policy).kind).toBe('pass');
  });

  it('passes nothing that nobody has seen', () => {
    fc.assert(
      fc.property(fc.nat(100_000), fc.integer({ min: 0, max: 10_000 }), (old, seconds) => {
        const verdict = judge(samples([0, 0], [old, 0], seconds), policy);
        expect(verdict).toMatchObject({ kind: 'inconclusive', overdue: seconds >= 60 });
      }),
    );
  });

  it('calls it an error, never a pass, where the counters are unknown', () => {
    expect(judge(undefined, policy).kind).toBe('error');
  });

  it('holds off while the difference may be chance, and says when the time has run out', () => {
    expect(judge(samples([30, 1], [600, 0], 20), policy)).toMatchObject({ kind: 'inconclusive', overdue: false });
    expect(judge(samples([30, 1], [600, 0], 61), policy)).toMatchObject({ kind: 'inconclusive', overdue: true });
  });

  it('judges a release with nothing beside it by what matters alone', () => {
    expect(judge(samples([200, 40], [0, 0]), policy).kind).toBe('fail');
    expect(judge(samples([200, 0], [0, 0]), policy).kind).toBe('pass');
  });
});

describe('judge, looked at every second for an hour', () => {
  it('tells two equal releases apart in fewer runs than alpha', () => {
    const runs = 150;
    for (const rate of [0.001, 0.02, 0.2]) {
      const failed = count(
        runs,
        (random) => secondsToFail({ random, freshRate: rate, oldRate: rate, share: 0.05 }) <= 3600,
      );
      expect(failed / runs, `at ${String(rate)}`).toBeLessThanOrEqual(policy.alpha);
    }
  });

  it('finds 20 % errors at 5 % of 20 requests a second within a step, mostly in half of it', () => {
    const runs = 200;
    const within = (most: number) =>
      count(runs, (random) => secondsToFail({ random, freshRate: 0.2, oldRate: 0.0005, share: 0.05 }) <= most) / runs;
    expect(within(policy.observe.most)).toBeGreaterThan(0.99);
    expect(within(policy.observe.most / 2)).toBeGreaterThan(0.9);
  });

  it('finds 3.5 % errors at a quarter of 20 requests a second within a step', () => {
    const runs = 200;
    const found = count(runs, (random) => secondsToFail({ random, freshRate: 0.035, oldRate: 0, share: 0.25 }) <= 60);
    expect(found / runs).toBeGreaterThan(0.9);
  });
});

function count(runs: number, happens: (random: () => number) => boolean): number {
  let times = 0;
  for (let run = 0; run < runs; run += 1) if (happens(seeded(run + 1))) times += 1;
  return times;
}

/** 20 requests a second, `share` of them to the new release; Infinity where it never fails within the hour. */
function secondsToFail(world: { random: () => number; freshRate: number; oldRate: number; share: number }): number {
  const fresh = { requests: 0, errors: 0 };
  const baseline = { requests: 0, errors: 0 };
  for (let seconds = 1; seconds <= 3600; seconds += 1) {
    for (let i = 0; i < 20; i += 1) {
      const isFresh = world.random() < world.share;
      const side = isFresh ? fresh : baseline;
      side.requests += 1;
      if (world.random() < (isFresh ? world.freshRate : world.oldRate)) side.errors += 1;
    }
    if (judge({ fresh, baseline, seconds }, policy).kind === 'fail') return seconds;
  }
  return Infinity;
}

/** mulberry32: 32 bits of state, the same numbers everywhere. */
function seeded(seed: number): () => number {
  let state = seed * 0x9e3779b1;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

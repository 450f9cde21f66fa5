import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { weightsOf } from '../../../../src/adapters/haproxy/weights.ts';

describe('weightsOf', () => {
  it('meets every share to half a per cent, with whole weights of at most 256', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    const count = fc.integer({ min: 1, max: 16 });
    fc.assert(
      fc.property(share, count, count, (green, blues, greens) => {
        const weights = weightsOf(
          { blue: 1 - green, green },
          new Map([
            ['blue', blues],
            ['green', greens],
          ]),
        );
        const parts = { blue: (weights.get('blue') ?? 0) * blues, green: (weights.get('green') ?? 0) * greens };
        const got = parts.green / (parts.blue + parts.green);
        expect(Math.max(...weights.values())).toBe(256);
        expect([...weights.values()].every(Number.isInteger)).toBe(true);
        // One whole step of the smaller side: many instances of the lightest slot can't share one weight of 256.
        const step = Math.max(blues, greens) / (256 * Math.min(blues, greens));
        expect(Math.abs(got - green)).toBeLessThanOrEqual(Math.max(0.005, step));
      }),
    );
  });

  it('gives a share above 0 at least the smallest weight, and 0 nothing', () => {
    const one = new Map([
      ['blue', 1],
      ['green', 1],
    ]);
    expect(weightsOf({ blue: 0.9999, green: 0.0001 }, one)).toEqual(
      new Map([
        ['blue', 256],
        ['green', 1],
      ]),
    );
    expect(weightsOf({ blue: 1 }, one)).toEqual(
      new Map([
        ['blue', 256],
        ['green', 0],
      ]),
    );
  });
});

/** What every router must do, the fake one and HAProxy: the rollout is built on these sentences. */
import { describe, expect, it } from 'vitest';
import type { Router, RouterView } from '../../src/rollout/ports.ts';
import { testContext } from '../worlds/context.ts';

/** Two slots, blue and green, one ready instance in each. */
export interface RouterWorld extends AsyncDisposable {
  readonly router: Router;
  /** One user's request. @returns the slot that answered */
  request(path?: '/' | '/fail'): Promise<string | undefined>;
  /** Returns when the router has noticed. */
  stopInstance(slot: string): Promise<void>;
  restartRouter(): Promise<void>;
}

export function routerContract(name: string, open: () => Promise<RouterWorld>): void {
  const context = testContext();
  const view = async (world: RouterWorld): Promise<RouterView> => {
    const outcome = await world.router.observe(context);
    if (!outcome.ok) throw new Error(outcome.diagnostics[0].message);
    return outcome.value;
  };
  const shares = async (world: RouterWorld) =>
    Object.fromEntries(Object.entries(await view(world)).map(([slot, { share }]) => [slot, Math.round(share * 100)]));
  const answeredBy = async (world: RouterWorld, count: number) => {
    const slots: (string | undefined)[] = [];
    for (let i = 0; i < count; i += 1) slots.push(await world.request());
    return {
      blue: slots.filter((slot) => slot === 'blue').length,
      green: slots.filter((slot) => slot === 'green').length,
    };
  };

  describe(name, () => {
    it('gives nobody a share before it is told to', async () => {
      await using world = await open();
      expect(await shares(world)).toEqual({ blue: 0, green: 0 });
      expect(await world.request()).toBeUndefined();
    });

    it('divides the requests as it was told', async () => {
      await using world = await open();
      expect(await world.router.setShares({ blue: 0.75, green: 0.25 }, context)).toEqual({
        ok: true,
        value: undefined,
      });
      expect(await shares(world)).toEqual({ blue: 75, green: 25 });
      const { blue, green } = await answeredBy(world, 40);
      expect(Math.abs(blue - 30)).toBeLessThanOrEqual(1);
      expect(blue + green).toBe(40);
      await world.router.setShares({ blue: 0, green: 1 }, context);
      expect(await answeredBy(world, 10)).toEqual({ blue: 0, green: 10 });
    });

    it('never rounds a small share to nothing', async () => {
      await using world = await open();
      await world.router.setShares({ blue: 0.999, green: 0.001 }, context);
      expect((await view(world))['green']!.share).toBeGreaterThan(0);
    });

    it('refuses a share for a slot in which nothing is ready, and changes nothing', async () => {
      await using world = await open();
      await world.router.setShares({ blue: 1 }, context);
      await world.stopInstance('green');
      const refused = await world.router.setShares({ blue: 0.5, green: 0.5 }, context);
      expect(refused).toMatchObject({ ok: false, diagnostics: [{ code: 'router/not-ready' }] });
      expect(await shares(world)).toEqual({ blue: 100, green: 0 });
      expect(await answeredBy(world, 5)).toEqual({ blue: 5, green: 0 });
    });

    it('refuses a slot that it does not know', async () => {
      await using world = await open();
      const refused = await world.router.setShares({ red: 1 }, context);
      expect(refused).toMatchObject({ ok: false, diagnostics: [{ code: 'router/unknown-slot' }] });
    });

    it('counts requests and errors by slot', async () => {
      await using world = await open();
      await world.router.setShares({ blue: 0.5, green: 0.5 }, context);
      for (let i = 0; i < 10; i += 1) await world.request(i < 4 ? '/fail' : '/');
      const { blue, green } = await view(world);
      expect([blue!.counters, green!.counters]).toMatchObject([
        { requests: 5, errors: 2, status: { '5xx': 2 } },
        { requests: 5, errors: 2, status: { '5xx': 2 } },
      ]);
    });

    it('sends what a dead instance had to the living one', async () => {
      await using world = await open();
      await world.router.setShares({ blue: 0.5, green: 0.5 }, context);
      await world.stopInstance('green');
      expect(await answeredBy(world, 6)).toEqual({ blue: 6, green: 0 });
      expect(await shares(world)).toEqual({ blue: 100, green: 0 });
    });

    it('keeps the shares over a restart', async () => {
      await using world = await open();
      await world.router.setShares({ blue: 0.2, green: 0.8 }, context);
      await world.restartRouter();
      expect(await shares(world)).toEqual({ blue: 20, green: 80 });
      const { blue, green } = await answeredBy(world, 10);
      expect(Math.abs(blue - 2)).toBeLessThanOrEqual(1);
      expect(blue + green).toBe(10);
    });
  });
}

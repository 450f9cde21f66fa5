import { describe, expect, it } from 'vitest';
import { judge } from '../../../src/judge/index.ts';
import type { StepEvent } from '../../../src/kernel/run-context.ts';
import {
  planRollout,
  reachedStep,
  shiftTraffic,
  unfinishedRollout,
  type RolloutTools,
} from '../../../src/rollout/index.ts';
import { fakeClock } from '../../worlds/fakes/clock.ts';
import { fakeHome, homeStorage } from '../../worlds/fakes/home.ts';
import { fakeRouter } from '../../worlds/fakes/router.ts';

const policy = { steps: [5, 50], observe: { least: 5, most: 60 }, worse: 0.01, requests: 20 };
const plan = planRollout({ release: 2, to: 'green', from: { slot: 'blue', release: 1 }, policy });

/** 40 requests a second; `fails` says which release answers with an error. */
async function world(fails: (slot: string, request: number) => boolean = () => false) {
  const router = fakeRouter(['blue', 'green']);
  const storage = homeStorage();
  let requests = 0;
  const controller = new AbortController();
  let onSecond = (): void => undefined;
  const clock = fakeClock((ms) => {
    for (let i = 0; i < (40 * ms) / 1000; i += 1) {
      requests += 1;
      router.request({ fails: (slot) => fails(slot, requests) });
    }
    onSecond();
  });
  const events: StepEvent[] = [];
  const context = { clock, signal: controller.signal, emit: (event: StepEvent) => void events.push(event) };
  router.setReady('blue', true);
  router.setReady('green', true);
  await router.setShares({ blue: 1 }, context);
  const home = fakeHome(storage);
  return {
    router,
    home,
    storage,
    events,
    controller,
    everySecond: (act: () => void) => void (onSecond = act),
    shift: (step = 0, configDuring: RolloutTools['configDuring'] = () => Promise.resolve([])) =>
      shiftTraffic({ plan, step }, { router, home, judge, configDuring }, context),
    shares: async () => {
      const view = await router.observe(context);
      return view.ok ? Object.fromEntries(Object.entries(view.value).map(([slot, { share }]) => [slot, share])) : {};
    },
    journal: async () => {
      const journal = await home.journal();
      return journal.ok ? journal.value : [];
    },
    view: async () => {
      const view = await router.observe(context);
      if (!view.ok) throw new Error('unseen');
      return view.value;
    },
  };
}

describe('shiftTraffic', () => {
  it('moves all traffic to a good release and writes down each move before and after it', async () => {
    const shift = await world();
    expect(await shift.shift()).toMatchObject({ ok: true, value: { outcome: 'live' } });
    expect(await shift.shares()).toEqual({ blue: 0, green: 1 });
    const acts = (await shift.journal()).map(({ act, phase }) => `${phase} ${act}`);
    expect(acts).toEqual([
      'intent rollout/start',
      ...Array.from({ length: 3 }, () => ['intent rollout/shares', 'done rollout/shares']).flat(),
      'done rollout/end',
    ]);
    expect(unfinishedRollout(await shift.journal())).toBeUndefined();
  });

  it('takes a release that fails one page in five back by itself', async () => {
    const shift = await world((slot, request) => slot === 'green' && request % 5 === 0);
    expect(await shift.shift()).toMatchObject({
      ok: true,
      value: { outcome: 'rolled-back', because: expect.stringContaining('chance in at most') as string },
    });
    expect(await shift.shares()).toEqual({ blue: 1, green: 0 });
  });

  it('goes on from the share that it had reached when it was killed', async () => {
    const shift = await world();
    let seconds = 0;
    shift.everySecond(() => {
      seconds += 1;
      if (seconds === 13) shift.controller.abort(new Error('killed'));
    });
    await expect(shift.shift()).rejects.toThrow('killed');
    const open = unfinishedRollout(await shift.journal());
    expect(open).toEqual(plan);
    const step = reachedStep(plan, await shift.view());
    expect(step).toBe(1);
  });

  it('finds its way back where the journal can no longer be written', async () => {
    const shift = await world((slot, request) => slot === 'green' && request % 3 === 0);
    let full = false;
    const append = shift.home.append.bind(shift.home);
    shift.home.append = (entry) =>
      full
        ? Promise.resolve({ ok: false, diagnostics: [{ code: 'home/not-written', message: 'full' }] })
        : append(entry);
    shift.everySecond(() => (full = true));
    expect(await shift.shift()).toMatchObject({ ok: true, value: { outcome: 'rolled-back' } });
    expect(await shift.shares()).toEqual({ blue: 1, green: 0 });
  });
});

describe('config that changes while a release is judged', () => {
  const act = { act: 'config/push', phase: 'done', at: '2026-11-23T20:00:04.000Z', bundle: 'b'.repeat(64) } as const;

  it('is told once, and stands beside the verdict that it may explain', async () => {
    const shift = await world((slot, request) => slot === 'green' && request > 400);
    let looks = 0;
    const during = () => Promise.resolve((looks += 1) > 3 ? [act] : []);
    const result = await shift.shift(0, during);
    expect(result).toMatchObject({ ok: true, value: { outcome: 'rolled-back', config: [act] } });
    expect(result.ok ? result.value.because : '').toMatch(
      /errors .*; config changed meanwhile: bbbbbbbbbbbb by config\/push at/,
    );
    expect(shift.events.filter(({ code }) => code === 'rollout/config-changed')).toHaveLength(1);
    expect((await shift.journal()).at(-1)).toMatchObject({ act: 'rollout/end', data: { config: [act] } });
  });

  it('is not asked for on the way back', async () => {
    const shift = await world((slot) => slot === 'green');
    let askedWhen: string[] = [];
    await shift.shift(0, async () => {
      askedWhen = [...askedWhen, String((await shift.shares())['blue'])];
      return [];
    });
    expect(askedWhen.at(-1)).not.toBe('1');
  });
});

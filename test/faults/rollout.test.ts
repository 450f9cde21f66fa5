// needs: docker, the world
/** mwpipe killed in the middle, instances and router that fall over, two at once: the wiki goes on answering. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deployWorld, type DeployWorld } from '../worlds/docker/deploy-world.ts';
import { until } from '../worlds/docker/router-world.ts';
import { changeCiteClass } from '../worlds/patches/index.ts';
import { lostOf } from '../worlds/traffic/report.ts';
import { startTraffic } from '../worlds/traffic/traffic.ts';

/** Enough to judge by; small enough for a machine that others use too. */
const RATE = Number(process.env['MWPIPE_TEST_RATE'] ?? 4);

let world: DeployWorld;
let cite: string;
beforeAll(async () => {
  world = await deployWorld({ database: 'mariadb' });
  expect(await world.result('deploy')).toMatchObject({ exit: 0, value: { outcome: 'live', slot: 'blue' } });
  cite = await world.checkout('extensions/Cite');
  await changeCiteClass(cite);
}, 1_200_000);
afterAll(() => world[Symbol.asyncDispose]());

const sharesOf = async () =>
  Object.fromEntries((await world.status()).slots.map(({ slot, share }) => [slot, Math.round(share * 100)]));

describe('mwpipe, killed', () => {
  it('leaves what was live alone when it is killed before the traffic moves, and begins again', async () => {
    await world.killedAt('deploy/instances-started', ['deploy', '--with', `Cite=${cite}`]);
    expect(await sharesOf()).toEqual({ blue: 100, green: 0 });
    expect((await fetch(`${world.url}/index.php?title=Main_Page`)).headers.get('x-mwpipe-release')).toBe('1');
  });

  it('loses no request when it is killed in the middle of a shift and rolled back', async () => {
    const traffic = await startTraffic({ url: world.url, ratePerSecond: RATE });
    await world.killedAt('rollout/shares-set', ['deploy', '--with', `Cite=${cite}`]);
    expect(await sharesOf()).toMatchObject({ blue: expect.closeTo(75, -1) as number });
    expect((await world.status()).unfinished).toBeDefined();
    expect(await world.result('rollback')).toMatchObject({ exit: 0, value: { to: { slot: 'blue', release: 1 } } });
    expect(lostOf(await traffic.stop())).toBe(0);
    expect(await sharesOf()).toEqual({ blue: 100, green: 0 });
    expect(await world.status()).toMatchObject({ live: 'blue', releases: [{ state: 'bad' }, {}, { state: 'good' }] });
  });

  it('refuses by accident what was rolled back', async () => {
    const again = await world.mwpipe('deploy', '--with', `Cite=${cite}`);
    expect(again).toMatchObject({ code: 4, stderr: expect.stringContaining('deploy/marked-bad') as string });
  });

  it('goes on from where it was killed', async () => {
    const traffic = await startTraffic({ url: world.url, ratePerSecond: RATE });
    await world.killedAt('rollout/shares-set', ['deploy', '--with', `Cite=${cite}`, '--again'], 2);
    await world.configure({ sitename: 'Pushed meanwhile' });
    const pushed = await world.result('config', 'push');
    expect(pushed).toMatchObject({ exit: 0, value: { slots: [{ slot: 'blue' }, { slot: 'green' }] } });
    const { bundle } = pushed.value as { bundle: string };
    expect(await world.status()).toMatchObject({ unfinished: { config: [{ act: 'config/push', bundle }] } });
    const resumed = await world.result('deploy', '--resume');
    expect(resumed).toMatchObject({ exit: 0, value: { outcome: 'live', slot: 'green', config: [{ bundle }] } });
    expect((resumed.value as { because: string }).because).toContain(bundle.slice(0, 12));
    await world.configure({ sitename: 'mwpipe demo' });
    expect(await world.result('config', 'rollback')).toMatchObject({ exit: 0, value: { state: 'live' } });
    expect(lostOf(await traffic.stop())).toBe(0);
    expect(await sharesOf()).toEqual({ blue: 0, green: 100 });
  });
});

describe('what runs, falling over', () => {
  it('keeps the traffic where it is over a restart of the router', async () => {
    const before = await sharesOf();
    await world.router().restart({ t: 5 });
    await until(async () => (await fetch(world.url).catch(() => undefined))?.status === 200);
    expect(await sharesOf()).toEqual(before);
  });

  it('puts an instance up again that was killed', async () => {
    await world.instance('green').kill();
    expect(await world.result('deploy', '--with', `Cite=${cite}`)).toMatchObject({
      exit: 0,
      value: { outcome: 'nothing' },
    });
    await until(async () => (await fetch(`${world.url}/api.php`).catch(() => undefined))?.status === 200);
  });

  it('goes back to the release that bakes at once, keeps what was pushed since, and counts what it leaves as bad', async () => {
    await world.configure({ sitename: 'Pushed since' });
    expect(await world.result('config', 'push')).toMatchObject({ exit: 0, value: { state: 'live' } });
    const planned = await world.result('rollback', '--dry-run');
    expect(planned).toMatchObject({ exit: 0, value: { state: 'planned', config: { choice: 'kept' } } });
    const back = await world.result('rollback');
    expect(back).toMatchObject({ exit: 0, value: { from: { slot: 'green' }, to: { slot: 'blue', release: 1 } } });
    expect(await sharesOf()).toEqual({ blue: 100, green: 0 });
    expect(await (await fetch(`${world.url}/api.php?action=query&meta=siteinfo&format=json`)).text()).toContain(
      'Pushed since',
    );
    expect((back.value as { ms: number }).ms).toBeLessThan(10_000);
    await world.configure({ sitename: 'mwpipe demo' });
    expect(await world.result('config', 'rollback')).toMatchObject({ exit: 0, value: { state: 'live' } });
    expect(await sharesOf()).toEqual({ blue: 100, green: 0 });
  });
});

describe('two at once', () => {
  it('lets one work, and tells the other who does what since when', async () => {
    const [one, other] = await Promise.all([world.mwpipe('deploy'), world.mwpipe('rollback')]);
    const refused = [one, other].find(({ code }) => code === 4);
    expect([one.code, other.code].sort()).toContain(4);
    expect(refused?.stderr).toMatch(/lock\/held|nothing-to-go-back-to|marked-bad/);
  });
});

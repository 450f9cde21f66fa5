// needs: docker
/** HAProxy keeps the router's contract, and what only a real proxy can show. */
import { describe, expect, it } from 'vitest';
import { haproxyWorld } from '../worlds/docker/router-world.ts';
import { testContext } from '../worlds/context.ts';
import { routerContract } from './router.contract.ts';

routerContract('HAProxy', haproxyWorld);

describe('HAProxy as mwpipe sets it up', () => {
  it('sends pinned requests to their slot, whatever the shares, and no others', async () => {
    await using world = await haproxyWorld();
    await world.router.setShares({ blue: 1 }, testContext());
    const ask = async (pin: string) => (await fetch(world.url, { headers: { 'X-Mwpipe-Pin': pin } })).text();
    expect(await ask(`green:${world.pinKey}`)).toBe('green');
    expect(await ask('green:guessed')).toContain('403');
    expect(await ask('green')).toContain('403');
  });

  it('tells instances who asks, passes no pin on, and believes no client about either', async () => {
    await using world = await haproxyWorld();
    await world.router.setShares({ blue: 1 }, testContext());
    const forged = { 'X-Forwarded-For': '1.2.3.4', 'X-Mwpipe-Pinned': 'blue' };
    const plain = (await (await fetch(`${world.url}/headers`, { headers: forged })).json()) as Record<string, string>;
    expect(plain['x-forwarded-for']).not.toContain('1.2.3.4');
    expect(plain).not.toHaveProperty('x-mwpipe-pinned');
    const pin = { 'X-Mwpipe-Pin': `blue:${world.pinKey}` };
    const pinned = (await (await fetch(`${world.url}/headers`, { headers: pin })).json()) as Record<string, string>;
    expect(pinned).toMatchObject({ 'x-mwpipe-pinned': 'blue' });
    expect(pinned).not.toHaveProperty('x-mwpipe-pin');
  });

  it('shows nobody the pages about an instance, however they are spelled', async () => {
    await using world = await haproxyWorld();
    await world.router.setShares({ blue: 1 }, testContext());
    const paths = ['/fpm-ping', '/fpm-status', '//fpm-ping', '/%66pm-ping', '/stub_status', '/mwpipe/bundle'];
    const statuses = await Promise.all(paths.map(async (path) => (await fetch(`${world.url}${path}`)).status));
    expect(statuses).toEqual(paths.map(() => 404));
  });

  it('loses no request by a reload, and keeps the shares', async () => {
    await using world = await haproxyWorld();
    await world.router.setShares({ blue: 0.5, green: 0.5 }, testContext());
    const requests = Array.from({ length: 60 }, async (_, index) => {
      await new Promise((resolve) => setTimeout(resolve, index * 40));
      return fetch(`${world.url}/slow`).then((response) => response.text());
    });
    for (let i = 0; i < 3; i += 1) {
      await new Promise((resolve) => setTimeout(resolve, 700));
      await world.reload();
    }
    const answers = await Promise.all(requests);
    expect(answers.filter((answer) => answer !== 'blue' && answer !== 'green')).toEqual([]);
    const view = await world.router.observe(testContext());
    expect(view).toMatchObject({ ok: true, value: { blue: { share: 0.5 }, green: { share: 0.5 } } });
  });

  it('loses no reading request when an instance is killed in the middle of them', async () => {
    await using world = await haproxyWorld();
    await world.router.setShares({ blue: 0.5, green: 0.5 }, testContext());
    const requests = Array.from({ length: 40 }, async (_, index) => {
      await new Promise((resolve) => setTimeout(resolve, index * 50));
      return fetch(`${world.url}/slow`).then((response) => response.text());
    });
    await new Promise((resolve) => setTimeout(resolve, 900));
    await world.container('green').kill();
    const answers = await Promise.all(requests);
    expect(answers.filter((answer) => answer !== 'blue' && answer !== 'green')).toEqual([]);
  });

  it('says that it can not be asked when its container is gone', async () => {
    await using world = await haproxyWorld();
    await world.container('router').kill();
    expect((await world.router.observe(testContext())).ok).toBe(false);
  });
});

/** Canaries, instances that are lost, what a target demands, and the stop at debug: on a place in memory. */
import { describe, expect, it } from 'vitest';
import { packBundle } from '../../../../src/config/bundle/bundle.ts';
import { configStatus } from '../../../../src/config/index.ts';
import { bundleOf } from '../../../contract/config-host.contract.ts';
import { careful, first, here, policy, push, rollback, second, third, three } from '../../../worlds/config-push.ts';
import { configPlace } from '../../../worlds/fakes/config-host.ts';
import { fakeHome } from '../../../worlds/fakes/home.ts';
import { mistakesOf, valueOf } from '../../../worlds/overlays.ts';

describe('with canaries', () => {
  it('gives the bundle to one instance, watches it, then gives it to all', async () => {
    const world = here(three());
    await push(world, first);
    world.place.moves.length = 0;
    const began = world.context.time;
    expect(valueOf(await careful(world, second)).state).toBe('live');
    expect(world.place.moves).toEqual([`blue@blue-1:${second.hash}`, `blue:${second.hash}`]);
    expect(world.context.time - began).toBeGreaterThanOrEqual(20_000);
  });

  it('takes the canary back where its MediaWiki fails, and the others never had it', async () => {
    const world = here(three());
    await push(world, first);
    world.place.instances[0]!.broken = true;
    expect(await careful(world, second)).toMatchObject({
      diagnostics: [{ code: 'config/canaries-worse', exit: 'failed' }],
    });
    expect(Object.fromEntries(world.place.pointers)).toEqual({ blue: first.hash });
    expect(world.place.moves).not.toContain(`blue:${second.hash}`);
  });

  it('takes it back too where there was time for one look alone', async () => {
    const world = here(three());
    await push(world, first);
    world.place.instances[0]!.broken = true;
    const outcome = await careful(world, second, { policy: { ...policy, soak: 1 } });
    expect(mistakesOf(outcome)).toEqual(['config/canaries-worse']);
    expect(Object.fromEntries(world.place.pointers)).toEqual({ blue: first.hash });
  });

  it('takes the canary back where its users see more errors than others', async () => {
    const world = here(three());
    await push(world, first);
    const sleep = world.context.clock.sleep.bind(world.context.clock);
    world.context.clock.sleep = (ms) => {
      for (const [index, one] of world.place.instances.entries()) {
        one.requests = (one.requests ?? 0) + 10;
        one.errors = (one.errors ?? 0) + (index === 0 ? 2 : 0);
      }
      return sleep(ms);
    };
    expect(await careful(world, second)).toMatchObject({ diagnostics: [{ code: 'config/canaries-worse' }] });
    expect(world.place.pointers.get('blue')).toBe(first.hash);
  });

  it('holds no lease while they soak: a push that comes meanwhile takes their place, and the first says so', async () => {
    const world = here(three());
    await push(world, first);
    const sleep = world.context.clock.sleep.bind(world.context.clock);
    let pushed = false;
    world.context.clock.sleep = async (ms) => {
      await sleep(ms);
      if (pushed || ms < 1000) return;
      pushed = true;
      valueOf(await push(world, third));
    };
    expect(await careful(world, second)).toMatchObject({
      diagnostics: [{ code: 'config/superseded', exit: 'refused' }],
    });
    expect(Object.fromEntries(world.place.pointers)).toEqual({ blue: third.hash });
  });

  it('leaves no canary behind when it is stopped', async () => {
    const world = here(three());
    await push(world, first);
    world.context.clock.sleep = () => Promise.reject(new Error('interrupted'));
    await expect(careful(world, second)).rejects.toThrow('interrupted');
    expect(Object.fromEntries(world.place.pointers)).toEqual({ blue: first.hash });
  });

  it('is undone on the canaries alone by a rollback, where the push was killed', async () => {
    const world = here(three());
    await push(world, first);
    await world.ports.host.stage({ hash: second.hash, data: packBundle(second) }, world.context);
    await world.ports.host.point({ slot: 'blue', bundle: second.hash, instances: ['blue-1'] }, world.context);
    expect(valueOf(await rollback(world))).toMatchObject({ bundle: first.hash, previous: second.hash });
    expect(Object.fromEntries(world.place.pointers)).toEqual({ blue: first.hash });
  });

  it('has none in a slot with one instance', async () => {
    const world = here(configPlace({ slot: 'blue' }));
    await push(world, first);
    expect(valueOf(await careful(world, second)).state).toBe('live');
    expect(world.place.moves).toEqual([`blue:${first.hash}`, `blue:${second.hash}`]);
  });
});

describe('an instance that can not activate', () => {
  it('leaves rotation and is named, where few may be lost; the next push that it follows brings it back', async () => {
    const world = here(configPlace(...Array.from({ length: 4 }, () => ({ slot: 'blue' }))));
    await push(world, first);
    const lost = { ...policy, soak: 0 };
    world.place.instances[3]!.stuckAt = first.hash;
    const result = valueOf(await careful(world, second, { policy: lost }));
    expect(result).toMatchObject({ state: 'live', aside: [{ slot: 'blue', instances: ['blue-4'] }] });
    expect(world.place.instances.map(({ aside }) => aside === true)).toEqual([false, false, false, true]);
    expect(valueOf(await configStatus(world.ports, world.context)).aside).toEqual([
      { slot: 'blue', instances: ['blue-4'] },
    ]);
    world.place.instances[3]!.stuckAt = undefined;
    valueOf(await careful(world, third, { policy: lost }));
    expect(world.place.instances[3]!.aside).toBe(false);
    expect(valueOf(await configStatus(world.ports, world.context)).aside).toEqual([]);
  });

  it('is brought back by the same push as well, once it serves it: nothing else is done', async () => {
    const world = here(configPlace(...Array.from({ length: 4 }, () => ({ slot: 'blue' }))));
    await push(world, first);
    const lost = { ...policy, soak: 0 };
    world.place.instances[3]!.stuckAt = first.hash;
    valueOf(await careful(world, second, { policy: lost }));
    const still = valueOf(await careful(world, second, { policy: lost }));
    expect(still).toMatchObject({ state: 'already-live', aside: [{ slot: 'blue', instances: ['blue-4'] }] });
    world.place.instances[3]!.stuckAt = undefined;
    world.place.moves.length = 0;
    const found = valueOf(await careful(world, second, { policy: lost }));
    expect(found).toMatchObject({ state: 'already-live', aside: [] });
    expect(world.place).toMatchObject({ moves: [] });
    expect(world.place.instances[3]!.aside).toBe(false);
    expect(valueOf(await rollback(world)).bundle).toBe(first.hash);
  });

  it('stays out of rotation while its MediaWiki fails, though its agent follows again', async () => {
    const world = here(configPlace(...Array.from({ length: 4 }, () => ({ slot: 'blue' }))));
    await push(world, first);
    const lost = { ...policy, soak: 0 };
    world.place.instances[3]!.breaksWith = second.hash;
    valueOf(await careful(world, second, { policy: lost }));
    world.place.instances[3]!.broken = true;
    valueOf(await careful(world, third, { policy: lost }));
    expect(world.place.instances[3]!.aside).toBe(true);
    world.place.instances[3]!.broken = false;
    valueOf(await careful(world, bundleOf('fourth'), { policy: lost }));
    expect(world.place.instances[3]!.aside).toBe(false);
  });

  it('takes all back where it is one of too many', async () => {
    const world = here(configPlace({ slot: 'blue' }, { slot: 'blue' }));
    await push(world, first);
    world.place.instances[1]!.stuckAt = first.hash;
    expect(mistakesOf(await careful(world, second, { policy: { ...policy, soak: 0 } }))).toEqual([
      'config/not-confirmed',
    ]);
    expect(world.place.pointers.get('blue')).toBe(first.hash);
  });
});

it('takes a bundle back that MediaWiki answers with an error, though the agent says that it is active', async () => {
  const world = here(configPlace({ slot: 'blue' }));
  await push(world, first);
  world.place.instances[0]!.breaksWith = second.hash;
  const outcome = await push(world, second);
  expect(outcome).toMatchObject({ diagnostics: [{ code: 'config/not-confirmed' }] });
  expect(outcome.ok ? '' : outcome.diagnostics[0].message).toContain('answers 500 with it, and did not before');
  expect(world.place.pointers.get('blue')).toBe(first.hash);
});

describe('what a target demands', () => {
  const source = { commit: 'c0ffee', clean: true, changed: [], merged: true };
  it.each([
    ['committed', undefined, ['config/not-committed']],
    ['committed', { ...source, clean: false, changed: ['x'] }, ['config/not-committed']],
    ['merged', { ...source, merged: false }, ['config/not-merged']],
    ['merged', source, []],
    ['anything', undefined, []],
  ] as const)('%s, of %j', async (demand, from, codes) => {
    const world = here(configPlace({ slot: 'blue' }));
    const outcome = await careful(world, first, { policy: { ...policy, demand }, source: from });
    expect(outcome.ok ? [] : mistakesOf(outcome)).toEqual(codes);
  });

  it('is not a bundle that was rolled back, unless somebody says why', async () => {
    const world = here(configPlace({ slot: 'blue' }));
    await push(world, first);
    await push(world, second);
    await rollback(world);
    expect(mistakesOf(await push(world, second))).toEqual(['config/rolled-back']);
    expect(valueOf(await careful(world, second, { override: 'the database is mended' })).state).toBe('live');
    expect(world.storage.journal).toContain('the database is mended');
    expect(valueOf(await push(world, third)).state).toBe('live');
  });
});

it('stops at debug: staged and checked, with a pin, and no pointer moved; the next push goes on', async () => {
  const world = here(configPlace({ slot: 'blue' }));
  await push(world, first);
  const waiting = valueOf(await careful(world, second, { stopAt: 'debug' }));
  expect(waiting).toMatchObject({ state: 'waiting', pin: { value: expect.stringContaining(second.hash) as string } });
  expect(world.place.pointers.get('blue')).toBe(first.hash);
  expect(valueOf(await configStatus(world.ports, world.context)).waiting).toMatchObject({ bundle: second.hash });
  expect(valueOf(await careful(world, second)).state).toBe('live');
  expect(valueOf(await configStatus(world.ports, world.context)).waiting).toBeUndefined();
});

it('waits for somebody else where it is asked to', async () => {
  const world = here(configPlace({ slot: 'blue' }));
  const lease = valueOf(await fakeHome(world.storage, { who: 'Ada' }).acquire('a push', world.context));
  const sleep = world.context.clock.sleep.bind(world.context.clock);
  world.context.clock.sleep = async (ms) => {
    await sleep(ms);
    await lease[Symbol.asyncDispose]();
  };
  expect(valueOf(await careful(world, first, { wait: 60 })).state).toBe('live');
});

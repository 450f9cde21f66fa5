/** A push and a rollback, on a place in memory that keeps the contract of the real one. */
import { expect, it } from 'vitest';
import { pushConfig } from '../../../../src/config/index.ts';
import { bundleOf } from '../../../contract/config-host.contract.ts';
import { first, here, push, rollback, second, third } from '../../../worlds/config-push.ts';
import { configPlace } from '../../../worlds/fakes/config-host.ts';
import { fakeHome } from '../../../worlds/fakes/home.ts';
import { mistakesOf, valueOf } from '../../../worlds/overlays.ts';

it('makes a bundle live on every slot that runs, a baking one too', async () => {
  const world = here(configPlace({ slot: 'blue' }, { slot: 'blue' }, { slot: 'green', image: 'sha256:old' }));
  expect(valueOf(await push(world, first))).toMatchObject({ state: 'live', bundle: first.hash });
  expect(Object.fromEntries(world.place.pointers)).toEqual({ blue: first.hash, green: first.hash });
  expect(world.runner.asked.map(({ image }) => image).sort()).toEqual(['sha256:image', 'sha256:old']);
});

it('leaves a bundle alone that is live already', async () => {
  const world = here(configPlace({ slot: 'blue' }));
  await push(world, first);
  expect(valueOf(await push(world, first)).state).toBe('already-live');
  expect(world.place.moves).toHaveLength(1);
});

it('changes nothing when it is only asked for the plan', async () => {
  const world = here(configPlace({ slot: 'blue' }));
  const planned = valueOf(await pushConfig({ bundle: first, dryRun: true }, world.ports, world.context));
  expect(planned).toMatchObject({ state: 'planned', plan: { moves: [{ slot: 'blue' }] } });
  expect([world.place.staged.size, world.place.moves.length, world.storage.journal]).toEqual([0, 0, '']);
});

it('never points to what the image refuses', async () => {
  const world = here(configPlace({ slot: 'blue' }), [second.hash]);
  await push(world, first);
  expect(mistakesOf(await push(world, second))).toEqual(['config/php-syntax']);
  expect(world.place.moves).toEqual([`blue:${first.hash}`]);
  expect(world.place.staged.has(second.hash)).toBe(false);
});

it('asks every image before it moves the first pointer', async () => {
  const world = here(configPlace({ slot: 'blue' }, { slot: 'green', image: 'sha256:old' }), [second.hash]);
  await push(world, first);
  const moves = world.place.moves.length;
  await push(world, second);
  expect(world.place.moves).toHaveLength(moves);
});

it('goes back on all slots, naming the instance, where one keeps serving the old bundle', async () => {
  const world = here(configPlace({ slot: 'blue' }, { slot: 'green' }));
  await push(world, first);
  world.place.instances[1]!.stuckAt = first.hash;
  const outcome = await push(world, second);
  expect(outcome).toMatchObject({ diagnostics: [{ code: 'config/not-confirmed', exit: 'failed' }] });
  expect(outcome.ok ? '' : outcome.diagnostics[0].message).toContain('green-2');
  expect(Object.fromEntries(world.place.pointers)).toEqual({ blue: first.hash, green: first.hash });
  expect(world.storage.journal).toContain('"failed"');
});

it('waits for an instance that is just starting', async () => {
  const world = here(configPlace({ slot: 'blue' }));
  world.place.instances[0]!.silent = true;
  world.context.clock.sleep = () => {
    world.place.instances[0]!.silent = false;
    return Promise.resolve();
  };
  expect(valueOf(await push(world, first)).state).toBe('live');
});

it('has nothing to push to where nothing runs', async () => {
  const outcome = await push(here(configPlace()), first);
  expect(outcome).toMatchObject({ diagnostics: [{ code: 'config/nothing-live', exit: 'refused' }] });
});

it('is refused, naming the holder, while somebody else pushes', async () => {
  const world = here(configPlace({ slot: 'blue' }));
  const other = fakeHome(world.storage, { who: 'Ada' });
  await using lease = valueOf(await other.acquire('a rollout', world.context));
  expect(lease.holder.who).toBe('Ada');
  const outcome = await push(world, first);
  expect(outcome).toMatchObject({ diagnostics: [{ code: 'lock/held', exit: 'refused' }] });
  expect(outcome.ok ? '' : outcome.diagnostics[0].message).toContain('Ada');
  expect(world.place.staged.size).toBe(0);
});

it('rolls back to what was live before, without asking the same image again', async () => {
  const world = here(configPlace({ slot: 'blue' }));
  await push(world, first);
  await push(world, second);
  const asked = world.runner.asked.length;
  expect(valueOf(await rollback(world))).toMatchObject({ bundle: first.hash, previous: second.hash });
  expect(world.place.pointers.get('blue')).toBe(first.hash);
  expect(world.runner.asked).toHaveLength(asked);
});

it('asks an image that has never seen the bundle before it goes back to it', async () => {
  const world = here(configPlace({ slot: 'blue' }));
  await push(world, first);
  await push(world, second);
  world.place.instances[0] = { ...world.place.instances[0]!, image: 'sha256:newer' };
  await rollback(world);
  expect(world.runner.asked.at(-1)?.image).toBe('sha256:newer');
});

it('rolls back to a bundle by its first digits, forward again too', async () => {
  const world = here(configPlace({ slot: 'blue' }));
  for (const bundle of [first, second, third]) await push(world, bundle);
  expect(valueOf(await rollback(world, first.hash.slice(0, 8))).bundle).toBe(first.hash);
  expect(valueOf(await rollback(world, third.hash.slice(0, 8))).bundle).toBe(third.hash);
  expect(mistakesOf(await rollback(world, 'feedbeef'))).toEqual(['config/nothing-before']);
});

it('has nothing to go back to after the first push', async () => {
  const world = here(configPlace({ slot: 'blue' }));
  await push(world, first);
  expect(await rollback(world)).toMatchObject({ diagnostics: [{ code: 'config/nothing-before', exit: 'refused' }] });
});

it('drops old bundles from opcache, but none that a long request may still be in', async () => {
  const world = here(configPlace({ slot: 'blue' }));
  await push(world, first);
  await push(world, second);
  await push(world, third);
  const { cached } = world.place.instances[0]!;
  expect(cached).toEqual(new Set([first.hash, second.hash, third.hash]));
  world.context.time += 130_000;
  await push(world, bundleOf('fourth'));
  expect(cached).toEqual(new Set([third.hash, bundleOf('fourth').hash]));
});

it('keeps the last twenty bundles on the disk', async () => {
  const world = here(configPlace({ slot: 'blue' }));
  for (let number = 0; number < 30; number += 1) {
    world.context.time += 130_000;
    valueOf(await push(world, bundleOf(`number ${String(number)}`)));
  }
  expect(world.place.staged.size).toBe(20);
  expect(world.place.instances[0]!.cached.size).toBe(2);
});

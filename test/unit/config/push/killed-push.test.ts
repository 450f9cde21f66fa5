/** A push that dies at any call of a port leaves nothing half, and whoever comes next ends it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pushConfig, rollbackConfig, type ConfigPorts } from '../../../../src/config/index.ts';
import {
  careful,
  first,
  here,
  policy,
  push,
  rollback,
  second,
  third,
  three,
  type Here,
} from '../../../worlds/config-push.ts';
import { configPlace } from '../../../worlds/fakes/config-host.ts';
import { fakeHome } from '../../../worlds/fakes/home.ts';
import { valueOf } from '../../../worlds/overlays.ts';

describe('killed at any call of a port', () => {
  /** Dies at the call with this number: nothing after it happens, not even giving back the lease. */
  class Killed extends Error {}
  function dying(world: Here, at: number): { ports: ConfigPorts; calls: () => number } {
    let calls = 0;
    let dead = false;
    const wrap = <T extends object>(port: T): T =>
      new Proxy(port, {
        get: (target, key) => {
          const method = Reflect.get(target, key) as unknown;
          if (typeof method !== 'function' || key === 'mount') return method;
          return (...args: unknown[]) => {
            if (dead || calls++ === at) {
              dead = true;
              return Promise.reject(new Killed());
            }
            return (method as (...all: unknown[]) => unknown).apply(target, args);
          };
        },
      });
    const home = fakeHome(world.storage, { who: 'killed', alive: () => !dead });
    return {
      calls: () => calls,
      ports: { ...world.ports, host: wrap(world.ports.host), home: wrap(home), runner: wrap(world.ports.runner) },
    };
  }

  it('leaves every slot with a whole bundle that was checked, and the next push and rollback work', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: 20 }), fc.boolean(), async (at, undo) => {
        const world = here(configPlace({ slot: 'blue' }, { slot: 'green' }));
        await push(world, first);
        await push(world, second);
        const { ports } = dying(world, at);
        const verb = undo
          ? rollbackConfig({}, ports, world.context)
          : pushConfig({ bundle: third }, ports, world.context);
        await verb.catch((thrown: unknown) => expect(thrown).toBeInstanceOf(Killed));
        const known = new Set([first.hash, second.hash, third.hash]);
        for (const bundle of world.place.pointers.values()) {
          expect(known.has(bundle) && world.place.staged.has(bundle)).toBe(true);
        }
        expect(['live', 'already-live']).toContain(valueOf(await push(world, third)).state);
        expect(new Set(world.place.pointers.values())).toEqual(new Set([third.hash]));
        expect(valueOf(await rollback(world)).bundle).not.toBe(third.hash);
        expect(new Set(world.place.pointers.values()).size).toBe(1);
      }),
      { numRuns: 60 },
    );
  });

  it('with canaries too: never a third bundle, and whoever comes next ends it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: 90 }), fc.boolean(), async (at, undo) => {
        const world = here(three());
        await push(world, first);
        const { ports } = dying(world, at);
        await pushConfig({ bundle: second, policy: { ...policy, soak: 5 } }, ports, world.context).catch(
          (thrown: unknown) => expect(thrown).toBeInstanceOf(Killed),
        );
        for (const bundle of world.place.pointers.values()) {
          expect([first.hash, second.hash]).toContain(bundle);
          expect(world.place.staged.has(bundle)).toBe(true);
        }
        const slots = valueOf(await world.ports.host.slots(world.context));
        const apart = Object.keys(slots[0]?.apart ?? {}).length;
        const next = undo && apart > 0 ? await rollback(world) : await careful(world, second);
        expect(['live', 'already-live']).toContain(valueOf(next).state);
        const wanted = undo && apart > 0 ? first.hash : second.hash;
        expect(Object.fromEntries(world.place.pointers)).toEqual({ blue: wanted });
      }),
      { numRuns: 80 },
    );
  });
});

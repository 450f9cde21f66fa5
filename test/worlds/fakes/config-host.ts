/** A place where bundles live, in memory, held to the same contract as the real one. */
import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import type { ConfigHost } from '../../../src/config/index.ts';
import { fail, ok } from '../../../src/kernel/outcome.ts';

interface FakeInstance {
  readonly name: string;
  readonly slot: string;
  readonly image: string;
  /** Answers what it served when it got stuck. */
  stuckAt?: string | undefined;
  silent?: boolean;
  readonly cached: Set<string>;
  /** No user's request goes there. */
  aside?: boolean;
  /** Answers 500 with this bundle. */
  breaksWith?: string;
  /** Answers 500. */
  broken?: boolean;
  requests?: number;
  errors?: number;
}

export interface ConfigPlace {
  readonly staged: Set<string>;
  /** As they came, by hash. */
  readonly kept: Map<string, Uint8Array>;
  readonly pointers: Map<string, string>;
  readonly instances: FakeInstance[];
  /** Each pointer that was ever set, in order. */
  readonly moves: string[];
  /** What they are by name, never told. */
  readonly secrets: Map<string, { readonly value: string; readonly problem: string | null }>;
}

export function configPlace(...instances: readonly { slot: string; image?: string }[]): ConfigPlace {
  return {
    staged: new Set(),
    kept: new Map(),
    pointers: new Map(),
    instances: instances.map(({ slot, image = 'sha256:image' }, index) => ({
      name: `${slot}-${String(index + 1)}`,
      slot,
      image,
      cached: new Set<string>(),
    })),
    moves: [],
    secrets: new Map(),
  };
}

export function fakeConfigHost(place: ConfigPlace): ConfigHost {
  const members = (slot: string) => place.instances.filter((instance) => instance.slot === slot);
  const moveAside = ({ slot, instances, aside }: { slot: string; instances: readonly string[]; aside: boolean }) => {
    for (const instance of members(slot)) if (instances.includes(instance.name)) instance.aside = aside;
    return settled(ok());
  };
  return {
    slots: () => {
      const names = [...new Set(place.instances.map(({ slot }) => slot))].sort();
      return settled(
        ok(
          names.map((slot) => ({
            slot,
            image: members(slot)[0]?.image ?? '',
            bundle: place.pointers.get(slot),
            instances: members(slot).map(({ name }) => name),
            apart: Object.fromEntries(
              members(slot).flatMap(({ name }) => {
                const own = place.pointers.get(`${slot}@${name}`);
                return own === undefined || own === place.pointers.get(slot) ? [] : [[name, own]];
              }),
            ),
          })),
        ),
      );
    },
    stage: ({ hash, data }) => {
      if (manifestHash(data) !== hash) {
        return settled(fail({ code: 'config/not-staged', message: 'did not arrive whole', exit: 'outside' }));
      }
      const state = place.staged.has(hash) ? 'present' : 'staged';
      place.staged.add(hash);
      place.kept.set(hash, data);
      return settled(ok({ state }));
    },
    read: (hash) => {
      const data = place.staged.has(hash) ? place.kept.get(hash) : undefined;
      if (data !== undefined) return settled(ok({ hash, data }));
      return settled(fail({ code: 'config/not-kept', message: `bundle ${hash} is not kept`, exit: 'outside' }));
    },
    point: ({ slot, bundle, instances }) => {
      if (!place.staged.has(bundle)) {
        return settled(
          fail({ code: 'config/host-refused', message: `bundle ${bundle} is not staged`, exit: 'outside' }),
        );
      }
      for (const name of instances ?? []) place.pointers.set(`${slot}@${name}`, bundle);
      place.moves.push(...(instances ?? ['']).map((name) => `${slot}${name === '' ? '' : `@${name}`}:${bundle}`));
      if (instances !== undefined) return settled(ok());
      place.pointers.set(slot, bundle);
      for (const { name } of members(slot)) place.pointers.delete(`${slot}@${name}`);
      return settled(ok());
    },
    confirm: (slot, _context, but) => {
      const asked = members(slot).filter(({ name }) => but?.has(name) !== true);
      return settled(ok(asked.map((instance) => answerOf(instance, place))));
    },
    retire: ({ slot, bundles }) => {
      for (const instance of members(slot)) for (const bundle of bundles) instance.cached.delete(bundle);
      return settled(ok());
    },
    prune: (keep) => {
      const kept = new Set([...keep, ...place.pointers.values()]);
      const removed = [...place.staged].filter((hash) => !kept.has(hash));
      for (const hash of removed) place.staged.delete(hash);
      return settled(ok({ removed }));
    },
    setAside: ({ slot, instances }) => moveAside({ slot, instances, aside: true }),
    bringBack: ({ slot, instances }) => moveAside({ slot, instances, aside: false }),
    probe: ({ slot, instances }) => {
      const asked = members(slot).filter(({ name }) => instances.includes(name));
      return settled(ok(Object.fromEntries(asked.map((one) => [one.name, statusOf(one, place)]))));
    },
    secrets: () => settled(ok([...place.secrets].map(([name, { problem }]) => ({ name, problem })))),
    pin: ({ bundle, seconds }) => {
      return settled(
        ok({ value: `${bundle}.${String(seconds)}.signed`, expires: seconds, server: 'http://wiki.test:81' }),
      );
    },
    traffic: (slot) => {
      const answering = members(slot).filter(({ silent }) => silent !== true);
      return settled(ok(answering.map(({ name, requests = 0, errors = 0 }) => ({ instance: name, requests, errors }))));
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

function statusOf({ name, slot, silent, broken, breaksWith }: FakeInstance, { pointers }: ConfigPlace): number {
  if (silent === true) return 0;
  const bundle = pointers.get(`${slot}@${name}`) ?? pointers.get(slot);
  return broken === true || (bundle !== undefined && bundle === breaksWith) ? 500 : 200;
}

function answerOf(instance: FakeInstance, { pointers, staged }: ConfigPlace) {
  const { name, slot, stuckAt } = instance;
  const pointer = pointers.get(`${slot}@${name}`) ?? pointers.get(slot);
  if (instance.silent === true)
    return { instance: name, bundle: undefined, problem: 'no answer on port 8080', cached: [], staged: [] };
  const bundle = stuckAt ?? pointer;
  if (bundle !== undefined) instance.cached.add(bundle);
  return { instance: name, bundle, cached: [...instance.cached], staged: [...staged].sort() };
}

function manifestHash(data: Uint8Array): string | undefined {
  try {
    const { manifest } = JSON.parse(gunzipSync(data).toString('utf8')) as { manifest: string };
    return createHash('sha256').update(manifest).digest('hex');
  } catch {
    return undefined;
  }
}

function settled<T>(value: T): Promise<T> {
  return Promise.resolve(value);
}

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
}

export interface ConfigPlace {
  readonly staged: Set<string>;
  readonly pointers: Map<string, string>;
  readonly instances: FakeInstance[];
  /** Each pointer that was ever set, in order. */
  readonly moves: string[];
}

export function configPlace(...instances: readonly { slot: string; image?: string }[]): ConfigPlace {
  return {
    staged: new Set(),
    pointers: new Map(),
    instances: instances.map(({ slot, image = 'sha256:image' }, index) => ({
      name: `${slot}-${String(index + 1)}`,
      slot,
      image,
      cached: new Set<string>(),
    })),
    moves: [],
  };
}

export function fakeConfigHost(place: ConfigPlace): ConfigHost {
  const members = (slot: string) => place.instances.filter((instance) => instance.slot === slot);
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
      return settled(ok({ state }));
    },
    point: ({ slot, bundle }) => {
      if (!place.staged.has(bundle)) {
        return settled(
          fail({ code: 'config/host-refused', message: `bundle ${bundle} is not staged`, exit: 'outside' }),
        );
      }
      place.pointers.set(slot, bundle);
      place.moves.push(`${slot}:${bundle}`);
      return settled(ok());
    },
    confirm: (slot) => settled(ok(members(slot).map((instance) => answerOf(instance, place.pointers.get(slot))))),
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
    mount: () => ({ kind: 'volume', source: 'overlay', target: '/srv/overlay', readOnly: true }),
  };
}

function answerOf(instance: FakeInstance, pointer: string | undefined) {
  const { name, stuckAt } = instance;
  if (instance.silent === true)
    return { instance: name, bundle: undefined, problem: 'no answer on port 8080', cached: [] };
  const bundle = stuckAt ?? pointer;
  if (bundle !== undefined) instance.cached.add(bundle);
  return { instance: name, bundle, cached: [...instance.cached] };
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

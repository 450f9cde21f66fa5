/** Release 2 is live on green, release 1 bakes on blue: a target in memory, for what comes after a rollout. */
import { readTargetState, type TargetState } from '../../src/deploy/index.ts';
import { ok } from '../../src/kernel/outcome.ts';
import { withCode } from '../../src/config/index.ts';
import { packBundle, type Bundle } from '../../src/config/bundle/bundle.ts';
import { rollBack, type FlowEvent, type TargetTools } from '../../src/release/index.ts';
import type { RollbackRequest } from '../../src/release/roll-back.ts';
import { here, type Here } from './config-push.ts';
import { configPlace } from './fakes/config-host.ts';
import { fakeHome, homeStorage } from './fakes/home.ts';
import { fakeRouter, type FakeRouter } from './fakes/router.ts';
import { valueOf } from './overlays.ts';

export const OLD = 'sha256:old';
const NEW = 'sha256:new';

export interface TwoReleases extends Here {
  readonly router: FakeRouter;
  readonly tools: TargetTools;
  readonly events: FlowEvent[];
  back(request?: RollbackRequest): ReturnType<typeof rollBack>;
  /** Which slot users get, and what bundle each slot has. */
  now(): Promise<{ readonly users: string; readonly blue: string | undefined; readonly green: string | undefined }>;
  state(): Promise<TargetState>;
}

/** @param refused as configPush's @param bundles that the releases were deployed with, one after the other */
export async function twoReleases(
  bundles: { readonly first: Bundle; readonly second: Bundle },
  refused: readonly string[] = [],
): Promise<TwoReleases> {
  const place = configPlace({ slot: 'blue', image: OLD }, { slot: 'green', image: NEW });
  const world = here(place, refused);
  const { home } = world.ports;
  const router = fakeRouter(['blue', 'green']);
  for (const slot of ['blue', 'green']) router.setReady(slot, true);
  await router.setShares({ green: 1 }, world.context);
  let previous: string | undefined;
  for (const [slot, bundle] of [['blue', bundles.first] as const, ['green', bundles.second] as const]) {
    await world.ports.host.stage({ hash: bundle.hash, data: packBundle(bundle) }, world.context);
    await world.ports.host.point({ slot, bundle: bundle.hash }, world.context);
    const image = slot === 'blue' ? OLD : NEW;
    const facts = { act: 'deployed', phase: 'done', bundle: bundle.hash, previous, images: [image], slot } as const;
    await home.append(
      withCode({ ...facts, who: 'tester', release: slot === 'blue' ? 1 : 2 }, world.context.clock.now()),
    );
    previous = bundle.hash;
  }
  await home.writeState(stateOf(bundles));
  place.moves.length = 0;
  world.runner.asked.length = 0;
  const events: FlowEvent[] = [];
  const tools = toolsOf(world, router);
  const context = { ...world.context, emit: (event: FlowEvent) => void events.push(event) };
  return {
    ...world,
    router,
    tools,
    events,
    back: (request = {}) => rollBack(request, tools, context),
    now: async () => {
      const view = valueOf(await router.observe(world.context));
      const users = Object.entries(view).flatMap(([slot, { share }]) => (share > 0 ? [slot] : []));
      return { users: users.join(), blue: place.pointers.get('blue'), green: place.pointers.get('green') };
    },
    state: async () => valueOf(await readTargetState(home)),
  };
}

function stateOf({ first, second }: { readonly first: Bundle; readonly second: Bundle }): TargetState {
  const common = { instances: 1, set: 'demo', at: '2026-11-23T00:00:00.000Z', who: 'tester', tables: 't' } as const;
  return {
    schema: 'mwpipe.target/1',
    releases: [
      { ...common, number: 1, image: OLD, bundle: first.hash, mediawiki: '1.43.0', state: 'good' },
      { ...common, number: 2, image: NEW, bundle: second.hash, mediawiki: '1.44.0', state: 'good' },
    ],
    slots: { blue: 1, green: 2 },
    live: 'green',
    wiki: { tables: 't', bundle: second.hash },
  };
}

function toolsOf({ ports }: Here, router: FakeRouter): TargetTools {
  const nothing = (): Promise<never> => Promise.reject(new Error('not asked of it'));
  return {
    name: 'docker',
    target: {
      instances: () => Promise.resolve(ok([])),
      stopSlot: () => Promise.resolve(ok()),
      startSlot: nothing,
      ensureDatabase: nothing,
      runOnce: nothing,
      runIn: nothing,
    },
    wiki: {
      url: 'http://127.0.0.1:8080',
      get: nothing,
      ask: nothing,
      at: () => toolsOf({ ports } as Here, router).wiki,
    },
    home: ports.home,
    traffic: fakeHome(homeStorage()),
    bundles: ports.host,
    router,
    runner: ports.runner,
    cache: ports.cache,
    who: 'tester',
  };
}

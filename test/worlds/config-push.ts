/** Pushes and rollbacks on a place in memory that keeps the contract of the real one, with a clock of their own. */
import { pushConfig, rollbackConfig, type ConfigPorts } from '../../src/config/index.ts';
import { ok } from '../../src/kernel/outcome.ts';
import type { RunContext } from '../../src/kernel/run-context.ts';
import type { Runner, RunRequest } from '../../src/kernel/runner.ts';
import { bundleOf } from '../contract/config-host.contract.ts';
import { configPlace, fakeConfigHost, type ConfigPlace } from './fakes/config-host.ts';
import { fakeHome, homeStorage, type HomeStorage } from './fakes/home.ts';

export const [first, second, third] = [bundleOf('first'), bundleOf('second'), bundleOf('third')];

/** Images accept every bundle but the named ones: `HASH`, or `IMAGE HASH` for one image alone. */
function judge(refused: readonly string[] = []): Runner & { readonly asked: RunRequest[] } {
  const asked: RunRequest[] = [];
  return {
    asked,
    run: (request, output) => {
      asked.push(request);
      const bundle = request.env?.['MWPIPE_BUNDLE'] ?? '';
      const bad = refused.includes(bundle) || refused.includes(`${request.image} ${bundle}`);
      const mistake = { say: 'mistake', wiki: null, level: 'parse error', message: 'no', file: '', line: 0 };
      const good = [
        { say: 'about', mediawiki: '1.43.0', wikis: 1 },
        { say: 'wiki', wiki: 'wiki', set: {}, gone: [] },
      ];
      for (const line of [...(bad ? [mistake] : good), { say: 'end' }]) output.stdout(`${JSON.stringify(line)}\n`);
      return Promise.resolve(ok({ exitCode: 0, timedOut: false }));
    },
  };
}

export interface Here {
  readonly place: ConfigPlace;
  readonly storage: HomeStorage;
  readonly runner: ReturnType<typeof judge>;
  readonly ports: ConfigPorts;
  /** Time passes by its clock alone. */
  readonly context: RunContext & {
    time: number;
    readonly clock: { sleep: (this: void, ms: number, signal?: AbortSignal) => Promise<void> };
  };
}

export function here(place: ConfigPlace, refused: readonly string[] = []): Here {
  const storage = homeStorage();
  const runner = judge(refused);
  const context = {
    time: Date.UTC(2026, 10, 23),
    signal: new AbortController().signal,
    emit: () => undefined,
    clock: {
      now: () => (context.time += 1),
      sleep: (ms: number) => {
        context.time += ms;
        return Promise.resolve();
      },
    },
  };
  return {
    place,
    storage,
    runner,
    context,
    ports: { host: fakeConfigHost(place), home: fakeHome(storage), runner, cache: '/dev/null/nowhere' },
  };
}

export const push = (world: Here, bundle: typeof first) => pushConfig({ bundle }, world.ports, world.context);
export const rollback = (world: Here, to?: string) =>
  rollbackConfig(to === undefined ? {} : { to }, world.ports, world.context);

export const policy = {
  canaries: 3,
  soak: 20,
  worse: 0.01,
  lost: 30,
  demand: 'anything',
  branch: 'origin/HEAD',
} as const;
export const three = () => configPlace({ slot: 'blue' }, { slot: 'blue' }, { slot: 'blue' });
/** As a target with canaries does. */
export const careful = (world: Here, bundle: typeof first, more: object = {}) =>
  pushConfig({ bundle, policy, ...more }, world.ports, world.context);

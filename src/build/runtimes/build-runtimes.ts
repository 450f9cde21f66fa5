/** Builds a matrix of runtimes: as many side by side as asked for, each base once; one failure doesn't stop the others. */
import pLimit from 'p-limit';
import { all, ok, type Outcome } from '../../kernel/outcome.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import type { BuildEvent } from '../events.ts';
import type { BaseBootstrap, RuntimePorts, StoredRuntime } from '../ports.ts';
import { makeBase } from './base.ts';
import { planMatrix } from './plan-matrix.ts';
import { readWanted, type WantedRuntime } from './read-wanted.ts';
import { runtimeTitle, type RuntimeName } from './runtime-identity.ts';
import { storeBuilt } from './runtime.ts';

type Context = RunContext<BuildEvent>;

export interface BuiltRuntime {
  readonly wanted: WantedRuntime;
  readonly stored: StoredRuntime;
}

export interface MatrixRequest {
  readonly runtimes: readonly RuntimeName[];
  /** How many side by side. */
  readonly jobs: number;
  /** Base and every step anew, with what the archive has today. @default false */
  readonly fresh?: boolean;
}

/**
 * What is defined here, whatever the locks say; in the engine and in the blob store afterwards.
 * @returns fails with what went wrong in any of them, once all have ended
 */
export async function buildRuntimes(
  { runtimes, jobs, fresh = false }: MatrixRequest,
  ports: RuntimePorts,
  context: Context,
): Promise<Outcome<readonly BuiltRuntime[]>> {
  const wanted = all(await Promise.all(runtimes.map((runtime) => readWanted(runtime, ports))));
  if (!wanted.ok) return wanted;
  if (fresh) {
    const renewed = await renewBases(wanted.value, ports, context);
    if (!renewed.ok) return renewed;
  }
  const shared = { ...ports, bases: onceEach(ports.bases) };
  const limit = pLimit(jobs);
  const byTitle = new Map(wanted.value.map((one) => [runtimeTitle(one.runtime), { ...one, fresh }]));
  const running = new Map<string, Promise<Outcome<BuiltRuntime>>>();
  for (const { runtime, after } of planMatrix(wanted.value.map(matrixItem))) {
    const one = byTitle.get(runtime);
    if (one === undefined) continue;
    const before = after.flatMap((title) => running.get(title) ?? []);
    const building = Promise.allSettled(before).then(() => limit(() => buildOne(one, shared, context)));
    running.set(runtime, building);
  }
  await Promise.allSettled(running.values());
  return all(await Promise.all(running.values()));
}

/** Once for all flavours: what they share is one layer again. */
async function renewBases(
  wanted: readonly WantedRuntime[],
  ports: RuntimePorts,
  context: Context,
): Promise<Outcome<void>> {
  const specs = new Map(
    wanted.flatMap(({ definition: { base } }) => (base === undefined ? [] : [[base.debian, base]])),
  );
  for (const spec of specs.values()) {
    const base = await makeBase(spec, ports, context);
    if (!base.ok) return base;
    const renewed = await ports.runtimes.renew(base.value, context);
    if (!renewed.ok) return renewed;
  }
  return ok();
}

async function buildOne(wanted: WantedRuntime, ports: RuntimePorts, context: Context): Promise<Outcome<BuiltRuntime>> {
  context.signal.throwIfAborted();
  const stored = await storeBuilt(wanted, ports, context);
  return stored.ok ? ok({ wanted, stored: stored.value }) : stored;
}

function matrixItem({ runtime, definition }: WantedRuntime) {
  return {
    runtime: runtimeTitle(runtime),
    stages: definition.stages.map(({ line }) => `${runtime.name}:${line}`),
  };
}

/** Two runtimes that want the same base at once bootstrap one. */
function onceEach(bases: BaseBootstrap): BaseBootstrap {
  const made = new Map<string, ReturnType<BaseBootstrap['bootstrap']>>();
  return {
    bootstrap: (spec, context) => {
      const key = `${spec.debian}-${spec.variant}`;
      const bootstrapping = made.get(key) ?? bases.bootstrap(spec, context);
      made.set(key, bootstrapping);
      return bootstrapping;
    },
  };
}

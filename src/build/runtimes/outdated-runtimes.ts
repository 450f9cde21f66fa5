/** Which packages of a runtime the archive has newer ones of: asked in a throwaway container of the image that is meant. */
import { all, fail, ok, type Outcome } from '../../kernel/outcome.ts';
import { silent, type RunContext } from '../../kernel/run-context.ts';
import type { Runner } from '../../kernel/runner.ts';
import type { Digest } from '../../kernel/digest.ts';
import pLimit from 'p-limit';
import type { BuildEvent } from '../events.ts';
import type { RuntimePorts, StoredRuntime } from '../ports.ts';
import { bringIntoEngine } from './load-runtime.ts';
import { readNewerPackages, type NewerPackage } from './packages.ts';
import { takePinned } from './pinned-runtime.ts';
import { readWanted, type WantedRuntime } from './read-wanted.ts';
import { runtimeTitle, type RuntimeName } from './runtime-identity.ts';
import { findBuilt } from './runtime.ts';

type Context = RunContext<BuildEvent>;

export interface OutdatedRuntime {
  readonly runtime: string;
  readonly image: Digest;
  readonly which: 'pinned' | 'built here';
  readonly packages: readonly NewerPackage[];
}

/** @returns fails with `build/runtime-not-here` for each that is neither pinned nor built, `build/no-packages`, `docker/*` */
export async function readOutdatedRuntimes(
  { runtimes, jobs }: { readonly runtimes: readonly RuntimeName[]; readonly jobs: number },
  ports: RuntimePorts & { readonly runner: Runner },
  context: Context,
): Promise<Outcome<readonly OutdatedRuntime[]>> {
  const limit = pLimit(jobs);
  const asked = runtimes.map((runtime) => limit(() => outdated(runtime, ports, context)));
  await Promise.allSettled(asked);
  return all(await Promise.all(asked));
}

async function outdated(
  runtime: RuntimeName,
  ports: RuntimePorts & { readonly runner: Runner },
  context: Context,
): Promise<Outcome<OutdatedRuntime>> {
  const wanted = await readWanted(runtime, ports);
  if (!wanted.ok) return wanted;
  const image = await imageOf(wanted.value, ports, context);
  if (!image.ok) return image;
  const packages = await readNewerPackages(image.value.image, ports.runner, silent(context));
  return packages.ok
    ? ok({ runtime: runtimeTitle(runtime), ...image.value, packages: packages.value.toSorted(securityFirst) })
    : packages;
}

async function imageOf(
  wanted: WantedRuntime,
  ports: RuntimePorts,
  context: Context,
): Promise<Outcome<Pick<OutdatedRuntime, 'image' | 'which'>>> {
  const { runtime, pin } = wanted;
  if (pin !== undefined) {
    const pinned = await takePinned({ runtime, pin }, ports, context);
    if (!pinned.ok) return pinned;
    if (pinned.value !== undefined) return inEngine(pinned.value, ports, context);
  }
  const built = await findBuilt(wanted, ports);
  if (!built.ok) return built;
  if (built.value !== undefined) return ok({ image: built.value.imageId, which: 'built here' });
  return fail({
    code: 'build/runtime-not-here',
    message: `runtime ${runtimeTitle(runtime)} is neither built here nor pinned where it can be had`,
    hint: `mwpipe runtime build ${runtimeTitle(runtime)}`,
  });
}

async function inEngine(
  pinned: StoredRuntime,
  ports: RuntimePorts,
  context: Context,
): Promise<Outcome<Pick<OutdatedRuntime, 'image' | 'which'>>> {
  const loaded = await bringIntoEngine(pinned, ports, context);
  return loaded.ok ? ok({ image: loaded.value.imageId, which: 'pinned' }) : loaded;
}

function securityFirst(a: NewerPackage, b: NewerPackage): number {
  return Number(b.security) - Number(a.security) || (a.name < b.name ? -1 : 1);
}

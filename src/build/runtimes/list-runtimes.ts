/** What runtimes there are, what each stands on, and whether it is built here and pinned. */
import { short, type Digest } from '../../kernel/digest.ts';
import { all, ok, type Outcome } from '../../kernel/outcome.ts';
import type { RuntimePorts } from '../ports.ts';
import { readWanted, rulesOf } from './read-wanted.ts';
import { runtimeTitle, type RuntimeName } from './runtime-identity.ts';
import { readRuntimeLock } from './runtime-lock.ts';
import { findBuilt } from './runtime.ts';

export interface ListedRuntime {
  /** `php82/web` */
  readonly runtime: string;
  /** `debian:bookworm`, or the image by its digest. */
  readonly base: string;
  /** Of this definition, on this machine. */
  readonly built?: { readonly imageId: Digest; readonly bytes: number };
  readonly pinned: 'yes' | 'no' | 'stale' | 'other platforms only';
  readonly pin?: { readonly image: Digest; readonly packages: number };
  /** `the pinned one`, or how what is built here stands to it. */
  readonly because: string;
}

/** @returns fails with `build/*`, `yaml/*`, `docker/not-running` */
export async function listRuntimes(
  runtimes: readonly RuntimeName[],
  ports: RuntimePorts,
): Promise<Outcome<readonly ListedRuntime[]>> {
  return all(await Promise.all(runtimes.map((runtime) => listed(runtime, ports))));
}

async function listed(runtime: RuntimeName, ports: RuntimePorts): Promise<Outcome<ListedRuntime>> {
  const wanted = await readWanted(runtime, ports);
  if (!wanted.ok) return wanted;
  const { definition, pin, stale } = wanted.value;
  const built = await findBuilt(wanted.value, ports);
  if (!built.ok) return built;
  const lock = await readRuntimeLock(ports.folder, runtime.name);
  if (!lock.ok) return lock;
  const platforms = Object.keys(lock.value.flavours[runtime.flavour] ?? {});
  const pinned = pin !== undefined ? (stale ? 'stale' : 'yes') : platforms.length > 0 ? 'other platforms only' : 'no';
  const here = built.value;
  return ok({
    runtime: runtimeTitle(runtime),
    base: definition.from ?? `debian:${definition.base?.debian ?? ''}`,
    pinned,
    ...(here === undefined ? {} : { built: { imageId: here.imageId, bytes: here.bytes } }),
    ...(pin === undefined ? {} : { pin: { image: pin.image, packages: Object.keys(pin.packages).length } }),
    because: becauseOf({ pinned, pin: pin?.image, built: here?.imageId, platform: rulesOf(ports).platform }),
  });
}

interface Standing {
  readonly pinned: ListedRuntime['pinned'];
  readonly pin: Digest | undefined;
  readonly built: Digest | undefined;
  readonly platform: string;
}

function becauseOf({ pinned, pin, built, platform }: Standing): string {
  if (pin === undefined) return pinned === 'no' ? '' : `not for ${platform}`;
  if (pinned === 'stale') return `its definition changed since ${short(pin)} was pinned`;
  return built === pin || built === undefined ? short(pin) : `${short(pin)}, another than what is built here`;
}

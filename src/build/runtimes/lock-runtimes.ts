/** Pins runtimes: builds what is defined here, asks each image for its packages, and writes which image it is. */
import type { RunContext } from '../../kernel/run-context.ts';
import { silent } from '../../kernel/run-context.ts';
import type { Runner } from '../../kernel/runner.ts';
import { all, ok, type Outcome } from '../../kernel/outcome.ts';
import type { BuildEvent } from '../events.ts';
import type { RuntimePorts, StoredRuntime } from '../ports.ts';
import { knownBase } from './base.ts';
import { buildRuntimes, type BuiltRuntime } from './build-runtimes.ts';
import { bringIntoEngine } from './load-runtime.ts';
import { readPackages } from './packages.ts';
import { rulesOf } from './read-wanted.ts';
import { definitionKey, runtimeBaseOf, runtimeTitle, type RuntimeName } from './runtime-identity.ts';
import {
  NO_LOCK,
  readRuntimeLock,
  runtimeLockFile,
  withPin,
  writeRuntimeLock,
  type RuntimeLock,
  type RuntimePin,
} from './runtime-lock.ts';
import { runtimeManifest } from './runtime-manifest.ts';
import { takeRuntime } from './stored-runtime.ts';

type Context = RunContext<BuildEvent>;

export interface LockPorts extends RuntimePorts {
  readonly runner: Runner;
}

export interface LockedRuntime {
  readonly runtime: string;
  readonly platform: string;
  readonly pin: RuntimePin;
  /** `same`: the lock said so before. */
  readonly state: 'new' | 'moved' | 'same';
  readonly file: string;
}

/** Pins of other flavours and other platforms stay. @returns fails as `buildRuntimes` does; then no lock was written */
export async function lockRuntimes(
  wanted: { readonly runtimes: readonly RuntimeName[]; readonly jobs: number },
  ports: LockPorts,
  context: Context,
): Promise<Outcome<readonly LockedRuntime[]>> {
  const names = [...new Set(wanted.runtimes.map(({ name }) => name))];
  const locks = all(await Promise.all(names.map((name) => readRuntimeLock(ports.folder, name))));
  if (!locks.ok) return locks;
  const built = await buildRuntimes(wanted, ports, context);
  if (!built.ok) return built;
  const before = new Map(names.map((name, index) => [name, locks.value[index] ?? NO_LOCK]));
  const after = new Map(before);
  const locked: LockedRuntime[] = [];
  for (const one of built.value) {
    const pin = await pinOf(one, ports, context);
    if (!pin.ok) return pin;
    locked.push(addTo(after, { one, pin: pin.value, ports, before }));
  }
  for (const [name, lock] of after) {
    if (lock !== before.get(name)) await writeRuntimeLock(ports.folder, name, lock);
  }
  return ok(locked);
}

interface Adding {
  readonly one: BuiltRuntime;
  readonly pin: RuntimePin;
  readonly ports: LockPorts;
  readonly before: ReadonlyMap<string, RuntimeLock>;
}

function addTo(locks: Map<string, RuntimeLock>, { one, pin, ports, before }: Adding): LockedRuntime {
  const { name, flavour } = one.wanted.runtime;
  const { platform } = rulesOf(ports);
  const known = before.get(name)?.flavours[flavour]?.[platform];
  const state = known === undefined ? 'new' : JSON.stringify(known) === JSON.stringify(pin) ? 'same' : 'moved';
  if (state !== 'same') locks.set(name, withPin(locks.get(name) ?? NO_LOCK, { flavour, platform, pin }));
  const runtime = runtimeTitle(one.wanted.runtime);
  return { runtime, platform, pin, state, file: runtimeLockFile(ports.folder, name) };
}

async function pinOf(
  { wanted: { runtime, definition }, stored }: BuiltRuntime,
  ports: LockPorts,
  context: Context,
): Promise<Outcome<RuntimePin>> {
  const inEngine = await bringIntoEngine(stored, ports, context);
  if (!inEngine.ok) return inEngine;
  const whole = await withConfiguration({ runtime, stored }, ports, context);
  if (!whole.ok) return whole;
  const packages = await readPackages(stored.imageId, ports.runner, silent(context));
  if (!packages.ok) return packages;
  const known = definition.base === undefined ? undefined : await knownBase(definition.base, ports);
  const base = runtimeBaseOf(definition, known);
  if (base === undefined) throw new Error(`the base of ${runtimeTitle(runtime)} has gone while it was pinned`);
  const { image, manifest } = whole.value;
  return ok({ image, manifest, key: definitionKey(definition), base, packages: packages.value });
}

/** Caches of an older mwpipe have a runtime's layers alone: then it is taken once more. */
async function withConfiguration(
  { runtime, stored }: { readonly runtime: RuntimeName; readonly stored: StoredRuntime },
  ports: LockPorts,
  context: Context,
): Promise<Outcome<Pick<RuntimePin, 'image' | 'manifest'>>> {
  const known = await runtimeManifest(stored, ports);
  if (known !== undefined) return ok({ image: stored.imageId, manifest: known.digest });
  const taken = await takeRuntime({ runtime, image: stored, base: stored.base }, ports, context);
  if (!taken.ok) return taken;
  const manifest = await runtimeManifest(taken.value, ports);
  if (manifest === undefined) throw new Error(`the engine's archive of ${stored.tag} has no configuration`);
  return ok({ image: stored.imageId, manifest: manifest.digest });
}

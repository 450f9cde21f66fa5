/** A runtime that is wanted: how it is defined here, and whether its lock pins an image for this platform. */
import { machinePlatform } from '../machine.ts';
import { ok, type Outcome } from '../../kernel/outcome.ts';
import type { RuntimePorts } from '../ports.ts';
import type { RuntimeRules } from '../runtime-ports.ts';
import { readRuntime, type RuntimeDefinition } from './runtime-definition.ts';
import { definitionKey, type RuntimeName } from './runtime-identity.ts';
import { readRuntimeLock, type RuntimePin } from './runtime-lock.ts';

export interface WantedRuntime {
  readonly runtime: RuntimeName;
  readonly definition: RuntimeDefinition;
  /** Of this platform. */
  readonly pin: RuntimePin | undefined;
  /** `true`: the definition changed since it was pinned. */
  readonly stale: boolean;
  /** Built anew, though it is there: for newer packages. @default false */
  readonly fresh?: boolean;
}

/** @returns fails with `build/*` and `yaml/*` for a definition or a lock that is wrong or refused */
export async function readWanted(runtime: RuntimeName, ports: RuntimePorts): Promise<Outcome<WantedRuntime>> {
  const { bases, platform } = rulesOf(ports);
  const definition = await readRuntime({ folder: ports.folder, bases }, runtime);
  if (!definition.ok) return definition;
  const lock = await readRuntimeLock(ports.folder, runtime.name);
  if (!lock.ok) return lock;
  const pin = lock.value.flavours[runtime.flavour]?.[platform];
  const stale = pin !== undefined && pin.key !== definitionKey(definition.value);
  return ok({ runtime, definition: definition.value, pin, stale });
}

export function rulesOf({ rules }: Pick<RuntimePorts, 'rules'>): RuntimeRules {
  return rules ?? { bases: [], platform: machinePlatform(), frozen: false };
}

/** Builds a runtime's Dockerfile in the engine, unless the engine has an image of this definition on this base. */
import { ok, type Outcome } from '../../kernel/outcome.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import type { BuildEvent } from '../events.ts';
import type { BaseImage, RuntimeIdentity, RuntimeImage, RuntimePorts } from '../ports.ts';
import { ensureBase } from './base.ts';
import type { WantedRuntime } from './read-wanted.ts';
import { baseLabels, identityOf, runtimeBaseOf, runtimeTitle } from './runtime-identity.ts';

/** @returns fails with `build/base-*`, `build/runtime-failed`, `docker/*` */
export async function buildRuntime(
  wanted: WantedRuntime,
  ports: RuntimePorts,
  context: RunContext<BuildEvent>,
): Promise<Outcome<RuntimeImage>> {
  const { runtime, definition, fresh = false } = wanted;
  const base = definition.base === undefined ? ok(undefined) : await ensureBase(definition.base, ports, context);
  if (!base.ok) return base;
  const identity = identityOf(runtime, definition, base.value);
  const found = await ports.runtimes.find(identity);
  if (!found.ok) return found;
  if (found.value === undefined || fresh) return runDockerfile(wanted, { base: base.value, identity, ports }, context);
  context.emit({ code: 'build/runtime-reused', runtime: runtimeTitle(runtime), bytes: found.value.bytes });
  return ok(found.value);
}

interface Ready {
  readonly base: BaseImage | undefined;
  readonly identity: RuntimeIdentity;
  readonly ports: RuntimePorts;
}

async function runDockerfile(
  { runtime: name, definition, fresh = false }: WantedRuntime,
  { base, identity, ports }: Ready,
  context: RunContext<BuildEvent>,
): Promise<Outcome<RuntimeImage>> {
  const runtime = runtimeTitle(name);
  const started = context.clock.now();
  const because = fresh ? 'every step anew' : 'no image of this definition in the engine';
  context.emit({ code: 'build/runtime-started', runtime, because });
  const { dockerfile, stage: target, files } = definition;
  const labels = baseLabels(runtimeBaseOf(definition, base));
  const made = await ports.runtimes.build(
    { ...identity, name: runtime, dockerfile, target, files, base, labels, fresh },
    context,
  );
  if (!made.ok) return made;
  const ms = context.clock.now() - started;
  context.emit({ code: 'build/runtime-made', runtime, bytes: made.value.bytes, ms });
  return made;
}

/** The base of runtimes: bootstrapped once for every engine of this machine, since it takes a minute. */
import { ok, type Outcome } from '../../kernel/outcome.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import type { BuildEvent } from '../events.ts';
import { isDigest } from '../layers/stored-record.ts';
import type { BaseImage, BaseSpec, RuntimePorts } from '../ports.ts';

type BasePorts = Pick<RuntimePorts, 'blobs' | 'bases'>;

/** @returns fails with `build/base-*` */
export async function ensureBase(
  spec: BaseSpec,
  ports: BasePorts,
  context: RunContext<BuildEvent>,
): Promise<Outcome<BaseImage>> {
  const known = await knownBase(spec, ports);
  return known === undefined ? makeBase(spec, ports, context) : ok(known);
}

/** Anew, whatever is there: with what the archive has today. */
export async function makeBase(
  spec: BaseSpec,
  ports: BasePorts,
  context: RunContext<BuildEvent>,
): Promise<Outcome<BaseImage>> {
  const started = context.clock.now();
  context.emit({ code: 'build/base-started', debian: spec.debian });
  const made = await ports.bases.bootstrap(spec, context);
  if (!made.ok) return made;
  await ports.blobs.remember(baseName(spec), made.value);
  const ms = context.clock.now() - started;
  context.emit({ code: 'build/base-made', debian: spec.debian, bytes: made.value.bytes, ms });
  return made;
}

export async function knownBase(
  spec: BaseSpec,
  { blobs }: Pick<RuntimePorts, 'blobs'>,
): Promise<BaseImage | undefined> {
  const known = await blobs.recall(baseName(spec));
  if (typeof known !== 'object' || known === null || !('digest' in known) || !isDigest(known.digest)) return undefined;
  const stored = await blobs.has(known.digest);
  if (stored === undefined || !('bytes' in known) || known.bytes !== stored.bytes) return undefined;
  const released = 'released' in known && typeof known.released === 'string' ? { released: known.released } : {};
  return { digest: stored.digest, bytes: stored.bytes, ...released };
}

function baseName({ debian, variant }: BaseSpec): string {
  return `base/${debian}-${variant}`;
}

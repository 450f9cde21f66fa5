/** Keeps a bundle on the host, where nothing points to it yet. */
import { ok, type Outcome } from '../kernel/outcome.ts';
import type { RunContext } from '../kernel/run-context.ts';
import { packBundle, type Bundle } from './bundle.ts';
import type { ConfigEvent } from './events.ts';
import type { ConfigHost } from './ports.ts';

/** Idempotent; what a killed run left half-written has no name, and is removed by the next push. */
export async function stageBundle(
  bundle: Bundle,
  host: ConfigHost,
  context: RunContext<ConfigEvent>,
): Promise<Outcome<void>> {
  const started = context.clock.now();
  const data = packBundle(bundle);
  const staged = await host.stage({ hash: bundle.hash, data }, context);
  if (!staged.ok) return staged;
  const ms = context.clock.now() - started;
  const { state } = staged.value;
  const files = bundle.files.size;
  context.emit({ code: 'config/staged', bundle: bundle.hash, state, files, bytes: data.byteLength, ms });
  return ok();
}

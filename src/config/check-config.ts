/** `config check`: would this bundle be accepted? By every image that runs on the target, or by one that is named. */
import type { Diagnostic } from '../kernel/diagnostic.ts';
import { ok, type Outcome } from '../kernel/outcome.ts';
import type { RunContext } from '../kernel/run-context.ts';
import type { Runner } from '../kernel/runner.ts';
import type { Bundle } from './bundle.ts';
import { checkBundle } from './check-bundle.ts';
import type { ConfigEvent } from './events.ts';
import { planLive } from './make-live.ts';
import type { ConfigPorts } from './ports.ts';
import { checkInImages } from './push-config.ts';
import { stageBundle } from './stage-bundle.ts';
import { unpackBundle } from './unpack-bundle.ts';

export interface AcceptedBundle {
  readonly bundle: string;
  readonly images: readonly string[];
  readonly warnings: readonly Diagnostic[];
}

/** In the images of the target's slots; the bundle is staged there, not made live. @returns fails as a push does */
export async function checkOnTarget(
  bundle: Bundle,
  ports: ConfigPorts,
  context: RunContext<ConfigEvent>,
): Promise<Outcome<AcceptedBundle>> {
  const planned = await planLive(bundle.hash, ports, context);
  if (!planned.ok) return planned;
  const staged = await stageBundle(bundle, ports.host, context);
  if (!staged.ok) return staged;
  const { images } = planned.value;
  const warnings = await checkInImages({ bundle, images }, ports, context);
  return warnings.ok ? ok({ bundle: bundle.hash, images, warnings: warnings.value }) : warnings;
}

/** In one image, nothing deployed: the bundle is unpacked in `folder`. */
export async function checkInImage(
  { bundle, image, folder }: { readonly bundle: Bundle; readonly image: string; readonly folder: string },
  runner: Runner,
  context: RunContext<ConfigEvent>,
): Promise<Outcome<AcceptedBundle>> {
  const overlay = await unpackBundle(bundle, folder);
  const checked = await checkBundle({ bundle, image }, { runner, overlay }, context);
  if (!checked.ok) return checked;
  for (const diagnostic of checked.value.warnings) context.emit({ code: 'config/warned', diagnostic });
  return ok({ bundle: bundle.hash, images: [image], warnings: checked.value.warnings });
}

/** `config check`: would this bundle be accepted? By every image that runs on the target, or by one that is named. */
import type { Diagnostic } from '../../kernel/diagnostic.ts';
import { ok, type Outcome } from '../../kernel/outcome.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import type { Bundle } from '../bundle/bundle.ts';
import { checkInImages } from './check-bundle.ts';
import { checkSecrets } from './check-secrets.ts';
import type { CheckTools } from './evaluate-bundle.ts';
import type { ConfigEvent } from '../events.ts';
import { planLive } from '../push/make-live.ts';
import type { ConfigPorts } from '../ports.ts';
import { rawMark } from '../raw/refuse-raw.ts';

export interface AcceptedBundle {
  readonly bundle: string;
  readonly images: readonly string[];
  readonly warnings: readonly Diagnostic[];
  /** Of a checkout of another farm's config: no push takes it. */
  readonly raw?: true;
}

/** In the images of the target's slots; nothing is staged there. @returns fails as a push does */
export async function checkOnTarget(
  { bundle, wikis }: { readonly bundle: Bundle; readonly wikis?: readonly string[] },
  ports: ConfigPorts,
  context: RunContext<ConfigEvent>,
): Promise<Outcome<AcceptedBundle>> {
  const planned = await planLive({ bundle: bundle.hash }, ports, context);
  if (!planned.ok) return planned;
  const secrets = await checkSecrets(bundle, ports.host, context);
  if (!secrets.ok) return secrets;
  const { images } = planned.value;
  const warnings = await checkInImages({ bundle, images, ...only(wikis) }, ports, context);
  return warnings.ok ? ok({ bundle: bundle.hash, images, warnings: warnings.value, ...rawMark(bundle) }) : warnings;
}

/** In one image, nothing deployed. */
export async function checkInImage(
  { bundle, image, wikis }: { readonly bundle: Bundle; readonly image: string; readonly wikis?: readonly string[] },
  tools: CheckTools,
  context: RunContext<ConfigEvent>,
): Promise<Outcome<AcceptedBundle>> {
  const warnings = await checkInImages({ bundle, images: [image], ...only(wikis) }, tools, context);
  if (!warnings.ok) return warnings;
  return ok({ bundle: bundle.hash, images: [image], warnings: warnings.value, ...rawMark(bundle) });
}

function only(wikis: readonly string[] | undefined): { readonly wikis?: readonly string[] } {
  return wikis === undefined ? {} : { wikis };
}

/** Makes a bundle live on every running slot: staged, checked in the image, pointed to, confirmed by each instance. */
import type { Diagnostic } from '../kernel/diagnostic.ts';
import { short } from '../kernel/digest.ts';
import { ok, type Outcome } from '../kernel/outcome.ts';
import type { RunContext } from '../kernel/run-context.ts';
import { confirmSlot } from './activate.ts';
import type { Bundle } from './bundle.ts';
import { checkBundle } from './check-bundle.ts';
import type { ConfigEvent } from './events.ts';
import { PUSH } from './history.ts';
import { makeLive, planLive, type PushResult } from './make-live.ts';
import type { ConfigPorts } from './ports.ts';
import { stageBundle } from './stage-bundle.ts';
import { underLease } from './under-lease.ts';

/**
 * Idempotent: a bundle that is live everywhere is left alone, what a killed push left is taken up.
 * @returns fails with `lock/held` (refused), `config/nothing-live` (refused), `config/php-*` and
 * `config/not-confirmed` (failed; then nothing has changed)
 */
export async function pushConfig(
  { bundle, dryRun }: { readonly bundle: Bundle; readonly dryRun?: boolean },
  ports: ConfigPorts,
  context: RunContext<ConfigEvent>,
): Promise<Outcome<PushResult>> {
  if (dryRun === true) return planLive(bundle.hash, ports, context);
  const reason = `config push of ${short(bundle.hash)}`;
  return underLease({ home: ports.home, reason, context }, async () => {
    const planned = await planLive(bundle.hash, ports, context);
    if (!planned.ok) return planned;
    if (planned.value.plan.moves.length === 0) return confirmLive(planned.value, ports, context);
    const staged = await stageBundle(bundle, ports.host, context);
    if (!staged.ok) return staged;
    const checked = await checkInImages({ bundle, images: planned.value.plan.images }, ports, context);
    if (!checked.ok) return checked;
    return makeLive({ act: PUSH, planned: { ...planned.value, warnings: checked.value } }, ports, context);
  });
}

/** All of the images must accept it. @returns the warnings, each once */
export async function checkInImages(
  { bundle, images }: { readonly bundle: Bundle; readonly images: readonly string[] },
  ports: ConfigPorts,
  context: RunContext<ConfigEvent>,
): Promise<Outcome<readonly Diagnostic[]>> {
  const warnings = new Map<string, Diagnostic>();
  for (const image of images) {
    const tools = { runner: ports.runner, overlay: ports.host.mount() };
    const checked = await checkBundle({ bundle, image }, tools, context);
    if (!checked.ok) return checked;
    for (const warning of checked.value.warnings) warnings.set(JSON.stringify(warning), warning);
  }
  for (const warning of warnings.values()) context.emit({ code: 'config/warned', diagnostic: warning });
  return ok([...warnings.values()]);
}

async function confirmLive(
  planned: PushResult,
  { host }: ConfigPorts,
  context: RunContext<ConfigEvent>,
): Promise<Outcome<PushResult>> {
  for (const { slot } of planned.slots) {
    const answers = await confirmSlot({ slot, bundle: planned.bundle }, host, context);
    if (!answers.ok) return answers;
  }
  return ok({ ...planned, state: 'already-live' });
}

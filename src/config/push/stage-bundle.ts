/** Keeps a bundle on the host, where nothing points to it yet. */
import { ok, type Outcome } from '../../kernel/outcome.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import { packBundle, type Bundle } from '../bundle/bundle.ts';
import type { ConfigEvent } from '../events.ts';
import type { ConfigHost } from '../ports.ts';
import { refuseRaw } from '../raw/refuse-raw.ts';

/**
 * Idempotent; what a killed run left half-written has no name, and is removed by the next push.
 * @returns fails with `config/raw-not-served`, `config/not-staged`
 */
export async function stageBundle(
  bundle: Bundle,
  host: ConfigHost,
  context: RunContext<ConfigEvent>,
): Promise<Outcome<void>> {
  const served = refuseRaw(bundle);
  if (!served.ok) return served;
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

const STAGED_MS = 10_000;
const ASK_AGAIN_MS = 50;

/**
 * On every instance of the slots, whole: what they are asked to activate later is there. One that doesn't have it in time is
 * not waited for: it can't activate, and is named then.
 */
export async function stageEverywhere(
  { bundle, slots }: { readonly bundle: Bundle; readonly slots: readonly string[] },
  host: ConfigHost,
  context: RunContext<ConfigEvent>,
): Promise<Outcome<void>> {
  const kept = await stageBundle(bundle, host, context);
  if (!kept.ok) return kept;
  const until = context.clock.now() + STAGED_MS;
  for (const slot of slots) {
    const settled = new Set<string>();
    for (;;) {
      const answers = await host.confirm(slot, context, settled);
      if (!answers.ok) return answers;
      for (const { instance, staged, problem } of answers.value) {
        if (problem !== undefined || staged.includes(bundle.hash)) settled.add(instance);
      }
      const isDone = answers.value.every(({ instance }) => settled.has(instance));
      if (isDone || context.clock.now() > until) break;
      await context.clock.sleep(ASK_AGAIN_MS, context.signal);
    }
  }
  return ok();
}

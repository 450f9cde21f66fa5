/** What a push would change: the effective settings of the live bundle and of the new one, side by side. */
import type { Diagnostic } from '../kernel/diagnostic.ts';
import { ok, type Outcome } from '../kernel/outcome.ts';
import type { RunContext } from '../kernel/run-context.ts';
import type { Bundle } from './bundle.ts';
import { checkBundle, effectiveSettings } from './check-bundle.ts';
import { diffSettings, type SettingChange } from './diff-settings.ts';
import type { ConfigEvent } from './events.ts';
import type { ConfigPorts } from './ports.ts';
import { stageBundle } from './stage-bundle.ts';

export interface SlotDiff {
  readonly slot: string;
  readonly from: string | undefined;
  readonly changes: readonly SettingChange[];
}

export interface ConfigDiff {
  readonly bundle: string;
  readonly slots: readonly SlotDiff[];
  readonly warnings: readonly Diagnostic[];
}

/** Stages the bundle to evaluate it where it would run, and makes nothing live. @returns fails as checkBundle does */
export async function diffConfig(
  bundle: Bundle,
  ports: ConfigPorts,
  context: RunContext<ConfigEvent>,
): Promise<Outcome<ConfigDiff>> {
  const slots = await ports.host.slots(context);
  if (!slots.ok) return slots;
  const staged = await stageBundle(bundle, ports.host, context);
  if (!staged.ok) return staged;
  const tools = { runner: ports.runner, overlay: ports.host.mount() };
  const diffs: SlotDiff[] = [];
  const warnings: Diagnostic[] = [];
  for (const { slot, image, bundle: from } of slots.value) {
    const after = await checkBundle({ bundle, image }, tools, context);
    if (!after.ok) return after;
    const before = from === undefined ? ok({}) : await effectiveSettings({ hash: from, image }, tools, context);
    if (!before.ok) return before;
    const now = { hash: bundle.hash, settings: after.value.settings, origins: bundle.settings.origins };
    diffs.push({ slot, from, changes: diffSettings({ hash: from ?? '', settings: before.value }, now) });
    warnings.push(...after.value.warnings);
  }
  return ok({ bundle: bundle.hash, slots: diffs, warnings });
}

/** The settings of stacked overlays alone: what `config get` asks, without what else a bundle needs to be right. */
import { ok, type Outcome } from '../../kernel/outcome.ts';
import type { OverlayName } from '../overlay/overlay.ts';
import { stackOverlays } from '../overlay/stack-overlays.ts';
import { explainSetting, overviewOf, type ExplainedSetting, type SettingOverview } from './explain-setting.ts';
import { stackSettings } from './stack-settings.ts';

export type SettingAnswer = ExplainedSetting | SettingOverview;

/** @param asked without a wiki: every distinct value, and who has it */
export async function readSetting(
  { root, overlays }: { readonly root: string; readonly overlays: readonly OverlayName[] },
  { setting, wiki }: { readonly setting: string; readonly wiki?: string },
): Promise<Outcome<SettingAnswer>> {
  const read = await stackOverlays(root, overlays);
  if (!read.ok) return read;
  const stack = stackSettings(read.value);
  if (!stack.ok) return stack;
  const answer = wiki === undefined ? overviewOf(stack.value, setting) : explainSetting(stack.value, { setting, wiki });
  return answer.ok ? ok(answer.value) : answer;
}

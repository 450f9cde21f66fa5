/** config: from overlays to a bundle, and the bundle live. What other steps and the faces may see. */
export { composeBundle } from './bundle/compose-bundle.ts';
export { checkBundle, checkInImages } from './check/check-bundle.ts';
export { evaluateBundle, type CheckTools } from './check/evaluate-bundle.ts';
export { effectiveValue } from './check/effective.ts';
export { groupWikis, type Naming, type WikiGroup } from './check/group-wikis.ts';
export { pathName } from './check/value-changes.ts';
export { checkSecrets } from './check/check-secrets.ts';
export { checkInImage, checkOnTarget, type AcceptedBundle } from './check/check-config.ts';
export { diffConfig, type ConfigDiff, type DiffSide, type ImageDiff } from './check/diff-config.ts';
export { commitLabel, readLive, readSide, type ImageOfSlots, type SideSources } from './check/read-side.ts';
export { pushConfig } from './push/push-config.ts';
export { WIKI_ADD } from './push/history.ts';
export { configActs, configHistory, configStatus, type ConfigStatus, type PastAct } from './push/config-status.ts';
export { refuseRaw } from './raw/refuse-raw.ts';
export { rollbackConfig } from './push/rollback-config.ts';
export { configForImage, type RefusedConfig } from './push/config-for-image.ts';
export { giveSlot } from './push/give-slot.ts';
export { withCode } from './push/with-code.ts';
export { explainSetting, type ExplainedSetting, type SettingOverview } from './settings/explain-setting.ts';
export { readSetting, type SettingAnswer } from './settings/read-settings.ts';
export { stageBundle } from './push/stage-bundle.ts';
export type { Bundle } from './bundle/bundle.ts';
export type { SettingChange } from './check/diff-effective.ts';
export type { Farm, Wiki } from './settings/farm.ts';
export type { ConfigCommit, ConfigSource } from './git-ports.ts';
export type { ConfigEvent } from './events.ts';
export type { PushResult } from './push/make-live.ts';
export type { CheckoutSource } from './raw/checkout-source.ts';
export type { OverlayName, Unwritten } from './overlay/overlay.ts';
export type {
  BundlePin,
  ConfigHost,
  ConfigPorts,
  InstanceAnswer,
  LiveSlot,
  SlotInstances,
  Stop,
  TargetSecret,
} from './ports.ts';
export { planWiki, type FileEdit, type WikiPlan } from './wiki/plan-wiki.ts';
export { readWikiFacts } from './wiki/read-wiki-facts.ts';
export type { WikiWish } from './wiki/wiki-facts.ts';
export { undoEdits, writeEdits } from './wiki/write-edits.ts';
export { watchConfig, type WatchSummary } from './watch/watch-config.ts';
export type { WatchEvent } from './watch/events.ts';
export type { FolderChanges, FolderWatcher } from './watch/ports.ts';

/** config: from overlays to a bundle, and the bundle live. What other steps and the faces may see. */
export { composeBundle } from './compose-bundle.ts';
export { checkBundle, type CheckedBundle, type CheckTools } from './check-bundle.ts';
export { checkInImage, checkOnTarget, type AcceptedBundle } from './check-config.ts';
export { diffConfig, type ConfigDiff, type SlotDiff } from './diff-config.ts';
export { pushConfig } from './push-config.ts';
export { rollbackConfig } from './rollback-config.ts';
export { stageBundle } from './stage-bundle.ts';
export type { Bundle, CompiledSettings } from './bundle.ts';
export type { SettingChange } from './diff-settings.ts';
export type { ConfigEvent } from './events.ts';
export type { PushResult } from './make-live.ts';
export type { OverlayName } from './overlay.ts';
export type { ConfigHost, ConfigPorts, InstanceAnswer, LiveSlot, PackedBundle, Stop } from './ports.ts';

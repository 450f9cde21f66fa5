/** build: from a lockfile to an image in the engine. What other steps, flows and the faces may see. */
export { buildImage, planBuild, type BuildRequest, type BuiltImage } from './build-image.ts';
export { parseOutput, type ImageOutput } from './image/outputs.ts';
export { verifyBuild, type Verification } from './verify-build.ts';
export { layersPath } from './plan/layers-file.ts';
export { ensureRuntime, type RuntimeName } from './runtimes/runtime.ts';
export type { BuildEvent } from './events.ts';
export type { ImagePlan, PlannedLayer } from './plan/image-plan.ts';
export type {
  BaseBootstrap,
  BaseImage,
  BaseSpec,
  BuildPorts,
  ImageStore,
  LayerChain,
  LoadRequest,
  ProcessConfig,
  RuntimeEngine,
  RuntimeIdentity,
  RuntimeImage,
  RuntimeRequest,
  StoredRuntime,
} from './ports.ts';
export { diffImages, type ComponentDiff, type ImageDiff, type LayerDiff } from './inspect/diff-images.ts';
export { hidePrivate, withoutPatch } from './inspect/hide-private.ts';
export { inspectImage, type InspectedComponent, type InspectedImage } from './inspect/inspect-image.ts';
export { verifyImage, type VerifiedImage } from './inspect/verify-image.ts';
export type { InspectEvent } from './inspect/events.ts';
export type { InspectPorts } from './inspect-ports.ts';
export { signingKey, verifyingKey, type SigningKey } from './supply/signing-key.ts';

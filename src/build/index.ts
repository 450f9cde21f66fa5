/** build: from a lockfile to an image in the engine. What other steps, flows and the faces may see. */
export { buildImage, planBuild, type BuildRequest, type BuiltImage } from './build-image.ts';
export { ensureRuntime } from './runtimes/runtime.ts';
export type { RuntimeName } from './runtimes/runtime-identity.ts';
export { machinePlatform } from './machine.ts';
export { imageTag } from './image/image-config.ts';
export { buildRuntimes, type BuiltRuntime, type MatrixRequest } from './runtimes/build-runtimes.ts';
export { listRuntimes, type ListedRuntime } from './runtimes/list-runtimes.ts';
export { lockRuntimes, type LockedRuntime, type LockPorts } from './runtimes/lock-runtimes.ts';
export { readOutdatedRuntimes, type OutdatedRuntime } from './runtimes/outdated-runtimes.ts';
export { selectRuntimes, type RuntimeSelection } from './runtimes/select-runtimes.ts';
export { damagedLayer } from './image/damaged-layer.ts';
export { parseOutput, type ImageOutput } from './image/outputs.ts';
export { verifyBuild, type Verification } from './verify-build.ts';
export { layersPath } from './plan/layers-file.ts';
export { planSteps, type StepsPlan } from './steps/plan-steps.ts';
export { readSteps } from './steps/read-steps.ts';
export { runSteps, type StepsDone } from './steps/run-steps.ts';
export { submitOutputs, type SubmitRequest, type Submitted } from './steps/submit-outputs.ts';
export { verifySteps } from './steps/verify-steps.ts';
export type { MachineNetwork, StepPorts } from './steps-ports.ts';
export type { BuildEvent } from './events.ts';
export type { ImagePlan, PlannedLayer } from './plan/image-plan.ts';
export type {
  BaseBootstrap,
  BaseImage,
  BaseSpec,
  ImageStore,
  LayerChain,
  LoadRequest,
  ProcessConfig,
  RuntimeEngine,
  RuntimeIdentity,
  RuntimeImage,
  RuntimePorts,
  RuntimeRequest,
  StoredRuntime,
} from './ports.ts';
export { pullImage, type PulledImage } from './publish/pull-image.ts';
export type { ImageRegistry, PublishEvent } from './registry-ports.ts';
export { diffImages, type ComponentDiff, type ImageDiff, type LayerDiff } from './inspect/diff-images.ts';
export { hidePrivate, withoutPatch } from './inspect/hide-private.ts';
export { inspectImage, type InspectedComponent, type InspectedImage } from './inspect/inspect-image.ts';
export { verifyImage, type VerifiedImage } from './inspect/verify-image.ts';
export type { InspectEvent } from './inspect/events.ts';
export type { ImageSource, InspectPorts } from './inspect-ports.ts';
export { signingKey, verifyingKey, type SigningKey } from './supply/signing-key.ts';
export { localisationSettings, readLocalisation } from './localisation/read-localisation.ts';
export { planLocalisation, type LocalisationPlan } from './localisation/plan-localisation.ts';
export { makeLocalisation, type LocalisationLayers } from './localisation/make-localisation.ts';
export type { LocalisationPorts } from './localisation/localisation-ports.ts';
export type { BuildPorts } from './build-ports.ts';
export { heldLayers } from './plan/image-plan.ts';
export type { RuntimeSource } from './runtime-ports.ts';

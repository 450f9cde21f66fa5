/** build: from a lockfile to an image in the engine. What other steps, flows and the faces may see. */
export { buildImage, planBuild, type BuildRequest, type BuiltImage } from './build-image.ts';
export { ensureRuntime } from './runtimes/runtime.ts';
export type { RuntimeName } from './runtimes/runtime-identity.ts';
export { machinePlatform } from './runtimes/read-wanted.ts';
export { buildRuntimes, type BuiltRuntime, type MatrixRequest } from './runtimes/build-runtimes.ts';
export { listRuntimes, type ListedRuntime } from './runtimes/list-runtimes.ts';
export { lockRuntimes, type LockedRuntime, type LockPorts } from './runtimes/lock-runtimes.ts';
export { readOutdatedRuntimes, type OutdatedRuntime } from './runtimes/outdated-runtimes.ts';
export { selectRuntimes, type RuntimeSelection } from './runtimes/select-runtimes.ts';
export { damagedLayer } from './image/damaged-layer.ts';
export { parseOutput, type ImageOutput } from './image/outputs.ts';
export { verifyBuild, type Verification } from './verify-build.ts';
export { layersPath } from './plan/layers-file.ts';
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
  RuntimePorts,
  RuntimeRequest,
  StoredRuntime,
} from './ports.ts';
export { pullImage, type PulledImage } from './publish/pull-image.ts';
export type { ImageRegistry, PublishEvent } from './registry-ports.ts';

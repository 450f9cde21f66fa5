/** build: from a lockfile to an image in the engine. What other steps, flows and the faces may see. */
export { buildImage, planBuild, type BuildRequest, type BuiltImage, type BuiltLayer } from './build-image.ts';
export { ensureRuntime, type RuntimeName } from './runtime.ts';
export type { BuildEvent } from './events.ts';
export type { ImagePlan, PlannedLayer } from './image-plan.ts';
export type {
  BaseBootstrap,
  BaseImage,
  BaseSpec,
  BuildPorts,
  ContextFile,
  ImageStore,
  LayerChain,
  LoadRequest,
  ProcessConfig,
  RuntimeEngine,
  RuntimeIdentity,
  RuntimeImage,
  RuntimePorts,
  RuntimeRequest,
} from './ports.ts';

/** build: from a lockfile to an image in the engine. What other steps, flows and the faces may see. */
export { buildImage, planBuild, type BuildRequest, type BuiltImage } from './build-image.ts';
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
export { localisationSettings, readLocalisation } from './localisation/read-localisation.ts';
export { planLocalisation, type LocalisationPlan } from './localisation/plan-localisation.ts';
export { makeLocalisation, type LocalisationLayers } from './localisation/make-localisation.ts';
export type { LocalisationPorts } from './localisation/localisation-ports.ts';

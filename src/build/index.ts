/** build: from a lockfile to an image in the engine. What other steps, flows and the faces may see. */
export { buildImage, planBuild, type BuildRequest, type BuiltImage } from './build-image.ts';
export { ensureRuntime, type RuntimeName } from './runtimes/runtime.ts';
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

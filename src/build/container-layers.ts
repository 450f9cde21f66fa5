/**
 * Layers that containers make: outputs of components' build steps, and the localisation cache, made by MediaWiki itself in
 * the image that it belongs to. What was made before is taken from the store, without any container.
 */
import type { Digest } from '../kernel/digest.ts';
import { ok, type Outcome } from '../kernel/outcome.ts';
import type { RunContext } from '../kernel/run-context.ts';
import type { Lockfile } from '../resolve/index.ts';
import { placeOf } from './apart.ts';
import type { BuildEvent } from './events.ts';
import { storedLayer, type LayerSpec, type StoredFile } from './layers/layer-spec.ts';
import type { LocalisationFacts } from './localisation/localisation-facts.ts';
import { makeLocalisation } from './localisation/make-localisation.ts';
import { planLocalisation, type LocalisationPlan } from './localisation/plan-localisation.ts';
import { readLocalisation, type LocalisationSettings } from './localisation/read-localisation.ts';
import type { BuildPorts, ContainerPorts } from './build-ports.ts';
import type { ContainerPlan } from './plan/container-plan.ts';
import { planSteps, type StepsPlan } from './steps/plan-steps.ts';
import { readSteps } from './steps/read-steps.ts';
import { runSteps } from './steps/run-steps.ts';
import type { StepPorts } from './steps-ports.ts';

export interface ContainerRequest {
  readonly lock: Lockfile;
  readonly runtime: string;
  readonly flavour: string;
  /** `localisation:` of mwpipe.yaml. @default no cache in the image */
  readonly localisation?: LocalisationSettings;
}

export interface ContainerFacts {
  readonly steps: StepsPlan;
  readonly localisation?: { readonly facts: LocalisationFacts; readonly plan: LocalisationPlan };
}

/** In the groups in which an image stacks them; within one, lowest first. */
export interface ContainerLayers {
  readonly built: readonly LayerSpec[];
  readonly localisation: readonly LayerSpec[];
  /** Of patched components, above their patches. */
  readonly builtOnTop: readonly LayerSpec[];
  readonly localisationOnTop: readonly LayerSpec[];
}

export const NO_CONTAINERS: ContainerLayers = { built: [], localisation: [], builtOnTop: [], localisationOnTop: [] };

type Context = RunContext<BuildEvent>;

/**
 * @param runtime image ID of the image's runtime; undefined where it has to be built first
 * @returns undefined where this build has nobody to run containers with
 */
export async function readContainerFacts(
  request: ContainerRequest,
  { ports, runtime }: { readonly ports: BuildPorts; readonly runtime: Digest | undefined },
  context: Context,
): Promise<Outcome<ContainerFacts | undefined>> {
  if (ports.containers === undefined) return ok(undefined);
  const { lock } = request;
  const steps = await readSteps({ lock, runtime: request.runtime }, stepPorts(lock, ports, ports.containers), context);
  if (!steps.ok) return steps;
  const plan = planSteps(steps.value);
  const settings = bakes(request) ? request.localisation : undefined;
  if (settings === undefined || runtime === undefined) return ok({ steps: plan });
  const { blobs } = placeOf(lock, ports);
  const facts = await readLocalisation({ lock, runtime, settings }, { blobs, objects: ports.objects }, context);
  if (!facts.ok) return facts;
  return ok({ steps: plan, localisation: { facts: facts.value, plan: planLocalisation(facts.value) } });
}

export function planContainers(facts: ContainerFacts | undefined): ContainerPlan {
  const steps = facts?.steps.steps.filter(({ run }) => run) ?? [];
  const languages = facts?.localisation?.plan.languages ?? [];
  return {
    steps: steps.map(({ component, spec, because }) => ({ component, step: spec.name, because })),
    languages: languages.flatMap(({ code: language, patched, ...one }) => {
      const made = [one, ...(patched === undefined ? [] : [patched])].find(({ rebuild }) => rebuild);
      return made === undefined ? [] : [{ language, because: made.because }];
    }),
  };
}

export interface Making {
  readonly request: ContainerRequest;
  readonly ports: BuildPorts;
  /** The image's code in the engine, with what was built and no cache. @returns its image ID */
  readonly code: (which: 'base' | 'patched', built: ContainerLayers) => Promise<Outcome<string>>;
}

/** @returns fails as `runSteps` and `makeLocalisation` do */
export async function makeContainerLayers(
  facts: ContainerFacts | undefined,
  making: Making,
  context: Context,
): Promise<Outcome<ContainerLayers>> {
  const { request, ports, code } = making;
  if (facts === undefined || ports.containers === undefined) return ok(NO_CONTAINERS);
  const { lock } = request;
  const done = await runSteps(facts.steps, { lock }, { ports: stepPorts(lock, ports, ports.containers), context });
  if (!done.ok) return done;
  const patched = new Set(lock.components.filter(({ patch }) => patch !== undefined).map(({ name }) => name));
  const [own, onTop] = [false, true].map((top) =>
    done.value.layers.filter((one) => patched.has(one.component) === top),
  );
  const built = { ...NO_CONTAINERS, built: (own ?? []).map(specOf), builtOnTop: (onTop ?? []).map(specOf) };
  if (facts.localisation === undefined) return ok(built);
  const { runner, threads } = ports.containers;
  const { blobs } = placeOf(lock, ports);
  const tools = { blobs, runner, threads, code: (which: 'base' | 'patched') => code(which, built) };
  const made = await makeLocalisation(facts.localisation, tools, context);
  if (!made.ok) return made;
  return ok({ ...built, localisation: made.value.base.map(specOf), localisationOnTop: made.value.patched.map(specOf) });
}

/** Tests make the messages that they ask for; baking them would take longer than they do. */
function bakes({ flavour, localisation }: ContainerRequest): boolean {
  return localisation !== undefined && flavour !== 'test';
}

function specOf({
  name,
  ...layer
}: {
  readonly name: string;
  readonly files: readonly StoredFile[];
  readonly because: string;
}): LayerSpec {
  return storedLayer(name, layer);
}

/** What embargoed files are made into, and what is said meanwhile, is kept apart. */
function stepPorts(lock: Lockfile, ports: BuildPorts, containers: ContainerPorts): StepPorts {
  const { blobs, logs = containers.logs } = placeOf(lock, ports);
  return { ...ports, ...containers, blobs, logs };
}

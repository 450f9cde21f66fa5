/** deploy, rollout and what looks after a target, on one Docker engine with HAProxy. */
import { hostname } from 'node:os';
import { hostProcesses } from '../kernel/processes.ts';
import { portHolder } from '../adapters/host/port-holder.ts';
import { environment } from '../cli/process.ts';
import { composeBundle } from '../config/index.ts';
import { SLOTS, type TargetRemoval } from '../deploy/index.ts';
import type { Home } from '../kernel/home.ts';
import type { Digest } from '../kernel/digest.ts';
import { fail, ok, type Outcome } from '../kernel/outcome.ts';
import type { DockerTargetConfig } from '../kernel/target-config.ts';
import type { Workspace } from '../kernel/workspace.ts';
import type { FlowContext, MadeImage, ReleaseTools, TargetTools } from '../release/index.ts';
import type { PatchSource } from '../resolve/index.ts';
import { buildIn, ensureRuntimeIn } from './build.ts';
import { checkoutSourceOf, configSourceOf } from './config-git.ts';
import { overlaysOf } from './config.ts';

export interface DeployOptions {
  readonly target: string;
  readonly patches: readonly PatchSource[];
  /** Digest of the manifest of an image that is built already, in a registry of the workspace. */
  readonly image?: Digest;
  /** Instead of the target's own. */
  readonly instances?: number;
}

const RUNTIME = 'php82';

/** For looking at a target and moving its traffic. @returns fails with `release/nothing-deployed`, `docker/*` */
export async function targetToolsOf(workspace: Workspace, target: string): Promise<Outcome<TargetTools>> {
  const config = configOf(workspace, target);
  if (!config.ok) return config;
  const image = await homeImage(target);
  if (!image.ok) return image;
  if (image.value !== undefined) return ok(await toolsOf({ target, config: config.value, leaseImage: image.value }));
  return fail({
    code: 'release/nothing-deployed',
    message: `nothing is deployed to ${target} yet`,
    hint: `mwpipe deploy --to ${target}`,
    exit: 'refused',
  });
}

/** For deploying. Makes the runtimes of home, router and database where the engine lacks them. */
export async function releaseToolsOf(
  workspace: Workspace,
  options: DeployOptions,
  context: FlowContext,
): Promise<Outcome<ReleaseTools>> {
  const { target, patches } = options;
  const config = configOf(workspace, target);
  if (!config.ok) return config;
  const images = await foundationImages(workspace, config.value, context);
  if (!images.ok) return images;
  const instances = options.instances ?? config.value.instances;
  const tools = await toolsOf({ target, config: config.value, leaseImage: images.value.router });
  const overlays = overlaysOf(workspace, target);
  if (!overlays.ok) return overlays;
  return ok({
    ...tools,
    instances,
    policy: config.value.rollout,
    foundation: await foundationOf({ workspace, target, config: config.value, instances, images: images.value }),
    bases: workspace.document.value.policy.bases,
    labelsOf: async (image) => {
      const { imageLabels } = await import('../adapters/docker/image-labels.ts');
      return imageLabels(await engine(), image);
    },
    makeBundle: () => composeBundle(workspace.root, overlays.value, { source: checkoutSourceOf(workspace, context) }),
    sourceOf: async (bundle, running) => {
      const source = await configSourceOf(workspace, bundle, running);
      return source.ok ? source.value : undefined;
    },
    makeImage: (running) => makeImage(workspace, { set: config.value.set, patches, image: options.image }, running),
  });
}

export async function removalOf(
  workspace: Workspace,
  target: string,
): Promise<Outcome<{ readonly removal: TargetRemoval; readonly leases: readonly Pick<Home, 'acquire'>[] }>> {
  const config = configOf(workspace, target);
  if (!config.ok) return config;
  const image = await homeImage(target);
  if (!image.ok) return image;
  const { dockerTargetRemoval } = await import('../adapters/docker/target-removal.ts');
  const removal = dockerTargetRemoval(await engine(), target);
  if (image.value === undefined) return ok({ removal, leases: [] });
  const { home, traffic } = await toolsOf({ target, config: config.value, leaseImage: image.value });
  return ok({ removal, leases: [traffic, home] });
}

function configOf(workspace: Workspace, target: string): Outcome<DockerTargetConfig> {
  const known = overlaysOf(workspace, target);
  const config = workspace.document.value.targets[target];
  if (!known.ok || config === undefined) return known as Outcome<never>;
  if (config.kind === 'docker') return ok(config);
  return fail({
    code: 'release/kind-unknown',
    message: `${target} is a target of kind ${config.kind}: mwpipe pushes config there, and doesn't deploy to it yet`,
    hint: `helm upgrade --install ${target} charts/mediawiki --namespace ${config.namespace}`,
    at: workspace.document.at(['targets', target, 'kind']),
    exit: 'refused',
  });
}

async function engine() {
  const { dockerEngine } = await import('../adapters/docker/engine.ts');
  return dockerEngine();
}

async function homeImage(target: string): Promise<Outcome<string | undefined>> {
  const { guardEngine, unlessMissing } = await import('../adapters/docker/engine.ts');
  const { namesOf } = await import('../adapters/docker/names.ts');
  const docker = await engine();
  const found = await guardEngine(() => unlessMissing(docker.getContainer(namesOf(target).home).inspect()));
  return found.ok ? ok(found.value?.Image) : found;
}

interface Place {
  readonly target: string;
  readonly config: DockerTargetConfig;
  readonly leaseImage: string;
}

async function toolsOf({ target, config, leaseImage }: Place): Promise<TargetTools> {
  const [{ dockerTarget }, { dockerHome }, { dockerConfigHost }, { dockerRunner }, { routedWiki }, { haproxyRouter }] =
    await Promise.all([
      import('../adapters/docker/docker-target.ts'),
      import('../adapters/docker/home.ts'),
      import('../adapters/docker/config-host.ts'),
      import('../adapters/docker/runner.ts'),
      import('../adapters/mediawiki/wiki.ts'),
      import('../adapters/haproxy/router.ts'),
    ]);
  const docker = await engine();
  const runner = dockerRunner(docker);
  const who = `${environment.user()}@${hostname()}`;
  const { router, pinKey } = await insideOf(target);
  const { namesOf } = await import('../adapters/docker/names.ts');
  const home = { docker, target, image: leaseImage, who, processes: hostProcesses };
  return {
    name: target,
    target: dockerTarget({ docker, runner, target: { name: target, port: config.port, database: config.database } }),
    wiki: routedWiki({ url: `http://127.0.0.1:${config.port}`, pinKey }),
    home: dockerHome(home),
    traffic: dockerHome({ ...home, lease: namesOf(target).trafficLease }),
    bundles: dockerConfigHost({ docker, name: target }),
    router: haproxyRouter(router),
    runner,
    cache: environment.cache(),
    who,
  };
}

/** Programs that run inside the target's own containers. */
async function insideOf(target: string) {
  const { exec } = await import('../adapters/docker/exec.ts');
  const { namesOf } = await import('../adapters/docker/names.ts');
  const docker = await engine();
  const names = namesOf(target);
  return {
    router: (command: { readonly argv: readonly string[]; readonly stdin?: string }, context: FlowContext) =>
      exec({ docker, container: names.router }, command, context),
    pinKey: async (context: Pick<FlowContext, 'signal'>): Promise<Outcome<string>> => {
      const argv = ['cat', '/run/secrets/mwpipe/pin-key'];
      const read = await exec({ docker, container: names.home }, { argv }, context);
      return read.ok ? ok(read.value.stdout.trim()) : read;
    },
  };
}

interface FoundationImages {
  readonly home: string;
  readonly router: string;
  readonly database: string;
}

async function foundationImages(
  workspace: Workspace,
  { database }: DockerTargetConfig,
  context: FlowContext,
): Promise<Outcome<FoundationImages>> {
  const home = await ensureRuntimeIn(workspace, { name: RUNTIME, flavour: 'web' }, context);
  if (!home.ok) return home;
  const router = await ensureRuntimeIn(workspace, { name: 'router', flavour: 'plain' }, context);
  if (!router.ok) return router;
  const ids = { home: home.value.imageId, router: router.value.imageId };
  if (database === 'sqlite') return ok({ ...ids, database: '' });
  const mariadb = await ensureRuntimeIn(workspace, { name: 'mariadb', flavour: 'plain' }, context);
  return mariadb.ok ? ok({ ...ids, database: mariadb.value.imageId }) : mariadb;
}

async function foundationOf(place: {
  readonly workspace: Workspace;
  readonly target: string;
  readonly config: DockerTargetConfig;
  readonly instances: number;
  readonly images: FoundationImages;
}) {
  const { dockerFoundation } = await import('../adapters/docker/foundation.ts');
  const { reloadRouter } = await import('../adapters/haproxy/router.ts');
  const { CONFIG_FILE, routerConfig } = await import('../adapters/haproxy/router-config.ts');
  const { target, config, instances, images } = place;
  const { router } = await insideOf(target);
  return dockerFoundation({
    docker: await engine(),
    target: { name: target, port: config.port, database: config.database },
    images,
    slots: SLOTS,
    instances,
    router: {
      configFile: CONFIG_FILE,
      config: (slots) => routerConfig({ slots }),
      reload: (context) => reloadRouter(router, context),
    },
    portAt: place.workspace.document.at(['targets', target, 'port']),
    portHolder,
  });
}

/** Built from the lock, or, by the digest of its manifest, as somebody else built it. */
async function makeImage(
  workspace: Workspace,
  {
    set,
    patches,
    image,
  }: { readonly set: string; readonly patches: readonly PatchSource[]; readonly image?: Digest | undefined },
  context: FlowContext,
): Promise<Outcome<MadeImage>> {
  if (image !== undefined) return (await import('./pull.ts')).pullToEngine(workspace, image, context);
  const built = await buildIn(workspace, { set, patches, runtime: RUNTIME, flavour: 'web' }, context);
  return built.ok ? ok({ imageId: built.value.imageId, mediawiki: built.value.plan.mediawiki, set }) : built;
}

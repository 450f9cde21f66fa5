/** config on one target of a workspace: its host, its home, its runner, the overlays that it stacks. */
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { hostProcesses } from '../kernel/processes.ts';
import { environment } from '../cli/process.ts';
import type { ConfigPorts, FolderWatcher, OverlayName } from '../config/index.ts';
import { quote } from '../kernel/diagnostic.ts';
import { nearest } from '../kernel/nearest.ts';
import { fail, ok, type Outcome } from '../kernel/outcome.ts';
import { pushSchema, type KubernetesTargetConfig, type PushPolicy } from '../kernel/target-config.ts';
import type { Workspace } from '../kernel/workspace.ts';

/** The overlays of a target, each with where it was typed. @returns fails with `workspace/unknown-target` */
export function overlaysOf(workspace: Workspace, target: string): Outcome<OverlayName[]> {
  const { document } = workspace;
  const found = document.value.targets[target];
  if (found !== undefined) {
    return ok(found.overlays.map((name, index) => ({ name, at: document.at(['targets', target, 'overlays', index]) })));
  }
  const known = Object.keys(document.value.targets);
  const near = nearest(target, known);
  return fail({
    code: 'workspace/unknown-target',
    message: `no target ${quote(target)} in mwpipe.yaml`,
    hint: near === undefined ? `there are: ${known.join(', ')}` : `did you mean ${near}?`,
    at: document.at(['targets']),
  });
}

/** How a push reaches the instances of a target that is known. */
export function pushPolicyOf(workspace: Workspace, target: string): PushPolicy {
  return workspace.document.value.targets[target]?.config ?? pushSchema.parse({});
}

/** Loads the target's client when it is called. @returns fails with `config/nothing-live`, `docker/*`, `kubernetes/*` */
export async function configPortsOf(target: string, workspace: Workspace): Promise<Outcome<ConfigPorts>> {
  const config = workspace.document.value.targets[target];
  return config?.kind === 'kubernetes' ? kubernetesPorts(config, workspace.root) : dockerPorts(target);
}

async function kubernetesPorts(config: KubernetesTargetConfig, root: string): Promise<Outcome<ConfigPorts>> {
  const { guardCluster } = await import('../adapters/kubernetes/cluster.ts');
  const { kubernetesClient } = await import('../adapters/kubernetes/client.ts');
  const { kubernetesConfigHost } = await import('../adapters/kubernetes/config-host.ts');
  const { kubernetesHome } = await import('../adapters/kubernetes/home.ts');
  const { kubernetesRunner } = await import('../adapters/kubernetes/runner.ts');
  const { kubeconfig, context } = config;
  const client = await guardCluster(() =>
    kubernetesClient({
      ...(kubeconfig === undefined ? {} : { kubeconfig: resolve(root, kubeconfig) }),
      ...(context === undefined ? {} : { context }),
    }),
  );
  if (!client.ok) return client;
  const namespace = { client: client.value, name: config.namespace };
  const who = `${environment.user()}@${hostname()}`;
  return ok({
    host: kubernetesConfigHost(namespace),
    home: kubernetesHome({ namespace, who, processes: hostProcesses }),
    runner: kubernetesRunner(namespace),
    cache: environment.cache(),
  });
}

async function dockerPorts(target: string): Promise<Outcome<ConfigPorts>> {
  const { dockerEngine, guardEngine, unlessMissing } = await import('../adapters/docker/engine.ts');
  const { dockerConfigHost } = await import('../adapters/docker/config-host.ts');
  const { dockerHome } = await import('../adapters/docker/home.ts');
  const { namesOf } = await import('../adapters/docker/names.ts');
  const { dockerRunner } = await import('../adapters/docker/runner.ts');
  const docker = dockerEngine();
  const home = await guardEngine(() => unlessMissing(docker.getContainer(namesOf(target).home).inspect()));
  if (!home.ok) return home;
  if (home.value === undefined) {
    return fail({
      code: 'config/nothing-live',
      message: `nothing is deployed to ${target} yet, so there is nothing to push to`,
      hint: `mwpipe deploy --to ${target} makes a release live, with its overlays`,
      exit: 'refused',
    });
  }
  const who = `${environment.user()}@${hostname()}`;
  return ok({
    host: dockerConfigHost({ docker, name: target }),
    home: dockerHome({ docker, target, image: home.value.Image, who, processes: hostProcesses }),
    runner: dockerRunner(docker),
    cache: environment.cache(),
  });
}

/** Tells of saved files. */
export async function hostFolderWatcher(): Promise<FolderWatcher> {
  return (await import('../adapters/host/folder-watcher.ts')).hostFolderWatcher;
}

/** A runner alone, for checks in an image. */
export async function configRunner(): Promise<ConfigPorts['runner']> {
  const { dockerEngine } = await import('../adapters/docker/engine.ts');
  const { dockerRunner } = await import('../adapters/docker/runner.ts');
  return dockerRunner(dockerEngine());
}

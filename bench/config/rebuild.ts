/** What is done where config is part of the image: one more layer, and every instance replaced by one of the new image. */
import type { LabCluster } from '../../test/lab/cluster.ts';
import type { DockerTarget } from './docker-target.ts';
import { load, seconds } from './figures.ts';
import type { KubernetesBench } from './kubernetes-target.ts';
import { bakedImage } from './probe-image.ts';
import { probe } from './probe.ts';
import { stopped } from './stop.ts';

export interface Rebuild {
  readonly instances: number;
  /** One layer on the image that is there, made by the engine: the least that a build can take. */
  readonly build_s: number;
  /** The whole image to the node, as the lab has no registry: not counted below, where only the new layer would travel. */
  readonly transfer_s: number;
  /** Until a request to each instance shows the new value. */
  readonly rollout_s: number;
  /** Build and rollout. */
  readonly live_s: number;
  readonly load: number;
}

const VALUE = 'Baked in';

export async function rebuildOnDocker(target: DockerTarget, image: string): Promise<Rebuild> {
  const begun = performance.now();
  await using baked = await bakedImage(image, VALUE);
  const built = performance.now();
  const urls = await target.replaceWith(baked.id);
  await Promise.all(urls.map(shows));
  return rebuilt({ instances: urls.length, begun, built, moved: built });
}

export async function rebuildOnKubernetes(
  { bench, cluster }: { readonly bench: KubernetesBench; readonly cluster: LabCluster },
  image: string,
): Promise<Rebuild> {
  const { target, pods } = bench;
  const begun = performance.now();
  await using baked = await bakedImage(image, VALUE);
  const built = performance.now();
  await cluster.load(baked.tag);
  const moved = performance.now();
  stopped.throwIfAborted();
  await target.kubectl('set', 'image', 'deployment/wiki-blue', `mediawiki=${baked.id}`);
  await target.kubectl('rollout', 'status', 'deployment/wiki-blue', '--timeout=900s');
  const fresh = await target.pods(pods.length);
  const path = (pod: string) =>
    `/api/v1/namespaces/${target.namespace.name}/pods/${pod}:8080/proxy/opensearch_desc.php?baked`;
  for (const pod of fresh) {
    const { body } = await target.client.ask({ path: path(pod) });
    if (!body.includes(VALUE)) throw new Error(`${pod} answers ${body}`);
  }
  return rebuilt({ instances: fresh.length, begun, built, moved });
}

async function shows(url: string): Promise<void> {
  const { first } = await probe(url, '?baked');
  if (first !== VALUE) throw new Error(`${url} answers ${first}`);
}

function rebuilt(at: {
  readonly instances: number;
  readonly begun: number;
  readonly built: number;
  readonly moved: number;
}): Rebuild {
  const end = performance.now();
  const [build, rollout] = [at.built - at.begun, end - at.moved];
  return {
    instances: at.instances,
    build_s: seconds(build),
    transfer_s: seconds(at.moved - at.built),
    rollout_s: seconds(rollout),
    live_s: seconds(build + rollout),
    load: load(),
  };
}

/** What the Kubernetes side of the config benches stands on: pods of the chart with real MediaWiki, each reached directly. */
import { kubernetesTarget, type KubernetesTarget } from '../../test/worlds/kubernetes/config-target.ts';
import type { LabCluster } from '../../test/lab/cluster.ts';
import type { DerivedImage } from './probe-image.ts';
import { reachPods } from './reach-pods.ts';
import { stopped } from './stop.ts';
import { portsOf, type BenchTarget } from './target.ts';

export interface KubernetesBench extends BenchTarget {
  readonly target: KubernetesTarget;
  readonly node: string;
  readonly pods: readonly string[];
}

/** @param image of probeImage */
export async function kubernetesBench(
  cluster: LabCluster,
  image: DerivedImage,
  replicas: number,
): Promise<KubernetesBench> {
  stopped.throwIfAborted();
  const target = await kubernetesTarget(cluster, { image: image.id, replicas });
  const removal = { [Symbol.asyncDispose]: () => removeNow(target) };
  try {
    const pods = await target.pods(replicas);
    const { node } = cluster;
    const inAll = async (container: string, script: string): Promise<void> => {
      await Promise.all(pods.map((pod) => target.kubectl('exec', pod, '-c', container, '--', 'sh', '-c', script)));
    };
    // Each pod has a database of its own here; pushes probe the first wiki of a farm, so that one is installed too.
    const installed = 'cp -r /srv/seed/. /srv/data/ && cp /srv/seed/demowiki.sqlite /srv/data/aawiki.sqlite';
    await inAll('mediawiki', `${installed} && chown -R www-data:www-data /srv/data`);
    return {
      ...removal,
      target,
      node,
      pods,
      urls: await reachPods(target.namespace, { node, pods }),
      ports: (runner = target.runner) => portsOf({ host: target.host, home: target.home, runner }),
      inOverlay: (script) => inAll('agent', script),
    };
  } catch (thrown) {
    await removal[Symbol.asyncDispose]();
    throw thrown;
  }
}

/** What still drains would be measured with what comes next. */
async function removeNow(target: KubernetesTarget): Promise<void> {
  try {
    await target.kubectl('delete', 'deployments', '--all', '--cascade=orphan');
    await target.kubectl('delete', 'replicasets', '--all', '--cascade=orphan');
    await target.kubectl('delete', 'pods', '--all', '--grace-period=1', '--timeout=120s');
  } finally {
    await target[Symbol.asyncDispose]();
  }
}

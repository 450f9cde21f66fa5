/** Pods from outside, each by an address of its own: a Service for each, on a port of the node. */
import { z } from 'zod';
import { askJson, pathOf, type Namespace } from '../../src/adapters/kubernetes/cluster.ts';
import { answering } from './answering.ts';

const serviceSchema = z.object({ spec: z.object({ ports: z.tuple([z.object({ nodePort: z.number() })]) }) });
const LABEL = 'mwpipe-bench.pod';

/** @returns `http://10.201.1.2:31234` of each, once it answers at `path` */
export async function reachPods(
  namespace: Namespace,
  {
    node,
    pods,
    path = '/fpm-ping',
  }: { readonly node: string; readonly pods: readonly string[]; readonly path?: string },
): Promise<readonly string[]> {
  return Promise.all(
    pods.map(async (pod) => {
      const labels = { metadata: { labels: { [LABEL]: pod } } };
      await namespace.client.ask({ method: 'PATCH', path: `${pathOf(namespace, 'pods')}/${pod}`, body: labels });
      const service = await askJson(namespace, {
        method: 'POST',
        path: pathOf(namespace, 'services'),
        body: serviceOf(pod),
      });
      const url = `http://${node}:${String(serviceSchema.parse(service).spec.ports[0].nodePort)}`;
      await answering(`${url}${path}`);
      return url;
    }),
  );
}

function serviceOf(pod: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: pod },
    spec: {
      type: 'NodePort',
      // A pod isn't ready before it has a bundle.
      publishNotReadyAddresses: true,
      selector: { [LABEL]: pod },
      ports: [{ port: 8080, targetPort: 8080 }],
    },
  };
}

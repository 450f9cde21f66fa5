/**
 * What Kubernetes does by itself: pods with a ConfigMap as a volume. Left to the kubelet, which looks about once a minute;
 * and with an annotation changed on each pod, at which it looks at once. Neither stages, checks or confirms anything.
 */
import { askJson, pathOf } from '../../src/adapters/kubernetes/cluster.ts';
import { packBundle } from '../../src/config/bundle/bundle.ts';
import { seconds, spreadOf, type Spread } from './figures.ts';
import type { KubernetesBench } from './kubernetes-target.ts';
import { valueOfPush, type OverlayPushes } from './overlay-pushes.ts';
import { seenAt } from './probe.ts';
import { reachPods } from './reach-pods.ts';
import { stopped } from './stop.ts';

export interface PlainConfigMaps {
  readonly pods: number;
  /** Of the ConfigMap. */
  readonly bytes: number;
  readonly alone: Spread;
  readonly annotated: Spread;
  readonly started_s: number;
}

const NAME = 'plain';

/** In the namespace of a target, beside its pods. */
export async function plainConfigMaps(
  {
    bench,
    overlay,
    image,
  }: { readonly bench: KubernetesBench; readonly overlay: OverlayPushes; readonly image: string },
  repeats: { readonly alone: number; readonly annotated: number },
): Promise<PlainConfigMaps> {
  const { namespace } = bench.target;
  const maps = pathOf(namespace, 'configmaps');
  const data = Buffer.from(packBundle(overlay.bundle(0)));
  const mapOf = (number: number): object => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: NAME },
    data: { 'value.txt': valueOfPush(number) },
    binaryData: { bundle: data.toString('base64') },
  });
  const started = performance.now();
  await askJson(namespace, { method: 'POST', path: maps, body: mapOf(0) });
  const deployments = pathOf(namespace, 'deployments', 'apis/apps/v1');
  await askJson(namespace, { method: 'POST', path: deployments, body: readers(image, bench.pods.length) });
  await bench.target.kubectl('rollout', 'status', `deployment/${NAME}`, '--timeout=300s');
  const listed = await bench.target.kubectl('get', 'pods', '-l', `app=${NAME}`, '-o', 'name');
  const pods = listed
    .trim()
    .split('\n')
    .map((line) => line.replace('pod/', ''));
  const urls = await reachPods(namespace, { node: bench.node, pods, path: '/value.txt' });
  const startedMs = performance.now() - started;
  const change = async (number: number, annotate: boolean): Promise<number> => {
    stopped.throwIfAborted();
    const begun = performance.now();
    await askJson(namespace, { method: 'PUT', path: `${maps}/${NAME}`, body: mapOf(number) });
    if (annotate) await Promise.all(pods.map((pod) => nudge(bench, pod, number)));
    const every = annotate ? 25 : 500;
    const seen = urls.map((url) => seenAt(() => textOf(url), valueOfPush(number), { signal: stopped, every }));
    return Math.max(...(await Promise.all(seen))) - begun;
  };
  const annotated: number[] = [];
  for (let turn = 1; turn <= repeats.annotated; turn += 1) annotated.push(await change(turn, true));
  const alone: number[] = [];
  for (let turn = 1; turn <= repeats.alone; turn += 1) alone.push(await change(1000 + turn, false));
  await bench.target.kubectl('delete', 'deployment', NAME, '--cascade=foreground', '--timeout=120s');
  return {
    pods: pods.length,
    bytes: data.byteLength,
    alone: spreadOf(alone),
    annotated: spreadOf(annotated),
    started_s: seconds(startedMs),
  };
}

async function nudge({ target: { namespace } }: KubernetesBench, pod: string, number: number): Promise<void> {
  const body = { metadata: { annotations: { 'mwpipe-bench.version': String(number) } } };
  await namespace.client.ask({ method: 'PATCH', path: `${pathOf(namespace, 'pods')}/${pod}`, body });
}

async function textOf(url: string) {
  const response = await fetch(`${url}/value.txt`, { signal: AbortSignal.timeout(20_000) });
  return { bundle: '', first: await response.text(), second: '' };
}

/** PHP's own small server is enough: it reads the file for each request. */
function readers(image: string, replicas: number): object {
  const labels = { app: NAME };
  const container = {
    name: NAME,
    image,
    imagePullPolicy: 'Never',
    command: ['php', '-S', '0.0.0.0:8080', '-t', '/plain'],
    ports: [{ containerPort: 8080 }],
    volumeMounts: [{ name: NAME, mountPath: '/plain' }],
  };
  const volumes = [{ name: NAME, configMap: { name: NAME } }];
  const spec = { containers: [container], volumes, terminationGracePeriodSeconds: 1, enableServiceLinks: false };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: NAME },
    spec: { replicas, selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
  };
}

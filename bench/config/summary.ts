/** The last line: the figures that are claimed, how many times what is done today, and everything that was measured. */
import type { costOfOverlay, dockerLoad, dockerPush, dockerRebuild, opcacheBothWays } from './docker-parts.ts';
import { seconds } from './figures.ts';
import type { kubernetesParts } from './kubernetes-parts.ts';
import type { DiffFigures } from './measure-diff.ts';

type Made<T extends (...args: never[]) => Promise<unknown>> = Awaited<ReturnType<T>> | undefined;
type Kubernetes = Awaited<ReturnType<typeof kubernetesParts>>;

export interface Measured {
  readonly quick: boolean;
  readonly docker: {
    readonly push: Made<typeof dockerPush>;
    readonly rebuild: Made<typeof dockerRebuild>;
    readonly load: Made<typeof dockerLoad>;
  };
  readonly kubernetes: Kubernetes;
  readonly diff: { readonly yaml: DiffFigures; readonly php: DiffFigures } | undefined;
  readonly cost: Made<typeof costOfOverlay>;
  readonly opcache: Made<typeof opcacheBothWays>;
}

export function summary(measured: Measured) {
  const { docker, kubernetes, diff, cost } = measured;
  const push = { docker: docker.push?.page.live, kubernetes: kubernetes.push?.page.live };
  const loads = [docker.load, kubernetes.load].filter((load) => load !== undefined).map(({ pushed }) => pushed);
  const ratios = {
    docker_rebuild_to_push: ratio(docker.rebuild?.live_s, push.docker?.p50_s),
    kubernetes_rebuild_to_push: ratio(kubernetes.rebuild?.live_s, push.kubernetes?.p50_s),
    kubernetes_configmap_alone_to_push: ratio(kubernetes.configmap?.alone.p50_s, push.kubernetes?.p50_s),
    kubernetes_configmap_annotated_to_push: ratio(kubernetes.configmap?.annotated.p50_s, push.kubernetes?.p50_s),
    // How a pod learns of a change: by its agent's watch, or by the kubelet's next look at a volume, which is nudged.
    kubernetes_nudged_volume_to_watch: ratio(
      kubernetes.configmap?.annotated.p50_s,
      kubernetes.push?.page.activation.p50_s,
    ),
    diff_cold_to_warm: ratio(diff?.php.coldMs, diff === undefined ? undefined : Math.max(1, diff.php.warmMs)),
    request_cpu: cost?.ratio,
  };
  const figures = {
    docker_p95_s: push.docker?.p95_s,
    docker_payload_p95_s: docker.push?.payload.live.p95_s,
    kubernetes_p95_s: push.kubernetes?.p95_s,
    kubernetes_payload_p95_s: kubernetes.push?.payload.live.p95_s,
    mixed_or_lost: loads.length === 0 ? undefined : loads.reduce((sum, { mixed, lost }) => sum + mixed + lost, 0),
    of_requests: { docker: docker.load?.pushed.requests, kubernetes: kubernetes.load?.pushed.requests },
    diff_1000_wikis_cold_s: diff === undefined ? undefined : seconds(diff.yaml.coldMs),
    diff_1000_wikis_php_cold_s: diff === undefined ? undefined : seconds(diff.php.coldMs),
    diff_1000_wikis_php_warm_s: diff === undefined ? undefined : seconds(diff.php.warmMs),
    ...measured,
  };
  // What nobody asked for is undefined, which JSON leaves out.
  return { bench: 'config', ratios, figures };
}

function ratio(theirs: number | undefined, ours: number | undefined): number | undefined {
  return theirs === undefined || ours === undefined ? undefined : Number((theirs / ours).toFixed(2));
}

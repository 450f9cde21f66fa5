/** The config bench on pods of a real cluster: made when a part wants it, or the reason why this machine can't have one. */
import { dockerEngine } from '../../src/adapters/docker/engine.ts';
import { dockerRunner } from '../../src/adapters/docker/runner.ts';
import { labCluster } from '../../test/lab/cluster.ts';
import { labProblem } from '../../test/lab/programs.ts';
import { say } from './figures.ts';
import { kubernetesBench } from './kubernetes-target.ts';
import { demoPushes, payloadPushes } from './overlay-pushes.ts';
import type { PartName, Parts } from './parts.ts';
import { plainConfigMaps, type PlainConfigMaps } from './plain-config-map.ts';
import { probeImage } from './probe-image.ts';
import { pushLatency, type PushTimes } from './push-latency.ts';
import { rebuildOnKubernetes, type Rebuild } from './rebuild.ts';
import { swappedInPlace, underLoad, type Control, type UnderLoad } from './under-load.ts';

const PODS = 10;
const UNDER_LOAD = 3;
/** The target's default. */
const SOAK = 20;
const ON_TEN: readonly PartName[] = ['kubernetes.push', 'kubernetes.configmap', 'kubernetes.rebuild'];

interface KubernetesFigures {
  /** Why there are none. */
  readonly skipped?: string;
  readonly push?: { readonly instances: number; readonly page: PushTimes; readonly payload: PushTimes } | undefined;
  readonly configmap?: PlainConfigMaps | undefined;
  readonly rebuild?: Rebuild | undefined;
  readonly load?: { readonly pushed: UnderLoad; readonly swappedInPlace: Control } | undefined;
}

export async function kubernetesParts(demo: string, parts: Parts): Promise<KubernetesFigures> {
  const wantsTen = ON_TEN.some((name) => parts.wants(name));
  if (!wantsTen && !parts.wants('kubernetes.load')) return {};
  const problem = await labProblem();
  if (problem !== undefined) {
    say(`── no cluster here, so nothing about Kubernetes: ${problem}`);
    return { skipped: problem };
  }
  await using image = await probeImage(demo);
  await using cluster = await labCluster();
  const overlay = await demoPushes();
  const onTen = async () => {
    await using bench = await kubernetesBench(cluster, image, PODS);
    return {
      push: await parts.run('kubernetes.push', async () => ({
        instances: PODS,
        page: await pushLatency({ target: bench, overlay, soak: SOAK }, { count: parts.quick ? 20 : 60, from: 1000 }),
        payload: await pushLatency(
          // Checked by the local engine: a check of a thousand wikis says more than the log of a pod keeps.
          { target: bench, overlay: await payloadPushes(), runner: dockerRunner(dockerEngine()) },
          { count: parts.quick ? 5 : 15, from: 3000 },
        ),
      })),
      configmap: await parts.run('kubernetes.configmap', () =>
        plainConfigMaps(
          { bench, overlay, image: image.id },
          parts.quick ? { alone: 1, annotated: 10 } : { alone: 3, annotated: 20 },
        ),
      ),
      rebuild: await parts.run('kubernetes.rebuild', () => rebuildOnKubernetes({ bench, cluster }, image.id)),
    };
  };
  const ten = wantsTen ? await onTen() : {};
  const load = await parts.run('kubernetes.load', async () => {
    await using bench = await kubernetesBench(cluster, image, UNDER_LOAD);
    const pushed = await underLoad({ target: bench, overlay }, { pushes: parts.quick ? 100 : 200, requests: 20_000 });
    return { pushed, swappedInPlace: await swappedInPlace(bench, 200) };
  });
  return { ...ten, load };
}

/** A target of kind kubernetes: a namespace of its own with the chart installed, and the ports that config gets for it. */
import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { kubernetesClient, type KubernetesClient } from '../../../src/adapters/kubernetes/client.ts';
import { remove, type Namespace } from '../../../src/adapters/kubernetes/cluster.ts';
import { kubernetesConfigHost } from '../../../src/adapters/kubernetes/config-host.ts';
import { kubernetesHome } from '../../../src/adapters/kubernetes/home.ts';
import { kubernetesRunner } from '../../../src/adapters/kubernetes/runner.ts';
import { dockerEngine } from '../../../src/adapters/docker/engine.ts';
import { checkoutRoot } from '../../../src/cli/checkout.ts';
import { hostProcesses } from '../../../src/kernel/processes.ts';
import type { LabCluster } from '../../lab/cluster.ts';
import { kubernetesTools } from '../../lab/helm.ts';
import { runCommand } from '../command.ts';
import { testContext } from '../context.ts';
import { valueOf } from '../overlays.ts';

export interface KubernetesTarget extends AsyncDisposable {
  readonly namespace: Namespace;
  readonly client: KubernetesClient;
  readonly host: ReturnType<typeof kubernetesConfigHost>;
  readonly home: ReturnType<typeof kubernetesHome>;
  readonly runner: ReturnType<typeof kubernetesRunner>;
  /** In the target's namespace. @returns what it printed */
  kubectl(...argv: readonly string[]): Promise<string>;
  /** Names of the pods whose MediaWiki runs, once there are so many. */
  pods(count: number): Promise<readonly string[]>;
  /** Forgets all bundles and pointers, as on a new target; what the pods serve stays. */
  forget(): Promise<void>;
}

/** @param image ID of one that the local engine has: the web runtime for bundles alone, a built one for MediaWiki */
export async function kubernetesTarget(
  cluster: LabCluster,
  {
    image,
    replicas,
    values = [],
  }: { readonly image: string; readonly replicas: number; readonly values?: readonly string[] },
): Promise<KubernetesTarget> {
  const { helm, kubectl } = await kubernetesTools();
  const { RepoTags } = await dockerEngine().getImage(image).inspect();
  await cluster.load(RepoTags[0] ?? image);
  const name = `test-${randomUUID().slice(0, 8)}`;
  const common = ['--kubeconfig', cluster.kubeconfig, '--namespace', name] as const;
  const checked = async (argv: readonly [string, ...string[]]): Promise<string> => {
    const done = await runCommand(argv);
    if (done.code !== 0) throw new Error(`${argv.join(' ')}: ${done.stderr}`);
    return done.stdout;
  };
  const ask = (...argv: readonly string[]): Promise<string> => checked([kubectl, ...common, ...argv]);
  await ask('create', 'namespace', name);
  const secret = randomBytes(32).toString('hex');
  await ask(
    'create',
    'secret',
    'generic',
    'wiki',
    `--from-literal=secret-key=${secret}`,
    '--from-literal=upgrade-key=x',
    '--from-literal=pin-key=a-key-of-the-test',
    '--from-literal=motto=known to the target alone',
  );
  const set = [`image.digest=${image}`, 'image.pullPolicy=Never', `replicas=${String(replicas)}`, ...SMALL, ...values];
  await checked([helm, ...common, 'install', 'wiki', join(checkoutRoot, 'charts/mediawiki'), '--set', set.join(',')]);
  const client = await kubernetesClient({ kubeconfig: cluster.kubeconfig });
  const namespace = { client, name };
  const host = kubernetesConfigHost(namespace);
  const target: KubernetesTarget = {
    namespace,
    client,
    host,
    home: kubernetesHome({ namespace, who: 'tester', processes: hostProcesses }),
    runner: kubernetesRunner(namespace),
    kubectl: ask,
    pods: async (count) => {
      for (let attempt = 0; attempt < 300; attempt += 1) {
        const instances = valueOf(await host.slots(testContext()))[0]?.instances ?? [];
        if (instances.length === count) return instances;
        await setTimeout(200);
      }
      throw new Error(`never ${String(count)} pods: ${await ask('get', 'pods')}`);
    },
    forget: async () => {
      await remove(namespace, 'configmaps', 'mwpipe-config');
      valueOf(await host.prune([], testContext()));
    },
    [Symbol.asyncDispose]: async () => {
      await ask('delete', 'namespace', name, '--wait=false');
      await client[Symbol.asyncDispose]();
    },
  };
  await target.pods(replicas);
  return target;
}

const SMALL = [
  'database.type=sqlite',
  'secretName=wiki',
  'workers=2',
  'drainSeconds=6',
  'wiki.name=demowiki',
  'resources.requests.cpu=10m',
  'resources.requests.memory=64Mi',
];

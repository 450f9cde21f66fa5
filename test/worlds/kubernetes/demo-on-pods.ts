/** The demo's overlay in a workspace of its own, pushed by the command line to pods of the demo's image. */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkoutRoot } from '../../../src/cli/checkout.ts';
import type { LabCluster } from '../../lab/cluster.ts';
import { runCommand, type CommandResult } from '../command.ts';
import { demoImage } from '../docker/demo-image.ts';
import { kubernetesTarget, type KubernetesTarget } from './config-target.ts';

export interface DemoOnPods extends AsyncDisposable {
  readonly root: string;
  readonly target: KubernetesTarget;
  /** Names, in order. */
  readonly pods: readonly string[];
  mwpipe(...argv: readonly string[]): Promise<CommandResult>;
  /** Changes what the overlay calls the wiki. */
  rename(sitename: string): Promise<void>;
  /** What `config:` of the target says, as YAML. */
  configure(config: string): Promise<void>;
}

/** @param config as `configure` takes it */
export async function demoOnPods(
  cluster: LabCluster,
  { replicas, config }: { readonly replicas: number; readonly config: string },
): Promise<DemoOnPods> {
  const target = await kubernetesTarget(cluster, { image: await demoImage(), replicas });
  const root = await mkdtemp(join(tmpdir(), 'mwpipe-kubernetes-'));
  await cp(join(checkoutRoot, 'config-overlays/demo'), join(root, 'config-overlays/demo'), { recursive: true });
  const configure = (text: string): Promise<void> => {
    const place = `kubeconfig: ${cluster.kubeconfig}, namespace: ${target.namespace.name}`;
    const k8s = `{ kind: kubernetes, set: demo, overlays: [demo], ${place}, config: { ${text} } }`;
    return writeFile(join(root, 'mwpipe.yaml'), `version: 1\ntargets:\n  k8s: ${k8s}\n`);
  };
  await configure(config);
  return {
    root,
    target,
    pods: await target.pods(replicas),
    mwpipe: (...argv) => runCommand(['node', join(checkoutRoot, 'src/cli/mwpipe.ts'), ...argv], { cwd: root }),
    rename: async (sitename) => {
      const yaml = await readFile(join(checkoutRoot, 'config-overlays/demo/settings.yaml'), 'utf8');
      const changed = yaml.replace('default: mwpipe demo', `default: ${sitename}`);
      await writeFile(join(root, 'config-overlays/demo/settings.yaml'), changed);
    },
    configure,
    [Symbol.asyncDispose]: async () => {
      await rm(root, { recursive: true, force: true });
      await target[Symbol.asyncDispose]();
    },
  };
}

// needs: docker, root, kubernetes
/** Pods of a real cluster keep the contract of a host of bundles, and what only a real agent can show. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { labCluster, type LabCluster } from '../lab/cluster.ts';
import { testContext } from '../worlds/context.ts';
import { phpRuntime } from '../worlds/docker/php-runtime.ts';
import { kubernetesTarget, type KubernetesTarget } from '../worlds/kubernetes/config-target.ts';
import { valueOf } from '../worlds/overlays.ts';
import { bundleOf, configHostContract, packed } from './config-host.contract.ts';

let cluster: LabCluster;
let target: KubernetesTarget;
beforeAll(async () => {
  cluster = await labCluster();
  target = await kubernetesTarget(cluster, { image: await phpRuntime(), replicas: 1 });
}, 900_000);
afterAll(async () => {
  await target[Symbol.asyncDispose]();
  await cluster[Symbol.asyncDispose]();
});

const context = testContext();

configHostContract('a Kubernetes target', async () => {
  await target.forget();
  return { host: target.host, [Symbol.asyncDispose]: () => Promise.resolve() };
});

describe('bundles in a pod', () => {
  const answer = async () => valueOf(await target.host.confirm('blue', context))[0];
  const live = async (content: string, rows = '') => {
    const bundle = bundleOf(content, rows);
    valueOf(await target.host.stage(packed(bundle), context));
    valueOf(await target.host.point({ slot: 'blue', bundle: bundle.hash }, context));
    return bundle;
  };
  const serves = (hash: string) => expect.poll(async () => (await answer())?.bundle, { timeout: 20_000 }).toBe(hash);

  it('may be larger than a ConfigMap, and come back as they went in', async () => {
    const noise = Array.from({ length: 90_000 }, () => `'${Math.random().toString(36)}'`).join(',');
    const bundle = await live('large', noise);
    const { data } = packed(bundle);
    expect(await partsOf(bundle.hash)).toHaveLength(2);
    await serves(bundle.hash);
    expect(Buffer.from(valueOf(await target.host.read(bundle.hash, context)).data).equals(data)).toBe(true);
  });

  it('are not pointed to while a part is missing: the old one is served, and the answer says what is missing', async () => {
    const old = await live('old');
    await serves(old.hash);
    const next = bundleOf('half-written');
    valueOf(await target.host.stage(packed(next), context));
    await target.host.point({ slot: 'green', bundle: next.hash }, context);
    await target.kubectl('delete', 'configmap', ...(await partsOf(next.hash)));
    await target.kubectl('exec', await pod(), '-c', 'agent', '--', 'rm', '-rf', `/srv/overlay/bundles/${next.hash}`);
    valueOf(await target.host.point({ slot: 'blue', bundle: next.hash }, context));
    await expect.poll(async () => (await answer())?.problem, { timeout: 20_000 }).toContain('is not in the cluster');
    expect((await answer())?.bundle).toBe(old.hash);
    valueOf(await target.host.stage(packed(next), context));
    await serves(next.hash);
    await expect.poll(async () => (await answer())?.problem, { timeout: 20_000 }).toBeUndefined();
  });

  it('wait until there is room: a pod that can not unpack says so, serves the old one, and goes on by itself', async () => {
    const old = await live('before the disk was full');
    await serves(old.hash);
    const agent = async (script: string) =>
      target.kubectl('exec', await pod(), '-c', 'agent', '--', 'sh', '-c', script);
    await agent('chmod 555 /srv/overlay/bundles');
    const next = await live('after');
    await expect.poll(async () => (await answer())?.problem, { timeout: 20_000 }).toContain("can't write");
    expect(await answer()).toMatchObject({ bundle: old.hash });
    await agent('chmod 755 /srv/overlay/bundles');
    await serves(next.hash);
  });

  it('reach a pod whose agent was killed, since the kubelet starts another', async () => {
    await target.kubectl('exec', await pod(), '-c', 'agent', '--', 'sh', '-c', 'kill 1');
    const next = await live('after the agent was killed');
    await serves(next.hash);
  });

  it('are there before MediaWiki starts in a new pod', async () => {
    const bundle = await live('for a new pod');
    await serves(bundle.hash);
    const old = await pod();
    await target.kubectl('delete', 'pod', old, '--wait=false', '--grace-period=1');
    const [fresh = ''] = await target.pods(1);
    expect(fresh).not.toBe(old);
    await target.kubectl('wait', '--for=condition=Ready', `pod/${fresh}`, '--timeout=60s');
    expect(await answer()).toMatchObject({ instance: fresh, bundle: bundle.hash });
  });

  it('are no concern of a pod that is set aside: its Service sends it nothing until it is brought back', async () => {
    const instances = [await pod()];
    const addresses = () => target.kubectl('get', 'endpoints', 'wiki-blue', '-o', 'jsonpath={.subsets[*].addresses}');
    await expect.poll(addresses, { timeout: 20_000 }).not.toBe('');
    valueOf(await target.host.setAside({ slot: 'blue', instances }, context));
    await expect.poll(addresses, { timeout: 20_000 }).toBe('');
    valueOf(await target.host.bringBack({ slot: 'blue', instances }, context));
    await expect.poll(addresses, { timeout: 20_000 }).not.toBe('');
  });

  const pod = async () => (await target.pods(1))[0] ?? '';
  const partsOf = async (hash: string) =>
    (await target.kubectl('get', 'configmaps', '-o', 'name'))
      .split('\n')
      .filter((name) => name.includes(`mwpipe-bundle-${hash}`))
      .map((name) => name.replace('configmap/', ''));
});

it('checks run in a pod: inputs are there, outputs come apart, the deadline ends it, and nothing is left', async () => {
  const image = valueOf(await target.host.slots(context))[0]?.image ?? '';
  const said = { out: '', err: '' };
  const output = { stdout: (text: string) => (said.out += text), stderr: (text: string) => (said.err += text) };
  const run = (script: string, deadlineMs = 60_000) =>
    target.runner.run({ image, argv: ['sh', '-c', script], env: { WORD: 'hello' }, deadlineMs }, output, context);
  expect(await run('echo "$WORD"; echo wrong >&2; exit 3')).toMatchObject({ value: { exitCode: 3, timedOut: false } });
  expect(said).toEqual({ out: 'hello\n', err: 'wrong\n' });
  expect(await run('sleep 60', 3000)).toMatchObject({ value: { timedOut: true } });
  const left = () => target.kubectl('get', 'pods', '-l', 'mwpipe.role=run', '-o', 'name');
  await expect.poll(left, { timeout: 30_000 }).toBe('');
});

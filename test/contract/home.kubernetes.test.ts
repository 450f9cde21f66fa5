// needs: docker, root, kubernetes
/** The home in a real cluster, with real processes that take its lease and are killed. */
import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { kubernetesClient } from '../../src/adapters/kubernetes/client.ts';
import { askJson, pathOf, type Namespace } from '../../src/adapters/kubernetes/cluster.ts';
import { kubernetesHome } from '../../src/adapters/kubernetes/home.ts';
import { hostProcesses } from '../../src/kernel/processes.ts';
import { labCluster, type LabCluster } from '../lab/cluster.ts';
import { testContext } from '../worlds/context.ts';
import { valueOf } from '../worlds/overlays.ts';
import { homeContract } from './home.contract.ts';

let cluster: LabCluster;
beforeAll(async () => {
  cluster = await labCluster();
}, 900_000);
afterAll(() => cluster[Symbol.asyncDispose]());

homeContract('the home on Kubernetes', async () => {
  const { home, namespace, close } = await openHome();
  return {
    home,
    holdElsewhere: async (reason: string) => {
      const child = fork(join(import.meta.dirname, '../worlds/kubernetes/child-lease.ts'), [
        cluster.kubeconfig,
        namespace.name,
        reason,
      ]);
      const [said] = (await once(child, 'message')) as [string];
      if (said !== 'held') throw new Error(said);
      return async () => {
        child.kill('SIGKILL');
        await once(child, 'exit');
      };
    },
    cutJournal: async (text: string) => {
      const path = `${pathOf(namespace, 'configmaps')}/mwpipe-journal-000001`;
      const map = (await askJson(namespace, { path })) as { data: { text: string } };
      const body = { data: { text: `${map.data.text}${text}` } };
      await namespace.client.ask({ method: 'PATCH', path, body });
    },
    [Symbol.asyncDispose]: close,
  };
});

it('goes on in another part of the journal when one is full, and keeps the order', async () => {
  const { home, close } = await openHome();
  try {
    const long = 'x'.repeat(50_000);
    for (const run of ['1', '2', '3', '4', '5']) {
      const at = '2026-11-25T08:00:00.000Z';
      expect((await home.append({ at, run, phase: 'done', act: 'test', data: { long } })).ok).toBe(true);
    }
    expect(valueOf(await home.journal()).map(({ run }) => run)).toEqual(['1', '2', '3', '4', '5']);
    expect(await home.writeState({ long: 'x'.repeat(950_000) })).toMatchObject({
      ok: false,
      diagnostics: [{ code: 'home/not-written' }],
    });
  } finally {
    await close();
  }
});

it('loses no word of two who write at once', async () => {
  const { home, close } = await openHome();
  try {
    const runs = ['1', '2', '3', '4'];
    await Promise.all(
      runs.map((run) => home.append({ at: '2026-11-25T08:00:00.000Z', run, phase: 'done', act: 'test' })),
    );
    expect(
      valueOf(await home.journal())
        .map(({ run }) => run)
        .sort(),
    ).toEqual(runs);
  } finally {
    await close();
  }
});

it('takes over from a machine that has not renewed its lease for half a minute, and not before', async () => {
  const { home, namespace, close } = await openHome();
  try {
    const other = { self: () => ({ ...hostProcesses.self(), host: 'elsewhere' }), isAlive: () => true };
    const theirs = kubernetesHome({ namespace, who: 'other', processes: other });
    valueOf(await theirs.acquire('deploy', testContext()));
    expect((await home.acquire('push', testContext())).ok).toBe(false);
    const path = `${pathOf(namespace, 'leases', 'apis/coordination.k8s.io/v1')}/mwpipe-home`;
    const renewTime = new Date(Date.now() - 40_000).toISOString().replace('Z', '000Z');
    await namespace.client.ask({ method: 'PATCH', path, body: { spec: { renewTime } } });
    expect((await home.acquire('push', testContext())).ok).toBe(true);
  } finally {
    await close();
  }
});

async function openHome() {
  const client = await kubernetesClient({ kubeconfig: cluster.kubeconfig });
  const namespace: Namespace = { client, name: `test-${randomUUID().slice(0, 8)}` };
  const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace.name } };
  await client.ask({ method: 'POST', path: '/api/v1/namespaces', body });
  return {
    namespace,
    home: kubernetesHome({ namespace, who: 'tester', processes: hostProcesses }),
    close: async () => {
      await client.ask({ method: 'DELETE', path: `/api/v1/namespaces/${namespace.name}` });
      await client[Symbol.asyncDispose]();
    },
  };
}

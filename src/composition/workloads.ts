/** Makes what the commands need that look into containers. */
import type { Workloads } from '../kernel/workloads.ts';

export async function composeWorkloads(): Promise<Workloads> {
  const [{ dockerEngine }, { dockerWorkloads }] = await Promise.all([
    import('../adapters/docker/engine.ts'),
    import('../adapters/docker/workloads.ts'),
  ]);
  return dockerWorkloads(dockerEngine());
}

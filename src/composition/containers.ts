/** Who runs what makes files in containers: the Docker engine, and this machine's way to package registries. */
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { BuildPorts, MachineNetwork } from '../build/index.ts';
import { environment } from '../cli/process.ts';
import type { Workspace } from '../kernel/workspace.ts';

/** Loads clients when it is called; asks registries only where a step needs them. */
export async function containerPorts({ cache }: Workspace): Promise<NonNullable<BuildPorts['containers']>> {
  const [{ dockerEngine }, { dockerRunner }, { npmAdvisories }] = await Promise.all([
    import('../adapters/docker/engine.ts'),
    import('../adapters/docker/runner.ts'),
    import('../adapters/npm/advisories.ts'),
  ]);
  return {
    runner: dockerRunner(dockerEngine()),
    advisories: npmAdvisories(async () => (await machineNetwork()).npmRegistry),
    network: machineNetwork,
    logs: join(cache, 'steps'),
    threads: availableParallelism(),
  };
}

/** Certificates as programs of this machine are told of them: npm doesn't say which file it was told of. */
async function machineNetwork(): Promise<MachineNetwork> {
  const { npmRegistry } = await import('../adapters/npm/settings.ts');
  const registry = await npmRegistry();
  const { NODE_EXTRA_CA_CERTS, SSL_CERT_FILE } = environment.inherited();
  const file = NODE_EXTRA_CA_CERTS ?? SSL_CERT_FILE;
  const certificates = file === undefined ? undefined : await readFile(file, 'utf8').catch(() => undefined);
  return {
    name: 'bridge',
    ...(registry === undefined ? {} : { npmRegistry: registry }),
    ...(certificates === undefined ? {} : { certificates }),
  };
}

/** Takes the lease of a target of kind kubernetes, says so, and holds it until it is killed. */
import { kubernetesClient } from '../../../src/adapters/kubernetes/client.ts';
import { kubernetesHome } from '../../../src/adapters/kubernetes/home.ts';
import { hostProcesses } from '../../../src/kernel/processes.ts';
import { testContext } from '../context.ts';

const [kubeconfig = '', name = '', reason = ''] = process.argv.slice(2);
const client = await kubernetesClient({ kubeconfig });
const home = kubernetesHome({ namespace: { client, name }, who: 'other', processes: hostProcesses });
const lease = await home.acquire(reason, testContext());
process.send?.(lease.ok ? 'held' : lease.diagnostics[0].message);
setInterval(() => undefined, 60_000);

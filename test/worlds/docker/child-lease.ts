/** Takes the lease of a docker target, says so, and holds it until it is killed. */
import { dockerEngine } from '../../../src/adapters/docker/engine.ts';
import { dockerHome } from '../../../src/adapters/docker/home.ts';
import { hostProcesses } from '../../../src/kernel/processes.ts';
import { testContext } from '../context.ts';

const [target = '', image = '', reason = ''] = process.argv.slice(2);
const home = dockerHome({ docker: dockerEngine(), target, image, who: 'other', processes: hostProcesses });
const lease = await home.acquire(reason, testContext());
process.send?.(lease.ok ? 'held' : lease.diagnostics[0].message);
setInterval(() => undefined, 60_000);

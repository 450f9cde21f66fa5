/** Takes instances out of a docker target's router, and puts them back: whether they answer or not. */
import type Docker from 'dockerode';
import type { SlotInstances, Stop } from '../../config/index.ts';
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';
import { exec } from './exec.ts';
import { namesOf } from './names.ts';

/** Of HAProxy: as src/adapters/haproxy/router-config.ts names socket, backend and servers. */
const SOCKET = '/run/haproxy/admin.sock';
const BACKEND = 'wiki';

/**
 * `maint` sends nothing new there; requests that run end.
 * @see HAProxy 2.6 management guide, section 9.3, "set server state"
 */
export async function moveAside(
  { docker, name }: { readonly docker: Docker; readonly name: string },
  { slot, instances, state }: SlotInstances & { readonly state: 'maint' | 'ready' },
  context: Stop,
): Promise<Outcome<void>> {
  const container = namesOf(name).router;
  const prefix = namesOf(name).instance(slot, 0).slice(0, -1);
  const servers = instances.map((instance) => `${BACKEND}/${slot}-${instance.slice(prefix.length)}`);
  const stdin = `${servers.map((server) => `set server ${server} state ${state}`).join('; ')}\n`;
  const argv = ['socat', '-t', '5', 'stdio', `unix-connect:${SOCKET}`];
  const said = await exec({ docker, container }, { argv, stdin }, context);
  const problem = said.ok ? `${said.value.stdout}${said.value.stderr}`.trim() : said.diagnostics[0].message;
  if (problem === '') return ok();
  return fail({
    code: 'config/no-router',
    message: `the router can't take ${instances.join(', ')} out of rotation: ${problem.slice(0, 200)}`,
    hint: 'mwpipe logs router; stop the instance by hand: docker stop NAME',
    exit: 'outside',
  });
}

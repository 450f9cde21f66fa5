/** What a load needs of a docker target besides its url: an account to edit with, and a way to hurt it. */
import { randomBytes } from 'node:crypto';
import type Docker from 'dockerode';
import { exec } from '../../../src/adapters/docker/exec.ts';
import { testContext } from '../context.ts';

/** An account of the wiki's own, made anew, without rate limits. */
export async function makeEditor(docker: Docker, target: string): Promise<{ name: string; password: string }> {
  const account = { name: 'Traffic', password: randomBytes(12).toString('hex') };
  const [container = ''] = await containersOf(docker, target, 'instance');
  const argv = ['php', 'maintenance/run.php', 'createAndPromote', '--force', '--sysop', account.name, account.password];
  const request = { argv, user: 'www-data', workdir: '/srv/mediawiki' };
  const made = await exec({ docker, container }, request, testContext());
  if (!made.ok || made.value.exitCode !== 0) throw new Error(`no account for the load: ${JSON.stringify(made)}`);
  return account;
}

/**
 * What a wiki without slots does: what serves, router and instance, is killed and started again. The instance alone
 * isn't enough for a control: the router's retries bridge that.
 */
export async function hardRestart(docker: Docker, target: string): Promise<void> {
  const serving = [
    ...(await containersOf(docker, target, 'router')),
    ...(await containersOf(docker, target, 'instance')),
  ];
  for (const id of serving) await docker.getContainer(id).kill();
  for (const id of serving) await docker.getContainer(id).start();
}

async function containersOf(docker: Docker, target: string, role: string): Promise<string[]> {
  const filters = { label: [`mwpipe.target=${target}`, `mwpipe.role=${role}`] };
  return (await docker.listContainers({ filters })).map(({ Id }) => Id);
}

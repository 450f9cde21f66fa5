/** What the Docker side of the config benches stands on: one slot of several instances of one target. */
import { randomBytes, randomUUID } from 'node:crypto';
import type Docker from 'dockerode';
import { dockerConfigHost } from '../../src/adapters/docker/config-host.ts';
import { dockerEngine } from '../../src/adapters/docker/engine.ts';
import { exec } from '../../src/adapters/docker/exec.ts';
import { dockerHome } from '../../src/adapters/docker/home.ts';
import { labelsOf, namesOf, targetFilter } from '../../src/adapters/docker/names.ts';
import { dockerRunner } from '../../src/adapters/docker/runner.ts';
import type { ConfigHost } from '../../src/config/index.ts';
import { hostProcesses } from '../../src/kernel/processes.ts';
import { testContext } from '../../test/worlds/context.ts';
import { valueOf } from '../../test/worlds/overlays.ts';
import { answering } from './answering.ts';
import { probeArchive } from './probe-image.ts';
import { stopped } from './stop.ts';
import { portsOf, type BenchTarget } from './target.ts';

export interface DockerTarget extends BenchTarget {
  readonly host: ConfigHost;
  /** @param number of the instance, from 1 */
  inInstance(script: string, number: number): Promise<string>;
  /** CPU time that the instance at this index of `urls` has taken since it started. */
  cpuNs(index: number): Promise<number>;
  /** All instances by ones of another image, one after the other, as a rolling update does. @returns their urls */
  replaceWith(image: string): Promise<readonly string[]>;
}

export async function dockerTarget(image: string, count: number, env: readonly string[] = []): Promise<DockerTarget> {
  const docker = dockerEngine();
  const name = `bench-${randomUUID().slice(0, 8)}`;
  const names = namesOf(name);
  const removal = { [Symbol.asyncDispose]: () => removeAll(docker, name) };
  try {
    await start(docker, image, homeOptions(name));
    await inside(docker, names.home, `echo ${randomBytes(32).toString('hex')} > /run/secrets/mwpipe/secret-key`);
    let instances: Docker.Container[] = [];
    for (let number = 1; number <= count; number += 1)
      instances.push(await start(docker, image, instanceOptions(name, number, env)));
    const host = dockerConfigHost({ docker, name });
    const home = dockerHome({ docker, target: name, image, who: 'bench', processes: hostProcesses });
    return {
      ...removal,
      host,
      urls: await Promise.all(instances.map(urlOf)),
      ports: (runner = dockerRunner(docker)) => portsOf({ host, home, runner }),
      inOverlay: async (script) => {
        await inside(docker, names.home, script);
      },
      inInstance: (script, number) => inside(docker, names.instance('blue', number), script),
      cpuNs: async (index) => {
        const stats = await instances[index]?.stats({ stream: false, 'one-shot': true });
        return stats?.cpu_stats.cpu_usage.total_usage ?? NaN;
      },
      replaceWith: async (other) => {
        const [old, urls] = [instances, [] as string[]];
        instances = [];
        for (const [index, container] of old.entries()) {
          const fresh = await start(docker, other, instanceOptions(name, old.length + index + 1, env));
          instances.push(fresh);
          urls.push(await urlOf(fresh));
          await container.remove({ force: true });
        }
        return urls;
      },
    };
  } catch (thrown) {
    await removal[Symbol.asyncDispose]();
    throw thrown;
  }
}

async function start(docker: Docker, image: string, options: Docker.ContainerCreateOptions): Promise<Docker.Container> {
  stopped.throwIfAborted();
  const container = await docker.createContainer({ Image: image, ...options });
  await container.putArchive(await probeArchive(), { path: '/' });
  await container.start();
  return container;
}

async function inside(docker: Docker, container: string, script: string): Promise<string> {
  const done = valueOf(await exec({ docker, container }, { argv: ['sh', '-c', script] }, testContext()));
  if (done.exitCode !== 0) throw new Error(`${script}: ${done.stdout}${done.stderr}`);
  return done.stdout;
}

/** By label, so that what is just being made goes too. */
async function removeAll(docker: Docker, name: string): Promise<void> {
  const containers = await docker.listContainers({ all: true, filters: targetFilter(name) });
  const gone = (): undefined => undefined;
  await Promise.all(containers.map(({ Id }) => docker.getContainer(Id).remove({ force: true }).catch(gone)));
  for (const volume of Object.values(namesOf(name).volumes)) await docker.getVolume(volume).remove().catch(gone);
}

function homeOptions(target: string): Docker.ContainerCreateOptions {
  const { home, volumes } = namesOf(target);
  return {
    name: home,
    Entrypoint: ['sleep', 'infinity'],
    Labels: labelsOf(target, 'home'),
    HostConfig: {
      Binds: [`${volumes.overlay}:/srv/overlay`, `${volumes.home}:/srv/home`, `${volumes.secrets}:/run/secrets/mwpipe`],
      Init: true,
    },
  };
}

function instanceOptions(target: string, number: number, env: readonly string[]): Docker.ContainerCreateOptions {
  const names = namesOf(target);
  const { volumes } = names;
  const name = names.instance('blue', number);
  return {
    name,
    Labels: { ...labelsOf(target, 'instance'), 'mwpipe.slot': 'blue', 'mwpipe.release': '1' },
    Env: [
      ...['MWPIPE_SLOT=blue', 'MWPIPE_RELEASE=1', `MWPIPE_INSTANCE=${name}`, 'MWPIPE_WORKERS=2'],
      ...['MWPIPE_DB_TYPE=sqlite', 'MWPIPE_DB_NAME=demowiki', 'MWPIPE_SERVER=http://localhost:8080', ...env],
    ],
    HostConfig: {
      Binds: [
        `${volumes.overlay}:/srv/overlay:ro`,
        `${volumes.data}:/srv/data`,
        `${volumes.secrets}:/run/secrets/mwpipe:ro`,
      ],
    },
  };
}

async function urlOf(container: Docker.Container): Promise<string> {
  const { NetworkSettings } = await container.inspect();
  const url = `http://${String(NetworkSettings.Networks['bridge']?.IPAddress)}:8080`;
  await answering(`${url}/fpm-ping`);
  return url;
}

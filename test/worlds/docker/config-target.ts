/** A docker target with only what config needs: home, overlay volume and instances, with the names that deploy gives. */
import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type Docker from 'dockerode';
import { dockerConfigHost } from '../../../src/adapters/docker/config-host.ts';
import { dockerEngine } from '../../../src/adapters/docker/engine.ts';
import { exec, type ExecResult } from '../../../src/adapters/docker/exec.ts';
import { dockerHome } from '../../../src/adapters/docker/home.ts';
import { labelsOf, namesOf } from '../../../src/adapters/docker/names.ts';
import { dockerRunner } from '../../../src/adapters/docker/runner.ts';
import { environment } from '../../../src/cli/process.ts';
import { hostProcesses } from '../../../src/kernel/processes.ts';
import type { ConfigPorts } from '../../../src/config/index.ts';
import { testContext } from '../context.ts';
import { valueOf } from '../overlays.ts';

export interface ConfigTarget extends AsyncDisposable {
  readonly name: string;
  readonly docker: Docker;
  readonly ports: ConfigPorts;
  /** `http://172.17.0.3:8080` of the instance. */
  readonly url: string;
  readonly instance: Docker.Container;
  exec(
    container: 'home' | 'instance',
    argv: readonly string[],
    env?: Readonly<Record<string, string>>,
  ): Promise<ExecResult>;
}

/** @param image of an instance: the web runtime for bundles alone, a built one for MediaWiki */
export async function configTarget(image: string, env: readonly string[] = []): Promise<ConfigTarget> {
  const docker = dockerEngine();
  const name = `test-${randomUUID().slice(0, 8)}`;
  const names = namesOf(name);
  const { volumes } = names;
  const home = await start(docker, {
    name: names.home,
    Image: image,
    Entrypoint: ['sleep', 'infinity'],
    Labels: labelsOf(name, 'home'),
    HostConfig: {
      Binds: [`${volumes.overlay}:/srv/overlay`, `${volumes.home}:/srv/home`, `${volumes.secrets}:/run/secrets/mwpipe`],
      Init: true,
    },
  });
  const instance = await start(docker, {
    name: names.instance('blue', 1),
    Image: image,
    Labels: { ...labelsOf(name, 'instance'), 'mwpipe.slot': 'blue', 'mwpipe.release': '1' },
    Env: [
      'MWPIPE_SLOT=blue',
      `MWPIPE_INSTANCE=${names.instance('blue', 1)}`,
      'MWPIPE_RELEASE=1',
      'MWPIPE_DB_TYPE=sqlite',
      'MWPIPE_DB_NAME=demowiki',
      'MWPIPE_SERVER=http://localhost:8080',
      ...env,
    ],
    HostConfig: {
      Binds: [
        `${volumes.overlay}:/srv/overlay:ro`,
        `${volumes.data}:/srv/data`,
        `${volumes.secrets}:/run/secrets/mwpipe`,
      ],
    },
  });
  const address = (await instance.inspect()).NetworkSettings.Networks['bridge']?.IPAddress;
  const url = `http://${String(address)}:8080`;
  await answering(`${url}/fpm-ping`);
  const inside = { home: names.home, instance: names.instance('blue', 1) };
  const who = 'tester';
  return {
    name,
    docker,
    instance,
    url,
    ports: {
      host: dockerConfigHost({ docker, name }),
      home: dockerHome({ docker, target: name, image, who, processes: hostProcesses }),
      runner: dockerRunner(docker),
      cache: environment.cache(),
    },
    exec: async (container, argv, env = {}) =>
      valueOf(await exec({ docker, container: inside[container] }, { argv, env }, testContext())),
    [Symbol.asyncDispose]: async () => {
      for (const container of [instance, home]) await container.remove({ force: true });
      for (const volume of Object.values(volumes))
        await docker
          .getVolume(volume)
          .remove()
          .catch(() => undefined);
    },
  };
}

async function start(docker: Docker, options: Docker.ContainerCreateOptions): Promise<Docker.Container> {
  const container = await docker.createContainer(options);
  await container.start();
  return container;
}

async function answering(url: string): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const response = await fetch(url).catch(() => undefined);
    if (response?.ok === true) return;
    await setTimeout(50);
  }
  throw new Error(`${url} never answered`);
}

// needs: docker
/** The home on the real engine, with real processes that take its lease and are killed. */
import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { beforeAll } from 'vitest';
import { dockerEngine } from '../../src/adapters/docker/engine.ts';
import { exec } from '../../src/adapters/docker/exec.ts';
import { dockerHome, HOME_FOLDER } from '../../src/adapters/docker/home.ts';
import { namesOf } from '../../src/adapters/docker/names.ts';
import { hostProcesses } from '../../src/kernel/processes.ts';
import { testContext } from '../worlds/context.ts';
import { runtimeImage } from '../worlds/docker/images.ts';
import { homeContract } from './home.contract.ts';

const docker = dockerEngine();
let image = '';

beforeAll(async () => {
  image = await runtimeImage('router');
});

homeContract('the home on Docker', async () => {
  const target = `t${randomUUID().slice(0, 8)}`;
  const names = namesOf(target);
  const keeper = await docker.createContainer({
    name: names.home,
    Image: image,
    Cmd: ['sh', '-c', `mkdir -p ${HOME_FOLDER}; exec sleep infinity`],
    HostConfig: { NetworkMode: 'none', Init: true },
  });
  await keeper.start();
  return {
    home: dockerHome({ docker, target, image, who: 'tester', processes: hostProcesses }),
    holdElsewhere: async (reason: string) => {
      const child = fork(join(import.meta.dirname, '../worlds/docker/child-lease.ts'), [target, image, reason]);
      const [said] = (await once(child, 'message')) as [string];
      if (said !== 'held') throw new Error(said);
      return async () => {
        child.kill('SIGKILL');
        await once(child, 'exit');
      };
    },
    cutJournal: async (text: string) => {
      const argv = ['sh', '-c', `cat >> ${HOME_FOLDER}/journal.jsonl`];
      await exec({ docker, container: keeper.id }, { argv, stdin: text }, testContext());
    },
    [Symbol.asyncDispose]: async () => {
      await keeper.remove({ force: true, v: true });
      await docker
        .getContainer(names.lease)
        .remove({ force: true })
        .catch(() => undefined);
    },
  };
});

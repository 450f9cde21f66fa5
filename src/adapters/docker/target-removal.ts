/** Takes a docker target away: all that has its label, and nothing else. */
import type Docker from 'dockerode';
import type { TargetContents, TargetRemoval } from '../../deploy/ports.ts';
import { ok, type Outcome } from '../../kernel/outcome.ts';
import { guardEngine, unlessMissing } from './engine.ts';
import { targetFilter } from './names.ts';

export function dockerTargetRemoval(docker: Docker, target: string): TargetRemoval {
  return {
    contents: () => guardEngine(() => contentsOf(docker, target)),
    remove: async (context) => {
      const found = await guardEngine(() => contentsOf(docker, target));
      if (!found.ok) return found;
      context.signal.throwIfAborted();
      return removeAll(docker, found.value);
    },
  };
}

async function contentsOf(docker: Docker, target: string): Promise<TargetContents> {
  const filters = targetFilter(target);
  const [containers, { Volumes: volumes }, networks] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listVolumes({ filters }),
    docker.listNetworks({ filters }),
  ]);
  return {
    containers: containers.map(({ Names, Id }) => (Names[0] ?? Id).replace(/^\//, '')).sort(),
    volumes: volumes.map(({ Name }) => Name).sort(),
    networks: networks.map(({ Name }) => Name).sort(),
  };
}

/** The lease goes last: nobody starts anew on what is half gone. */
async function removeAll(docker: Docker, contents: TargetContents): Promise<Outcome<TargetContents>> {
  const removed = await guardEngine(async () => {
    const lease = contents.containers.filter((name) => name.endsWith('-lease'));
    const others = contents.containers.filter((name) => !lease.includes(name));
    await Promise.all(others.map((name) => unlessMissing(docker.getContainer(name).remove({ force: true, v: true }))));
    for (const name of contents.volumes) await unlessMissing(docker.getVolume(name).remove());
    for (const name of contents.networks) await unlessMissing(docker.getNetwork(name).remove());
    for (const name of lease) await unlessMissing(docker.getContainer(name).remove({ force: true }));
  });
  return removed.ok ? ok(contents) : removed;
}

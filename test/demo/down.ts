/** Removes what the demo made: the target (`mwpipe down`), the images, and the cache. Nothing that it didn't make. */
import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import Docker from 'dockerode';
import { tell } from './story.ts';
import { workspaceFolder, type DemoPlace } from './workspace.ts';

export async function takeDown(place: DemoPlace, options: { readonly keepCache: boolean }): Promise<void> {
  const workspace = workspaceFolder(place);
  const story = tell({ workspace, quiet: false, signal: new AbortController().signal });
  if (existsSync(workspace)) await story.mwpipe('Remove the target', ['down', '--to', place.name, '--yes']);
  if (options.keepCache) {
    story.say(`kept the images, and ${place.cache}`);
    return;
  }
  const docker = new Docker();
  story.say(`\nremoved ${String(await removeContainers(docker))} containers of one-off work`);
  story.say(`removed ${String(await removeImages(docker))} images`);
  story.say(`removed ${String(await removeVolumes(docker))} volumes`);
  await rm(place.cache, { recursive: true, force: true });
  story.say(`removed ${place.cache}`);
  story.say('left: node_modules of this checkout, Debian packages, and dockerd where the demo started it');
}

const LABEL = 'mwpipe.role';

async function removeContainers(docker: Docker): Promise<number> {
  const found = await docker.listContainers({ all: true, filters: { label: [LABEL] } });
  const own = found.filter(
    ({ Labels }) => Labels['mwpipe.target'] === undefined || Labels['mwpipe.target'] === 'docker',
  );
  for (const { Id } of own) await docker.getContainer(Id).remove({ force: true, v: true });
  return own.length;
}

/** Children before parents: an image that others are built on can't go first. */
async function removeImages(docker: Docker): Promise<number> {
  let removed = 0;
  for (;;) {
    const images = await docker.listImages({ all: true });
    const own = images.filter(({ RepoTags, Labels }) => isOurs(RepoTags, Labels));
    let progress = 0;
    for (const { Id } of own) {
      await docker
        .getImage(Id)
        .remove({ force: true })
        .then(() => (progress += 1))
        .catch(() => undefined);
    }
    removed += progress;
    if (progress === 0) return removed;
  }
}

function isOurs(tags: readonly string[] | undefined, labels: Readonly<Record<string, string>> | undefined): boolean {
  const tagged = (tags ?? []).some((tag) => tag.startsWith('mwpipe/'));
  return tagged || Object.keys(labels ?? {}).some((name) => name.startsWith('mwpipe.'));
}

async function removeVolumes(docker: Docker): Promise<number> {
  const { Volumes } = await docker.listVolumes({ filters: { label: [LABEL] } });
  const own = Volumes.filter(
    ({ Labels }) => (Labels as Record<string, string> | null)?.['mwpipe.target'] === undefined,
  );
  for (const { Name } of own) await docker.getVolume(Name).remove();
  return own.length;
}

/** Whether anything of the demo's target is in the engine, be it half-made. */
export async function targetExists(place: DemoPlace): Promise<boolean> {
  const filters = { label: [`mwpipe.target=${place.name}`] };
  const docker = new Docker();
  const containers = await docker.listContainers({ all: true, filters });
  return containers.length > 0 || (await docker.listVolumes({ filters })).Volumes.length > 0;
}

/** The port of a demo that still runs. */
export async function runningPort(place: DemoPlace): Promise<number | undefined> {
  const text = await readFile(join(workspaceFolder(place), 'mwpipe.yaml'), 'utf8').catch(() => '');
  const port = /port: (\d+)/.exec(text)?.[1];
  if (port === undefined) return undefined;
  const containers = await new Docker().listContainers({
    filters: { label: [`mwpipe.target=${place.name}`, 'mwpipe.role=router'] },
  });
  return containers.some(({ Ports }) => Ports.some(({ PublicPort }) => PublicPort === Number(port)))
    ? Number(port)
    : undefined;
}

/** What the Docker engine knows of images: inspected, never run. A file is copied out of a container that never starts. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { extract } from 'tar-stream';
import type { EngineImage, EngineImages } from '../../build/inspect-ports.ts';
import type { Digest } from '../../kernel/digest.ts';
import { guardEngine, statusOf, unlessMissing, type Docker } from './engine.ts';

export function dockerImages(docker: Docker): EngineImages {
  return {
    find: (reference) => guardEngine(() => find(docker, reference)),
    file: (imageId, path) => guardEngine(() => fileOf(docker, imageId, path)),
    names: () =>
      guardEngine(async () => {
        const images = await docker.listImages({ filters: { label: ['mwpipe.kind=image'] } });
        return images.flatMap(({ RepoTags }) => RepoTags ?? []).filter((tag) => tag !== '<none>:<none>');
      }),
  };
}

async function find(docker: Docker, reference: string): Promise<EngineImage | undefined> {
  const image = docker.getImage(reference);
  const inspected = await unlessMissing(image.inspect().catch(unlessBadName));
  if (inspected === undefined) return undefined;
  const steps = (await docker.getImage(inspected.Id).history()) as readonly HistoryStep[];
  const count = inspected.RootFS.Layers?.length ?? 0;
  return {
    imageId: inspected.Id as Digest,
    tags: inspected.RepoTags,
    architecture: inspected.Architecture,
    created: inspected.Created,
    labels: labelsOf(inspected.Config.Labels),
    diffIds: (inspected.RootFS.Layers ?? []) as Digest[],
    history: historyOf(steps, count),
  };
}

/** As the engine answers, newest first. */
interface HistoryStep {
  readonly CreatedBy: string;
  readonly Size: number;
}

/** The engine doesn't say which steps made no layer: as many of those of size 0 as there are more steps than layers. */
function historyOf(steps: readonly HistoryStep[], layers: number): EngineImage['history'] {
  let superfluous = steps.length - layers;
  return steps.toReversed().map(({ CreatedBy, Size }) => {
    const empty = Size === 0 && superfluous > 0;
    if (empty) superfluous -= 1;
    return { createdBy: CreatedBy, bytes: Size, empty };
  });
}

/** Null where an image has none, whatever the client's types say. */
function labelsOf(labels: Readonly<Record<string, string>> | null | undefined): Readonly<Record<string, string>> {
  return labels ?? {};
}

/** The engine calls a name that can't be one a bad request: there is no such image either. */
function unlessBadName(thrown: unknown): undefined {
  if (statusOf(thrown) === 400) return undefined;
  throw thrown;
}

async function fileOf(docker: Docker, imageId: Digest, path: string): Promise<Buffer | undefined> {
  const container = await docker.createContainer({ Image: imageId, Cmd: ['none'], Labels: { 'mwpipe.kind': 'look' } });
  try {
    const archive = await unlessMissing(container.getArchive({ path: `/${path}` }));
    return archive === undefined ? undefined : await firstFile(archive);
  } finally {
    await container.remove({ force: true });
  }
}

/** Of an archive with one file; nothing above some MB is read. */
async function firstFile(archive: NodeJS.ReadableStream): Promise<Buffer | undefined> {
  const reader = extract();
  const read = pipeline(Readable.from(archive), reader);
  read.catch(() => undefined);
  for await (const entry of reader) {
    if (entry.header.type !== 'file' || entry.header.size > MOST_BYTES) return undefined;
    const chunks: Buffer[] = [];
    for await (const chunk of entry as AsyncIterable<Buffer>) chunks.push(chunk);
    return Buffer.concat(chunks);
  }
  return undefined;
}

const MOST_BYTES = 16_000_000;

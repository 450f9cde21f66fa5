/** Builds runtimes with the Docker engine: imports the base, then runs an ordinary Dockerfile on it. */
import { createHash } from 'node:crypto';
import type { ImageInspectInfo } from 'dockerode';
import type { BlobStore } from '../../kernel/blob-store.ts';
import type { Diagnostic } from '../../kernel/diagnostic.ts';
import type { Digest } from '../../kernel/digest.ts';
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import { TAR_END, tarHeader, tarPadding } from '../../kernel/tar.ts';
import type {
  BaseImage,
  BuildEvent,
  ProcessConfig,
  RuntimeEngine,
  RuntimeIdentity,
  RuntimeImage,
  RuntimeRequest,
} from '../../build/index.ts';
import { guardEngine, unlessMissing, type Docker } from './engine.ts';
import { saveLayers } from './save-image.ts';
import { EngineRefusal, upload, type EngineMessage } from './upload.ts';

type Context = RunContext<BuildEvent>;

export function dockerRuntimeEngine(docker: Docker, blobs: BlobStore): RuntimeEngine {
  return {
    find: (wanted) => guardEngine(() => find(docker, wanted)),
    findImage: (imageId) => guardEngine(() => findImage(docker, imageId)),
    build: async (request, context) => {
      const built = await guardEngine(() => build({ docker, blobs, request, context }));
      return built.ok ? built.value : built;
    },
    renew: (base, context) =>
      guardEngine(async () => {
        await importBase({ docker, blobs, context, anew: true }, base);
      }),
    take: ({ imageId, diffIds }, { signal }) =>
      guardEngine(() => saveLayers(docker, { imageId, diffIds }, { blobs, signal })),
  };
}

/** Not by its label alone: every image that somebody builds on a runtime inherits that. */
async function find(docker: Docker, { key, tag }: RuntimeIdentity): Promise<RuntimeImage | undefined> {
  const image = await unlessMissing(docker.getImage(tag).inspect());
  if (image === undefined || labelsOf(image.Config)[KEY_LABEL] !== key) return undefined;
  return runtimeImage(image, tag);
}

async function findImage(docker: Docker, imageId: Digest): Promise<RuntimeImage | undefined> {
  const image = await unlessMissing(docker.getImage(imageId).inspect());
  return image?.Id === imageId ? runtimeImage(image, image.RepoTags[0] ?? imageId) : undefined;
}

function runtimeImage(image: ImageInspectInfo, tag: string): RuntimeImage {
  return {
    imageId: image.Id as Digest,
    tag,
    diffIds: (image.RootFS.Layers ?? []) as Digest[],
    bytes: image.Size,
    config: processConfig(image.Config),
  };
}

const KEY_LABEL = 'mwpipe.key';

/** What an image says of its processes; the engine leaves out, or sets to null, what the Dockerfile didn't say. */
interface InspectedConfig {
  readonly Entrypoint?: string | readonly string[] | null | undefined;
  readonly Cmd?: readonly string[] | null;
  readonly Env?: readonly string[] | null;
  readonly WorkingDir?: string;
  readonly Labels?: Readonly<Record<string, string>> | null;
  readonly ExposedPorts?: Readonly<Record<string, unknown>> | null | undefined;
}

function labelsOf({ Labels }: InspectedConfig): Readonly<Record<string, string>> {
  return Labels ?? {};
}

function processConfig(config: InspectedConfig): ProcessConfig {
  const { Entrypoint: entrypoint } = config;
  return {
    entrypoint: typeof entrypoint === 'string' ? [entrypoint] : (entrypoint ?? []),
    cmd: config.Cmd ?? [],
    env: config.Env ?? [],
    workdir: config.WorkingDir ?? '',
    ports: Object.keys(config.ExposedPorts ?? {}),
  };
}

interface Build {
  readonly docker: Docker;
  readonly blobs: BlobStore;
  readonly request: RuntimeRequest;
  readonly context: Context;
}

async function build(work: Build): Promise<Outcome<RuntimeImage>> {
  const base = work.request.base === undefined ? undefined : await importBase(work, work.request.base);
  const log = stepLog((text) =>
    work.context.emit({ code: 'build/runtime-progress', runtime: work.request.name, text }),
  );
  try {
    await runDockerfile(work, { base, log });
  } catch (thrown) {
    if (!(thrown instanceof EngineRefusal) || /no space left on device/i.test(thrown.message)) throw thrown;
    return fail(runtimeFailed(work.request, { refusal: thrown, log }));
  }
  const made = await find(work.docker, work.request);
  return made === undefined ? fail(runtimeGone(work.request)) : ok(made);
}

async function runDockerfile(
  { docker, request, context }: Build,
  io: { base: string | undefined; log: StepLog },
): Promise<void> {
  await upload({
    body: buildContext(request),
    send: (body, abortSignal) =>
      docker.buildImage(body, {
        abortSignal,
        t: request.tag,
        dockerfile: DOCKERFILE,
        ...(request.target === undefined ? {} : { target: request.target }),
        ...(io.base === undefined ? {} : { buildargs: { BASE: io.base } }),
        labels: {
          ...request.labels,
          [KEY_LABEL]: request.key,
          'mwpipe.kind': 'runtime',
          'mwpipe.runtime': request.name,
        },
        networkmode: 'host',
        // On a base of ours `renew` has seen to it, and flavours share what the first one makes.
        nocache: request.fresh === true && request.base === undefined,
        rm: true,
        forcerm: true,
      }),
    onMessage: io.log.read,
    signal: context.signal,
  });
}

interface Import extends Pick<Build, 'docker' | 'blobs' | 'context'> {
  /** Though it is there: an image with another ID, on which the engine has built nothing yet. */
  readonly anew?: boolean;
}

/** @returns the ID of the base's image; the same bytes are imported once */
async function importBase({ docker, blobs, context, anew = false }: Import, { digest }: BaseImage): Promise<string> {
  const repo = 'mwpipe/base';
  const tag = digest.slice('sha256:'.length, 'sha256:'.length + 12);
  const base = docker.getImage(`${repo}:${tag}`);
  const there = await unlessMissing(base.inspect());
  if (!anew && there?.RootFS.Layers?.join() === digest) return there.Id;
  await upload({
    body: blobs.open(digest),
    send: (body, abortSignal) => docker.importImage(body, { abortSignal, repo, tag }),
    onMessage: () => undefined,
    signal: context.signal,
  });
  return (await base.inspect()).Id;
}

const DOCKERFILE = '.mwpipe.Dockerfile';

// eslint-disable-next-line @typescript-eslint/require-await -- an upload's body is read asynchronously
async function* buildContext({ dockerfile, files }: RuntimeRequest): AsyncGenerator<Buffer> {
  yield contextFile({ path: DOCKERFILE, executable: false, data: Buffer.from(dockerfile) });
  for (const file of files) yield contextFile(file);
  yield TAR_END;
}

/** Times come from the content: opcache never caches a file with time 0, nor one written just now. */
function contextFile({ path, executable, data }: RuntimeRequest['files'][number]): Buffer {
  const mtime = 315_532_800 + (createHash('sha256').update(data).digest().readUInt32BE() % 1_262_304_000);
  return Buffer.concat([
    tarHeader({ kind: 'file', path, bytes: data.length, executable, mtime }),
    data,
    tarPadding(data.length),
  ]);
}

interface StepLog {
  readonly read: (message: EngineMessage) => void;
  /** The step that runs, and its last lines. */
  readonly step: () => string;
  readonly tail: () => readonly string[];
}

const TAIL = 6;
/** The engine paints what a step says on stderr. */
const COLOUR = /\u001B\[\d*m/g;

/** Follows the classic builder's output: `Step 3/11 : RUN ...`, then what the step prints. */
function stepLog(onStep: (text: string) => void): StepLog {
  let step = '';
  let tail: string[] = [];
  return {
    read: ({ stream }) => {
      for (const line of (stream ?? '')
        .replaceAll(COLOUR, '')
        .split(/[\r\n]/)
        .map((one) => one.trim())) {
        if (line === '') continue;
        if (/^Step \d+\/\d+ : /.test(line)) {
          step = line;
          tail = [];
        } else tail = [...tail, line].slice(-TAIL);
        onStep(line);
      }
    },
    step: () => step,
    tail: () => tail,
  };
}

function runtimeFailed(
  request: RuntimeRequest,
  { refusal, log }: { refusal: EngineRefusal; log: StepLog },
): Diagnostic {
  const lines = log.tail().map((line) => `\n    ${line}`);
  return {
    code: 'build/runtime-failed',
    message: `runtime ${request.name} failed${log.step() === '' ? '' : ` at ${log.step()}`}: ${refusal.message}${lines.join('')}`,
    hint: `mend images/${request.name.split('/')[0] ?? ''}/Dockerfile, or the network if apt could not download; the steps before are kept`,
    exit: 'outside',
  };
}

function runtimeGone(request: RuntimeRequest): Diagnostic {
  return {
    code: 'build/runtime-failed',
    message: `runtime ${request.name} was built, and is not in the engine: something removed it meanwhile`,
    hint: 'run the same command again',
    exit: 'outside',
  };
}

/** The runner on Docker: one container for each piece of work, removed when it ends, killed when it takes too long. */
import { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { quote } from '../../kernel/diagnostic.ts';
import { messageOf } from '../../kernel/error.ts';
import { fail, ok, type Failed, type Outcome } from '../../kernel/outcome.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import type { Mount, OutputSink, Runner, RunRequest, RunResult } from '../../kernel/runner.ts';
import { demultiplexer } from './demultiplex.ts';
import { guardEngine, statusOf, unlessMissing } from './engine.ts';

export function dockerRunner(docker: Docker): Runner {
  return {
    run: async (request, output, context) => {
      const outcome = await guardEngine(() => runContainer(docker, request, { output, context }));
      return outcome.ok ? outcome.value : outcome;
    },
  };
}

async function runContainer(
  docker: Docker,
  request: RunRequest,
  io: { readonly output: OutputSink; readonly context: RunContext },
): Promise<Outcome<RunResult>> {
  io.context.signal.throwIfAborted();
  const container = await create(docker, request);
  if (container === undefined) {
    return fail({
      code: 'runner/no-image',
      message: `the engine has no image ${request.image}`,
      hint: 'mwpipe build makes it',
      exit: 'outside',
    });
  }
  let kept = false;
  try {
    for (const { at, tar } of request.inputs ?? []) {
      await container.putArchive(Readable.from(tar, { objectMode: false }), { path: at });
    }
    const ended = await attachAndWait(container, request, io);
    const taken = await takeOut(container, request, ended).catch(tooLongPath);
    if ('ok' in taken) return taken;
    const result = { ...ended, ...taken };
    kept = request.keepFailed === true && result.exitCode !== 0;
    return ok(kept ? { ...result, keptAs: container.id.slice(0, 12) } : result);
  } finally {
    if (!kept) await container.remove({ force: true, v: true }).catch(() => undefined);
  }
}

async function attachAndWait(
  container: Docker.Container,
  request: RunRequest,
  { output, context }: { readonly output: OutputSink; readonly context: RunContext },
): Promise<RunResult> {
  const stream = await container.attach({ stream: true, stdout: true, stderr: true });
  const frames = demultiplexer(output);
  stream.on('data', (chunk: Buffer) => frames.write(chunk));
  const drained = new Promise<void>((resolve) => {
    stream
      .once('close', resolve)
      .once('end', resolve)
      .once('error', () => resolve());
  });
  const exited = container.wait({ condition: 'next-exit' }) as Promise<{ StatusCode: number }>;
  await container.start();
  const deadline = AbortSignal.timeout(request.deadlineMs);
  const kill = (): void => void container.kill().catch(() => undefined);
  const stop = AbortSignal.any([deadline, context.signal]);
  stop.addEventListener('abort', kill, { once: true });
  if (stop.aborted) kill(); // aborted while the container was starting: no event will come
  try {
    const { StatusCode } = await exited;
    await drained;
    frames.end();
    context.signal.throwIfAborted();
    return { exitCode: StatusCode, timedOut: deadline.aborted };
  } finally {
    stop.removeEventListener('abort', kill);
  }
}

/** What the work left: asked of the stopped container. */
async function takeOut(
  container: Docker.Container,
  { collect, tellChanged = false }: RunRequest,
  { exitCode }: RunResult,
): Promise<Pick<RunResult, 'changed' | 'missing'>> {
  const changes = tellChanged ? ((await container.changes()) as { Path: string }[]) : [];
  const missing: string[] = [];
  for (const path of exitCode === 0 ? (collect?.paths ?? []) : []) {
    const archive = await unlessMissing(container.getArchive({ path }));
    if (archive === undefined) missing.push(path);
    else await collect?.take(path, archive as unknown as AsyncIterable<Uint8Array>);
  }
  return {
    ...(tellChanged ? { changed: withoutInit(changes.map(({ Path }) => Path).sort()) } : {}),
    ...(collect === undefined ? {} : { missing }),
  };
}

/** A container may be left with paths that its engine itself can't open: then nothing at all can be taken out. */
function tooLongPath(thrown: unknown): Failed {
  const said = messageOf(thrown);
  if (!/file name too long/i.test(said)) throw thrown;
  const path = /\/merged(\/.*): file name too long/i.exec(said)?.[1] ?? '';
  return fail({
    code: 'runner/path-too-long',
    message: `the work left a path of more than 4095 bytes, ${quote(path)}`,
    hint: 'no program can open it: look for a loop that makes folders in folders',
    exit: 'failed',
  });
}

/** The engine's own init, which it puts into each container, and the folders that it changed for that alone. */
function withoutInit(changed: readonly string[]): string[] {
  const init = changed.find((path) => /^(\/usr)?\/s?bin\/docker-init$/.test(path));
  if (init === undefined) return [...changed];
  const others = changed.filter((path) => !init.startsWith(`${path}/`) && path !== init);
  return changed.filter(
    (path) => path !== init && (others.includes(path) || others.some((one) => one.startsWith(`${path}/`))),
  );
}

async function create(docker: Docker, request: RunRequest): Promise<Docker.Container | undefined> {
  const [entrypoint, ...argv] = request.argv;
  try {
    return await docker.createContainer({
      Image: request.image,
      Entrypoint: entrypoint === undefined ? [] : [entrypoint],
      Cmd: argv,
      Env: Object.entries(request.env ?? {}).map(([name, value]) => `${name}=${value}`),
      Labels: { 'mwpipe.role': 'run', ...request.labels },
      HostConfig: {
        NetworkMode: request.network ?? 'none',
        Mounts: (request.mounts ?? []).map(mountOf),
        Init: true,
        ...limitsOf(request),
      },
      ...(request.workdir === undefined ? {} : { WorkingDir: request.workdir }),
      ...(request.user === undefined ? {} : { User: request.user }),
    });
  } catch (thrown) {
    if (statusOf(thrown) === 404) return undefined;
    throw thrown;
  }
}

function limitsOf({ limits }: RunRequest): Docker.HostConfig {
  const { memoryBytes, cpus, processes } = limits ?? {};
  return {
    ...(memoryBytes === undefined ? {} : { Memory: memoryBytes }),
    ...(cpus === undefined ? {} : { NanoCpus: Math.round(cpus * 1e9) }),
    ...(processes === undefined ? {} : { PidsLimit: processes }),
  };
}

function mountOf(mount: Mount): Docker.MountSettings {
  return { Type: mount.kind, Source: mount.source, Target: mount.target, ReadOnly: mount.readOnly };
}

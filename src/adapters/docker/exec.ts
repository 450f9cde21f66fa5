/** Runs a short command inside a running container and collects what it says. */
import type { Duplex } from 'node:stream';
import type Docker from 'dockerode';
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import { collector, demultiplexer } from './demultiplex.ts';
import { guardEngine, statusOf } from './engine.ts';

export interface ExecRequest {
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string | Uint8Array;
  readonly user?: string;
  readonly workdir?: string;
}

export interface ExecResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ExecTarget {
  readonly docker: Docker;
  readonly container: string;
}

/**
 * @returns fails with `docker/no-container` where it is not there or not running; a non-zero exit is a result.
 * An aborted signal stops waiting: the command inside goes on (the engine has no way to end it), so keep it short.
 */
export async function exec(
  target: ExecTarget,
  request: ExecRequest,
  context: Pick<RunContext, 'signal'>,
): Promise<Outcome<ExecResult>> {
  const outcome = await guardEngine(async () => {
    try {
      return ok(await execOnce(target, request, context.signal));
    } catch (thrown) {
      const status = statusOf(thrown);
      if (status !== 404 && status !== 409) throw thrown;
      return fail({
        code: 'docker/no-container',
        message: `container ${target.container} is ${status === 404 ? 'not there' : 'not running'}`,
        hint: 'mwpipe status shows what runs',
        exit: 'outside',
      });
    }
  });
  return outcome.ok ? outcome.value : outcome;
}

async function execOnce(target: ExecTarget, request: ExecRequest, signal: AbortSignal): Promise<ExecResult> {
  signal.throwIfAborted();
  const created = await target.docker.getContainer(target.container).exec({
    Cmd: [...request.argv],
    Env: Object.entries(request.env ?? {}).map(([name, value]) => `${name}=${value}`),
    AttachStdin: request.stdin !== undefined,
    AttachStdout: true,
    AttachStderr: true,
    ...(request.user === undefined ? {} : { User: request.user }),
    ...(request.workdir === undefined ? {} : { WorkingDir: request.workdir }),
  });
  const stream = await created.start({ hijack: request.stdin !== undefined, stdin: request.stdin !== undefined });
  const output = collector();
  await drain(stream, { input: request.stdin, output, signal });
  const { ExitCode } = await created.inspect();
  return { exitCode: ExitCode ?? -1, ...output.text };
}

async function drain(
  stream: Duplex,
  io: { input: string | Uint8Array | undefined; output: ReturnType<typeof collector>; signal: AbortSignal },
): Promise<void> {
  const frames = demultiplexer(io.output);
  const stop = (): void => {
    stream.destroy();
  };
  io.signal.addEventListener('abort', stop, { once: true });
  try {
    if (io.input !== undefined) stream.end(io.input);
    for await (const chunk of stream) frames.write(chunk as Buffer);
    frames.end();
  } finally {
    io.signal.removeEventListener('abort', stop);
    io.signal.throwIfAborted();
  }
}

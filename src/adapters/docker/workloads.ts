/** The workloads on Docker: containers with mwpipe's labels, their logs, and shells inside them. */
import type { Duplex } from 'node:stream';
import type Docker from 'dockerode';
import type { RunContext } from '../../kernel/run-context.ts';
import type { ShellStreams, Workload, Workloads } from '../../kernel/workloads.ts';
import { demultiplexer } from './demultiplex.ts';
import { guardEngine } from './engine.ts';

export function dockerWorkloads(docker: Docker): Workloads {
  return {
    list: () => guardEngine(() => listContainers(docker)),
    logs: (name, options, context) => guardEngine(() => streamLogs(docker.getContainer(name), options, context)),
    shell: async (workload, { argv, streams }, context) => {
      const place = await guardEngine(() => shellPlace(docker, workload));
      if (!place.ok) return place;
      try {
        return await guardEngine(() => runShell(place.value.container, { argv, streams }, context));
      } finally {
        await place.value.end();
      }
    },
  };
}

async function listContainers(docker: Docker): Promise<Workload[]> {
  const found = await docker.listContainers({ all: true, filters: { label: ['mwpipe.role'] } });
  return found.map(workloadOf).sort((a, b) => (a.name < b.name ? -1 : 1));
}

function workloadOf({ Names, Id, Labels, State }: Docker.ContainerInfo): Workload {
  const label = (name: 'target' | 'slot' | 'release' | 'run') => {
    const value = Labels[`mwpipe.${name}`];
    return value === undefined ? {} : { [name]: value };
  };
  return {
    name: Names[0]?.replace(/^\//, '') ?? Id.slice(0, 12),
    role: Labels['mwpipe.role'] ?? '',
    ...label('target'),
    ...label('slot'),
    ...label('release'),
    ...label('run'),
    running: State === 'running',
  };
}

async function streamLogs(
  container: Docker.Container,
  { follow, tail, output }: Parameters<Workloads['logs']>[1],
  context: RunContext,
): Promise<void> {
  const frames = demultiplexer(output);
  if (!follow) {
    frames.write(await container.logs({ follow: false, stdout: true, stderr: true, tail }));
    frames.end();
    return;
  }
  const stream = (await container.logs({ follow: true, stdout: true, stderr: true, tail })) as unknown as Duplex;
  const stop = (): void => void stream.destroy();
  context.signal.addEventListener('abort', stop, { once: true });
  try {
    for await (const chunk of stream) frames.write(chunk as Buffer);
  } catch (thrown) {
    if (!context.signal.aborted) throw thrown;
  } finally {
    context.signal.removeEventListener('abort', stop);
    frames.end();
  }
}

interface ShellPlace {
  readonly container: Docker.Container;
  end(): Promise<void>;
}

/** A failed test's container has ended: a shell gets a new one from what it left, with its mounts, for as long as it lasts. */
async function shellPlace(docker: Docker, workload: Workload): Promise<ShellPlace> {
  const container = docker.getContainer(workload.name);
  if (workload.running) return { container, end: () => Promise.resolve() };
  const left = await container.inspect();
  const image = (await container.commit({ comment: 'mwpipe shell' })) as { Id: string };
  const again = await docker.createContainer({
    Image: image.Id,
    Entrypoint: ['sleep'],
    Cmd: ['infinity'],
    Env: left.Config.Env,
    WorkingDir: left.Config.WorkingDir,
    User: left.Config.User,
    Labels: { 'mwpipe.role': 'shell' },
    HostConfig: {
      NetworkMode: left.HostConfig.NetworkMode ?? 'none',
      Mounts: left.HostConfig.Mounts ?? [],
      Init: true,
    },
  });
  await again.start();
  const end = async (): Promise<void> => {
    await again.remove({ force: true, v: true });
    await docker.getImage(image.Id).remove({ force: true });
  };
  return { container: again, end };
}

async function runShell(
  container: Docker.Container,
  { argv, streams }: { readonly argv: readonly string[]; readonly streams: ShellStreams },
  context: RunContext,
): Promise<number> {
  const created = await container.exec({
    Cmd: [...argv],
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    Tty: streams.terminal,
    Env: streams.terminal ? ['TERM=xterm-256color'] : [],
  });
  const connection = await created.start({ hijack: true, stdin: true, Tty: streams.terminal });
  const resize = (): void => {
    const size = { h: streams.stdout.rows ?? 24, w: streams.stdout.columns ?? 80 };
    created.resize(size).catch(() => undefined);
  };
  const stop = (): void => void connection.destroy();
  context.signal.addEventListener('abort', stop, { once: true });
  if (streams.terminal) {
    streams.stdin.setRawMode?.(true);
    streams.stdout.on('resize', resize);
    resize();
  }
  try {
    await carry(connection, streams);
  } finally {
    context.signal.removeEventListener('abort', stop);
    streams.stdin.unpipe(connection).pause();
    if (streams.terminal) streams.stdin.setRawMode?.(false);
    streams.stdout.off('resize', resize);
  }
  return (await created.inspect()).ExitCode ?? -1;
}

async function carry(connection: Duplex, streams: ShellStreams): Promise<void> {
  const frames = demultiplexer({
    stdout: (text) => void streams.stdout.write(text),
    stderr: (text) => void streams.stderr.write(text),
  });
  streams.stdin.pipe(connection);
  await new Promise<void>((resolve) => {
    connection.on('data', (chunk: Buffer) => {
      if (streams.terminal) streams.stdout.write(chunk);
      else frames.write(chunk);
    });
    connection
      .on('end', resolve)
      .on('close', resolve)
      .on('error', () => resolve());
  });
}

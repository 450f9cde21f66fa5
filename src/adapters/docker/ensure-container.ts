/**
 * Containers by desired state: made where they lack, started where they stand still, made anew where they differ. What
 * a container was made from is a label, so whatever a killed run left, the next one ends at the same place.
 */
import type Docker from 'dockerode';
import { digestOf } from '../../kernel/digest.ts';
import { statusOf, unlessMissing } from './engine.ts';

export interface ContainerSpec {
  readonly name: string;
  readonly image: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  readonly network: string;
  readonly volumes: readonly { readonly name: string; readonly at: string; readonly readOnly?: boolean }[];
  /** Published at 127.0.0.1. */
  readonly port?: { readonly inside: number; readonly outside: number };
  /** Given to end its requests before it is killed. */
  readonly stopSeconds?: number;
  /** A new image is no reason to interrupt what runs. @default false */
  readonly keepRunning?: boolean;
}

export type Change = 'kept' | 'made' | 'started' | 'replaced';

const SPEC_LABEL = 'mwpipe.spec';

export async function ensureContainer(docker: Docker, spec: ContainerSpec): Promise<Change> {
  const found = await unlessMissing(docker.getContainer(spec.name).inspect());
  if (found === undefined) {
    await createAndStart(docker, spec);
    return 'made';
  }
  if (found.Config.Labels[SPEC_LABEL] !== specDigest(spec)) {
    await removeContainer(docker, found.Id, spec.stopSeconds);
    await createAndStart(docker, spec);
    return 'replaced';
  }
  if (found.State.Running) return 'kept';
  await docker.getContainer(found.Id).start();
  return 'started';
}

/** Ends it the way it wants to be ended, then removes it. */
export async function removeContainer(docker: Docker, id: string, stopSeconds = 10): Promise<void> {
  const container = docker.getContainer(id);
  try {
    await container.stop({ t: stopSeconds });
  } catch (thrown) {
    // 304: it stands still already.
    if (statusOf(thrown) !== 304 && statusOf(thrown) !== 404) throw thrown;
  }
  await unlessMissing(container.remove({ force: true, v: true }));
}

async function createAndStart(docker: Docker, spec: ContainerSpec): Promise<void> {
  const container = await docker.createContainer({
    name: spec.name,
    Image: spec.image,
    Labels: { ...spec.labels, [SPEC_LABEL]: specDigest(spec) },
    Env: Object.entries(spec.env ?? {}).map(([name, value]) => `${name}=${value}`),
    ...(spec.entrypoint === undefined ? {} : { Entrypoint: [...spec.entrypoint] }),
    ...(spec.command === undefined ? {} : { Cmd: [...spec.command] }),
    ...(spec.port === undefined ? {} : { ExposedPorts: { [`${spec.port.inside}/tcp`]: {} } }),
    ...(spec.stopSeconds === undefined ? {} : { StopTimeout: spec.stopSeconds }),
    HostConfig: {
      NetworkMode: spec.network,
      RestartPolicy: { Name: 'unless-stopped' },
      LogConfig: { Type: 'json-file', Config: { 'max-size': '10m', 'max-file': '3' } },
      Mounts: spec.volumes.map(({ name, at, readOnly = false }) => ({
        Type: 'volume' as const,
        Source: name,
        Target: at,
        ReadOnly: readOnly,
      })),
      ...(spec.port === undefined ? {} : { PortBindings: bindings(spec.port) }),
    },
  });
  await container.start();
}

function bindings({ inside, outside }: { readonly inside: number; readonly outside: number }) {
  return { [`${inside}/tcp`]: [{ HostIp: '127.0.0.1', HostPort: String(outside) }] };
}

function specDigest(spec: ContainerSpec): string {
  const { image, keepRunning, ...rest } = spec;
  return digestOf(keepRunning === true ? rest : { ...rest, image });
}

/**
 * The pod of one piece of work. A pod's log mixes what a container says on its two outputs, so a second container of the same
 * image repeats the errors, which reach it through a named pipe. What goes in comes as ConfigMaps, unpacked by a first container.
 */
import type { RunRequest } from '../../kernel/runner.ts';

export const WORK = 'work';
export const ERRORS = 'errors';

/** Inside the pod, where nothing of an image is. */
const SHARED = '/run/mwpipe-work';

export interface PackedInput {
  readonly at: string;
  /** ConfigMaps that hold the gzipped tar, in order. */
  readonly parts: readonly string[];
}

export function workPod(name: string, request: RunRequest, inputs: readonly PackedInput[]): unknown {
  const image = { image: request.image, imagePullPolicy: 'IfNotPresent' };
  const shared = { name: 'shared', mountPath: SHARED };
  const places = inputs.map(({ at }, index) => ({ name: `input-${String(index)}`, mountPath: at }));
  const parts = inputs.map((_, index) => ({ name: `parts-${String(index)}`, mountPath: `${SHARED}-${String(index)}` }));
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { ...request.labels, 'mwpipe.role': 'run' } },
    spec: {
      restartPolicy: 'Never',
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      terminationGracePeriodSeconds: 0,
      // Where nobody is left to remove it, it ends by itself.
      activeDeadlineSeconds: Math.ceil(request.deadlineMs / 1000) + 60,
      initContainers: [
        {
          name: 'inputs',
          ...image,
          command: ['sh', '-ec', unpackScript(inputs)],
          volumeMounts: [shared, ...places, ...parts],
        },
      ],
      containers: [
        {
          name: WORK,
          ...image,
          command: ['sh', '-c', `exec "$@" 2> ${SHARED}/errors`, 'sh', ...request.argv],
          env: Object.entries(request.env ?? {}).map(([key, value]) => ({ name: key, value })),
          ...(request.workdir === undefined ? {} : { workingDir: request.workdir }),
          ...securityOf(request),
          resources: { limits: limitsOf(request) },
          volumeMounts: [shared, ...places],
        },
        { name: ERRORS, ...image, command: ['cat', `${SHARED}/errors`], volumeMounts: [shared] },
      ],
      volumes: [
        { name: 'shared', emptyDir: {} },
        ...places.map((place) => ({ name: place.name, emptyDir: {} })),
        ...inputs.map((input, index) => ({
          name: `parts-${String(index)}`,
          projected: { sources: input.parts.map(source) },
        })),
      ],
    },
  };
}

function unpackScript(inputs: readonly PackedInput[]): string {
  const unpack = inputs.map(({ at }, index) => `cat ${SHARED}-${String(index)}/* | tar -xzf - -C '${at}'`);
  return [`mkfifo -m 666 ${SHARED}/errors`, ...unpack].join('\n');
}

/** Each part under a name that sorts as the parts do. */
function source(name: string, index: number): unknown {
  return { configMap: { name, items: [{ key: 'part', path: String(index).padStart(4, '0') }] } };
}

function securityOf({ user }: RunRequest): object {
  const [uid, gid] = (user ?? '').split(':').map(Number);
  if (uid === undefined || gid === undefined) return {};
  return { securityContext: { runAsUser: uid, runAsGroup: gid } };
}

/** A limit of processes is the kubelet's, for all pods of a node. */
function limitsOf({ limits }: RunRequest): Readonly<Record<string, string>> {
  const { memoryBytes, cpus } = limits ?? {};
  return {
    ...(memoryBytes === undefined ? {} : { memory: String(memoryBytes) }),
    ...(cpus === undefined ? {} : { cpu: `${String(Math.round(cpus * 1000))}m` }),
  };
}

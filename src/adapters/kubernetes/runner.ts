/**
 * The runner on Kubernetes: one pod for each piece of work, removed when it ends, killed when it takes too long. It does what
 * checks need: inputs, environment, limits, output as it comes. Without a network only where the cluster's network plugin keeps
 * policies (the chart has one for these pods); mounts of a machine and taking files out are Docker's,
 * and what a pod changed can't be told.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { z } from 'zod';
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import type { OutputSink, Runner, RunRequest, RunResult } from '../../kernel/runner.ts';
import { askJson, guardCluster, namesWithRole, pathOf, remove, type Namespace } from './cluster.ts';
import { ERRORS, WORK, workPod, type PackedInput } from './run-pod.ts';

const PART_BYTES = 768 * 1024;
/** Of one run, gzipped: they pass through etcd. */
const INPUT_BYTES = 16 * 1024 * 1024;
const ROLE = 'run';
/** What a killed run left: its pod has ended by itself long before. */
const LEFTOVER_MS = 3_600_000;
const ASK_AGAIN_MS = 100;

interface Io {
  readonly output: OutputSink;
  readonly context: RunContext;
}

export function kubernetesRunner(namespace: Namespace): Runner {
  return {
    run: async (request, output, context) => {
      const unable = whatIsDockers(request);
      if (unable !== undefined) return cannot(unable);
      const outcome = await guardCluster(() => runPod(namespace, request, { output, context }));
      return outcome.ok ? outcome.value : outcome;
    },
  };
}

function whatIsDockers(request: RunRequest): string | undefined {
  if ((request.mounts ?? []).length > 0) return 'mounts';
  if (request.collect !== undefined) return 'taking files out of a pod';
  if (request.user !== undefined && !/^\d+:\d+$/.test(request.user)) return `a user by name (${request.user})`;
  return (request.inputs ?? []).some(({ at }) => at === '/' || at.includes("'")) ? 'inputs at /' : undefined;
}

async function runPod(namespace: Namespace, request: RunRequest, io: Io): Promise<Outcome<RunResult>> {
  io.context.signal.throwIfAborted();
  await sweep(namespace, io.context.clock.now());
  const name = `mwpipe-run-${randomUUID().slice(0, 13)}`;
  const made: string[] = [];
  let kept = false;
  try {
    const inputs = await sendInputs(namespace, { name, request, made });
    if (!inputs.ok) return inputs;
    await namespace.client.ask({
      method: 'POST',
      path: pathOf(namespace, 'pods'),
      body: workPod(name, request, inputs.value),
    });
    const result = await follow(namespace, { name, request }, io);
    kept = result.ok && request.keepFailed === true && result.value.exitCode !== 0;
    return kept && result.ok ? ok({ ...result.value, keptAs: name }) : result;
  } finally {
    const gone = kept ? [] : [remove(namespace, 'pods', name)];
    await Promise.all([...gone, ...made.map((part) => remove(namespace, 'configmaps', part))]).catch(() => undefined);
  }
}

/** Left by runs that were killed. */
async function sweep(namespace: Namespace, now: number): Promise<void> {
  for (const kind of ['configmaps', 'pods']) {
    const old = (await namesWithRole(namespace, ROLE, kind)).filter(({ createdMs }) => now - createdMs > LEFTOVER_MS);
    for (const { name } of old) await remove(namespace, kind, name);
  }
}

async function sendInputs(
  namespace: Namespace,
  { name, request, made }: { readonly name: string; readonly request: RunRequest; readonly made: string[] },
): Promise<Outcome<PackedInput[]>> {
  const inputs: PackedInput[] = [];
  for (const [index, { at, tar }] of (request.inputs ?? []).entries()) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of tar) chunks.push(chunk);
    const packed = gzipSync(Buffer.concat(chunks));
    if (packed.byteLength > INPUT_BYTES) return cannot(`inputs of ${String(packed.byteLength)} bytes, gzipped`);
    const parts: string[] = [];
    for (let from = 0; from < packed.byteLength; from += PART_BYTES) {
      const part = `${name}-${String(index)}-${String(parts.length)}`;
      parts.push(part);
      made.push(part);
      const binaryData = { part: packed.subarray(from, from + PART_BYTES).toString('base64') };
      const metadata = { name: part, labels: { 'mwpipe.role': ROLE } };
      const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata, immutable: true, binaryData };
      await namespace.client.ask({ method: 'POST', path: pathOf(namespace, 'configmaps'), body });
    }
    inputs.push({ at, parts });
  }
  return ok(inputs);
}

const waitingSchema = z.object({ reason: z.string().exactOptional(), message: z.string().exactOptional() });
const stateSchema = z.object({
  waiting: waitingSchema.nullish(),
  running: z.object({}).nullish(),
  terminated: z.object({ exitCode: z.number(), reason: z.string().exactOptional() }).nullish(),
});
const statusesSchema = z.array(z.object({ name: z.string(), state: stateSchema })).default([]);
const podSchema = z.object({
  status: z.object({ containerStatuses: statusesSchema, initContainerStatuses: statusesSchema }),
});

async function follow(
  namespace: Namespace,
  { name, request }: { readonly name: string; readonly request: RunRequest },
  { output, context }: Io,
): Promise<Outcome<RunResult>> {
  const deadline = AbortSignal.timeout(request.deadlineMs);
  const stop = AbortSignal.any([deadline, context.signal]);
  const logs: Promise<void>[] = [];
  while (!stop.aborted) {
    const { status } = podSchema.parse(await askJson(namespace, { path: `${pathOf(namespace, 'pods')}/${name}` }));
    const work = status.containerStatuses.find((container) => container.name === WORK)?.state;
    const problem = stuck([...status.initContainerStatuses, ...status.containerStatuses], request.image);
    if (problem !== undefined) return problem;
    const started = (work?.running ?? work?.terminated ?? null) !== null;
    if (started && logs.length === 0) {
      logs.push(
        copyLog(namespace, { pod: name, container: WORK, stop }, (text) => {
          output.stdout(text);
        }),
      );
      logs.push(
        copyLog(namespace, { pod: name, container: ERRORS, stop }, (text) => {
          output.stderr(text);
        }),
      );
    }
    const ended = work?.terminated ?? undefined;
    if (ended !== undefined) {
      await Promise.all(logs);
      return ok({ exitCode: ended.exitCode, timedOut: false });
    }
    await setTimeout(ASK_AGAIN_MS, undefined, { signal: stop }).catch(() => undefined);
  }
  context.signal.throwIfAborted();
  await Promise.all(logs);
  return ok({ exitCode: 137, timedOut: true });
}

/** What doesn't get better by waiting. */
function stuck(containers: z.output<typeof statusesSchema>, image: string): Outcome<never> | undefined {
  const waiting = containers.find(({ state }) => /ImagePull|ErrImage|InvalidImage/.test(state.waiting?.reason ?? ''))
    ?.state.waiting;
  if (waiting) {
    return fail({
      code: 'runner/no-image',
      message: `the cluster's nodes can't have ${image}: ${waiting.message ?? waiting.reason ?? ''}`,
      hint: 'is it in a registry that they may pull from?',
      exit: 'outside',
    });
  }
  const broken = containers.find(({ name, state }) => name === 'inputs' && (state.terminated?.exitCode ?? 0) !== 0);
  return broken === undefined ? undefined : cannot('unpacking the inputs: is there sh, tar and mkfifo in the image?');
}

async function copyLog(
  namespace: Namespace,
  { pod, container, stop }: { readonly pod: string; readonly container: string; readonly stop: AbortSignal },
  take: (text: string) => void,
): Promise<void> {
  const path = `${pathOf(namespace, 'pods')}/${pod}/log?container=${container}&follow=true`;
  const decoder = new TextDecoder();
  try {
    for await (const chunk of await namespace.client.stream({ path, signal: stop }))
      take(decoder.decode(chunk, { stream: true }));
  } catch (thrown) {
    if (!stop.aborted) throw thrown;
  }
}

function cannot(what: string): Outcome<never> {
  return fail({
    code: 'runner/not-on-kubernetes',
    message: `a pod can't do this here: ${what}`,
    hint: 'use an image that this machine has: --image IMAGE',
    exit: 'outside',
  });
}

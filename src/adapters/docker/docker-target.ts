/** The target port on one Docker engine: releases are containers of a slot, on a network with their router. */
import type Docker from 'dockerode';
import type { Instance, NamedWork, SlotRelease, Target, WorkResult } from '../../deploy/ports.ts';
import type { Outcome } from '../../kernel/outcome.ts';
import { all, fail, ok } from '../../kernel/outcome.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import type { Runner } from '../../kernel/runner.ts';
import { guardEngine } from './engine.ts';
import { ensureContainer, removeContainer } from './ensure-container.ts';
import { exec } from './exec.ts';
import { ensureDatabase } from './ensure-database.ts';
import { endLeftovers, tooSlow, workLabels } from './leftover-work.ts';
import { targetFilter } from './names.ts';
import {
  DRAIN_SECONDS,
  instanceSpec,
  releaseEnvironment,
  releaseVolumes,
  type TargetSettings,
} from './target-specs.ts';

export interface DockerTargetOptions {
  readonly docker: Docker;
  readonly target: TargetSettings;
  readonly runner: Runner;
}

/** As www-data: what a release writes must be its own to read. */
const RELEASE_USER = 'www-data';
const CODE = '/srv/mediawiki';

export function dockerTarget(options: DockerTargetOptions): Target {
  const { docker, target } = options;
  return {
    instances: () => listInstances(docker, target.name),
    startSlot: (wanted, context) => startSlot(options, wanted, context),
    ensureDatabase: (name, context) => ensureDatabase({ docker, target }, name, context),
    stopSlot: async (slot) => {
      const found = await listInstances(docker, target.name);
      return found.ok ? removeAll(docker, inSlot(found.value, slot)) : found;
    },
    runOnce: (wanted, work, context) => runOnce(options, { wanted, work }, context),
    runIn: async (instance, work, context) => {
      // The engine has no way to end a command inside: timeout(1) does it there.
      const argv = ['timeout', String(Math.ceil(work.deadlineMs / 1000)), ...work.argv];
      const request = { ...work, argv, user: RELEASE_USER, workdir: CODE };
      const done = await exec({ docker, container: instance }, request, context);
      return done.ok ? ok({ exitCode: done.value.exitCode, output: done.value.stdout + done.value.stderr }) : done;
    },
  };
}

/** In the order of their names. */
async function listInstances(docker: Docker, target: string): Promise<Outcome<Instance[]>> {
  const filters = targetFilter(target, 'instance');
  const listed = await guardEngine(() => docker.listContainers({ all: true, filters }));
  if (!listed.ok) return listed;
  const instances = listed.value.map((info): Instance => ({
    name: (info.Names[0] ?? info.Id).replace(/^\//, ''),
    slot: info.Labels['mwpipe.slot'] ?? '',
    release: Number(info.Labels['mwpipe.release']),
    image: info.ImageID,
    state: info.State === 'running' ? 'running' : 'stopped',
  }));
  return ok(instances.sort((a, b) => (a.name < b.name ? -1 : 1)));
}

function inSlot(instances: readonly Instance[], slot: string): Instance[] {
  return instances.filter((instance) => instance.slot === slot);
}

async function startSlot(
  { docker, target }: DockerTargetOptions,
  wanted: SlotRelease,
  context: RunContext,
): Promise<Outcome<Instance[]>> {
  context.signal.throwIfAborted();
  const before = await listInstances(docker, target.name);
  if (!before.ok) return before;
  const specs = Array.from({ length: wanted.instances }, (_, index) => instanceSpec(target, wanted, index + 1));
  const names = new Set(specs.map(({ name }) => name));
  const removed = await removeAll(
    docker,
    inSlot(before.value, wanted.slot).filter(({ name }) => !names.has(name)),
  );
  if (!removed.ok) return removed;
  const started = all(await Promise.all(specs.map((spec) => guardEngine(() => ensureContainer(docker, spec)))));
  if (!started.ok) return started;
  const after = await listInstances(docker, target.name);
  return after.ok ? ok(inSlot(after.value, wanted.slot)) : after;
}

async function removeAll(docker: Docker, instances: readonly Instance[]): Promise<Outcome<void>> {
  const outcomes = await Promise.all(
    instances.map(({ name }) => guardEngine(() => removeContainer(docker, name, DRAIN_SECONDS))),
  );
  const together = all(outcomes);
  return together.ok ? ok() : together;
}

async function runOnce(
  { docker, runner, target }: DockerTargetOptions,
  { wanted, work }: { readonly wanted: SlotRelease; readonly work: NamedWork },
  context: RunContext,
): Promise<Outcome<WorkResult>> {
  const alone = await endLeftovers({ docker, target: target.name, work }, context);
  if (!alone.ok) return alone;
  let output = '';
  const sink = (text: string): void => void (output += text);
  const done = await runner.run(
    {
      image: wanted.image,
      argv: work.argv,
      env: { ...releaseEnvironment(target, wanted), ...work.env },
      mounts: releaseVolumes(target.name).map(({ name, at, readOnly }) => {
        return { kind: 'volume', source: name, target: at, readOnly } as const;
      }),
      network: `mwpipe-${target.name}`,
      user: RELEASE_USER,
      workdir: CODE,
      labels: workLabels(target.name, work.name),
      deadlineMs: work.deadlineMs,
    },
    { stdout: sink, stderr: sink },
    context,
  );
  if (!done.ok) return done;
  if (!done.value.timedOut) return ok({ exitCode: done.value.exitCode, output });
  return fail(tooSlow(work));
}

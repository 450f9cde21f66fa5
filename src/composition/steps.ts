/** Build steps, with real git, the Docker engine, and this machine's way to npm's registry. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  planSteps,
  readSteps,
  runSteps,
  type BuildEvent,
  type MachineNetwork,
  type StepPorts,
  type StepsDone,
  type StepsPlan,
} from '../build/index.ts';
import { ok, type Outcome } from '../kernel/outcome.ts';
import type { RunContext } from '../kernel/run-context.ts';
import type { Workspace } from '../kernel/workspace.ts';
import { readLock, restorePatched, type Lockfile, type ResolveEvent } from '../resolve/index.ts';
import { buildPorts } from './build.ts';
import { withGit, type GitPorts } from './git.ts';

export interface StepsOptions {
  readonly set: string;
  readonly runtime: string;
  readonly only?: readonly string[];
}

type Context = RunContext<BuildEvent | ResolveEvent>;

/** What `runStepsIn` would do. */
export async function planStepsIn(
  workspace: Workspace,
  options: StepsOptions,
  context: Context,
): Promise<Outcome<StepsPlan>> {
  return withGit(workspace, async (git) => {
    const read = await readIn(workspace, options, { git, context });
    return read.ok ? ok(read.value.plan) : read;
  });
}

export async function runStepsIn(
  workspace: Workspace,
  options: StepsOptions,
  context: Context,
): Promise<Outcome<StepsDone>> {
  return withGit(workspace, async (git) => {
    const read = await readIn(workspace, options, { git, context });
    if (!read.ok) return read;
    const { plan, lock, ports } = read.value;
    return runSteps(plan, { lock }, { ports, context });
  });
}

interface Read {
  readonly lock: Lockfile;
  readonly plan: StepsPlan;
  readonly ports: StepPorts;
}

async function readIn(
  workspace: Workspace,
  options: StepsOptions,
  { git, context }: { readonly git: GitPorts; readonly context: Context },
): Promise<Outcome<Read>> {
  const written = await readLock(workspace.root, options.set);
  const lock = written.ok ? await restorePatched(written.value, git, context) : written;
  if (!lock.ok) return lock;
  const ports = await stepPorts(workspace, git);
  const facts = await readSteps({ ...options, lock: lock.value }, ports, context);
  return facts.ok ? ok({ lock: lock.value, plan: planSteps(facts.value), ports }) : facts;
}

export async function stepPorts(workspace: Workspace, git: GitPorts): Promise<StepPorts> {
  const [{ dockerEngine }, { dockerRunner }] = await Promise.all([
    import('../adapters/docker/engine.ts'),
    import('../adapters/docker/runner.ts'),
  ]);
  return {
    ...(await buildPorts(workspace, git)),
    runner: dockerRunner(dockerEngine()),
    network: machineNetwork,
    logs: join(workspace.cache, 'steps'),
  };
}

async function machineNetwork(): Promise<MachineNetwork> {
  const { npmSettings } = await import('../adapters/npm/settings.ts');
  const { registry, cafile } = await npmSettings();
  const certificates = cafile === undefined ? undefined : await readFile(cafile, 'utf8').catch(() => undefined);
  return {
    name: 'bridge',
    ...(registry === undefined ? {} : { npmRegistry: registry }),
    ...(certificates === undefined ? {} : { certificates }),
  };
}

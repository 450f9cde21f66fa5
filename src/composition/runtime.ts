/** Runtimes by themselves, with the Docker engine and this machine's debootstrap. */
import {
  buildRuntimes,
  listRuntimes,
  lockRuntimes,
  readOutdatedRuntimes,
  selectRuntimes,
  type BuildEvent,
  type BuiltRuntime,
  type ListedRuntime,
  type LockedRuntime,
  type LockPorts,
  type OutdatedRuntime,
  type MatrixRequest,
  type RuntimeSelection,
} from '../build/index.ts';
import type { Outcome } from '../kernel/outcome.ts';
import type { RunContext } from '../kernel/run-context.ts';
import type { Workspace } from '../kernel/workspace.ts';
import { runtimePorts } from './runtime-ports.ts';

export interface RuntimeOptions extends RuntimeSelection {
  /** How many side by side. */
  readonly jobs: number;
  /** Bases and every step anew. @default false */
  readonly fresh?: boolean;
}

type Context = RunContext<BuildEvent>;

export async function listRuntimesIn(workspace: Workspace): Promise<Outcome<readonly ListedRuntime[]>> {
  return withSelected(workspace, { names: [], all: true, jobs: 1 }, ({ runtimes }, ports) =>
    listRuntimes(runtimes, ports),
  );
}

export async function buildRuntimesIn(
  workspace: Workspace,
  options: RuntimeOptions,
  context: Context,
): Promise<Outcome<readonly BuiltRuntime[]>> {
  return withSelected(workspace, options, (wanted, ports) => buildRuntimes(wanted, ports, context));
}

export async function lockRuntimesIn(
  workspace: Workspace,
  options: RuntimeOptions,
  context: Context,
): Promise<Outcome<readonly LockedRuntime[]>> {
  return withSelected(workspace, options, (wanted, ports) => lockRuntimes(wanted, ports, context));
}

export async function outdatedRuntimesIn(
  workspace: Workspace,
  options: RuntimeOptions,
  context: Context,
): Promise<Outcome<readonly OutdatedRuntime[]>> {
  return withSelected(workspace, options, (wanted, ports) => readOutdatedRuntimes(wanted, ports, context));
}

async function withSelected<T>(
  workspace: Workspace,
  options: RuntimeOptions,
  verb: (wanted: MatrixRequest, ports: LockPorts) => Promise<Outcome<T>>,
): Promise<Outcome<T>> {
  const ports = await runtimePorts(workspace);
  const runtimes = await selectRuntimes(ports.folder, options);
  if (!runtimes.ok) return runtimes;
  const [{ dockerRunner }, { dockerEngine }] = await Promise.all([
    import('../adapters/docker/runner.ts'),
    import('../adapters/docker/engine.ts'),
  ]);
  const { jobs, fresh = false } = options;
  return verb({ runtimes: runtimes.value, jobs, fresh }, { ...ports, runner: dockerRunner(dockerEngine()) });
}

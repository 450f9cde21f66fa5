/** Build steps, with real git, the Docker engine, and this machine's way to npm's registry. */
import {
  planSteps,
  readSteps,
  runSteps,
  submitOutputs,
  verifySteps,
  type BuildEvent,
  type StepPorts,
  type StepsDone,
  type StepsPlan,
  type SubmitRequest,
  type Submitted,
} from '../build/index.ts';
import { ok, type Outcome } from '../kernel/outcome.ts';
import type { RunContext } from '../kernel/run-context.ts';
import type { Workspace } from '../kernel/workspace.ts';
import { readLock, restorePatched, type Lockfile, type ResolveEvent } from '../resolve/index.ts';
import { buildPorts } from './build.ts';
import { containerPorts } from './containers.ts';
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

/** Runs what is new; with `verify` all of it once more, to see whether it gives the same. */
export async function runStepsIn(
  workspace: Workspace,
  { verify, ...options }: StepsOptions & { readonly verify: boolean },
  context: Context,
): Promise<Outcome<StepsDone>> {
  return withGit(workspace, async (git) => {
    const read = await readIn(workspace, options, { git, context });
    if (!read.ok) return read;
    const { plan, lock, ports } = read.value;
    const done = await runSteps(plan, { lock }, { ports, context });
    if (!done.ok || !verify) return done;
    const same = await verifySteps({ plan, done: done.value }, { lock, keepFailed: false }, { ports, context });
    return same.ok ? done : same;
  });
}

export interface SubmitOptions extends Omit<StepsOptions, 'only'>, Pick<SubmitRequest, 'to' | 'dryRun'> {
  readonly component: string;
  readonly url?: string;
}

/** Runs the steps of one component, and makes a commit of what they made. */
export async function submitIn(
  workspace: Workspace,
  { component: name, to, dryRun, url, ...options }: SubmitOptions,
  context: Context,
): Promise<Outcome<Submitted>> {
  return withGit(workspace, async (git) => {
    const read = await readIn(workspace, { ...options, only: [name] }, { git, context });
    if (!read.ok) return read;
    const { plan, lock, ports } = read.value;
    const done = await runSteps(plan, { lock }, { ports, context });
    if (!done.ok) return done;
    const component = lock.components.find((one) => one.name === name);
    if (component === undefined) throw new Error(`the steps of ${name} were read, and the lock does not have it`);
    const request = { component, plan, done: done.value, to, dryRun, ...(url === undefined ? {} : { url }) };
    return submitOutputs(request, { ...ports, submissions: git.submissions }, context);
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
  return { ...(await buildPorts(workspace, git, {})), ...(await containerPorts(workspace)) };
}

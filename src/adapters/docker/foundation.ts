/** What every release of a docker target stands on, made in the order in which it needs each other. Idempotent. */
import type Docker from 'dockerode';
import type { Foundation } from '../../deploy/ports.ts';
import type { SourceRange } from '../../kernel/diagnostic.ts';
import { messageOf } from '../../kernel/error.ts';
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import { guardEngine, statusOf, unlessMissing } from './engine.ts';
import { ensureContainer, removeContainer, type Change, type ContainerSpec } from './ensure-container.ts';
import { exec, type ExecRequest } from './exec.ts';
import { labelsOf, namesOf, targetFilter } from './names.ts';
import { DATABASE_READY, MAKE_SECRETS, REPLACE_FILE, WRITE_PINS } from './target-scripts.ts';
import { databaseSpec, homeSpec, routerSpec, type FoundationImages, type TargetSettings } from './target-specs.ts';

/** What the router is told about slots; how it is written is the router's matter. */
interface RouterProgram {
  readonly configFile: string;
  config(slots: readonly { readonly slot: string; readonly instances: readonly string[] }[]): string;
  /** Takes up a new configuration without losing a request or a share. */
  reload(context: RunContext): Promise<Outcome<void>>;
}

export interface FoundationOptions {
  readonly docker: Docker;
  readonly target: TargetSettings;
  readonly images: FoundationImages;
  readonly slots: readonly string[];
  /** The most instances that a slot may have now. */
  readonly instances: number;
  readonly router: RouterProgram;
  /** Where the port was typed. */
  readonly portAt?: SourceRange;
  /** Who listens on a port of this machine, as far as one may see. */
  readonly portHolder: (port: number) => string | undefined;
}

export function dockerFoundation(options: FoundationOptions): Foundation {
  return { prepare: (context) => prepareTarget(options, context) };
}

/** @returns the names of what it made or changed */
async function prepareTarget(options: FoundationOptions, context: RunContext): Promise<Outcome<string[]>> {
  const changed: string[] = [];
  const steps = [
    ensureNetwork,
    ensureVolumes,
    waitForLeftovers,
    ensureHome,
    ensureSecrets,
    ensureDatabase,
    ensureRouter,
  ];
  for (const step of steps) {
    context.signal.throwIfAborted();
    const outcome = await guardEngine(() => step(options, context));
    const done = outcome.ok ? outcome.value : outcome;
    if (!done.ok) return done;
    changed.push(...done.value);
  }
  return ok(changed);
}

type Step = (options: FoundationOptions, context: RunContext) => Promise<Outcome<string[]>>;

const ensureNetwork: Step = async ({ docker, target: { name } }) => {
  const { network } = namesOf(name);
  if ((await unlessMissing(docker.getNetwork(network).inspect())) !== undefined) return ok([]);
  try {
    await docker.createNetwork({ Name: network, CheckDuplicate: true, Labels: labelsOf(name, 'network') });
  } catch (thrown) {
    if (statusOf(thrown) !== 409) throw thrown;
  }
  return ok([network]);
};

const ensureVolumes: Step = async ({ docker, target: { name } }) => {
  const made: string[] = [];
  for (const volume of Object.values(namesOf(name).volumes)) {
    if ((await unlessMissing(docker.getVolume(volume).inspect())) !== undefined) continue;
    await docker.createVolume({ Name: volume, Labels: labelsOf(name, 'volume') });
    made.push(volume);
  }
  return ok(made);
};

const ensureHome: Step = async ({ docker, target, images }) => ok(await ensured(docker, homeSpec(target, images.home)));

/** What a killed mwpipe had begun (an install, an update) goes on by itself: it ends before anything new begins. */
const waitForLeftovers: Step = async ({ docker, target }, context) => {
  const running = await docker.listContainers({ filters: targetFilter(target.name, 'run') });
  for (const { Id } of running) await docker.getContainer(Id).wait({ abortSignal: context.signal });
  const left = await docker.listContainers({ all: true, filters: targetFilter(target.name, 'run') });
  for (const { Id } of left) await removeContainer(docker, Id, 0);
  return ok([]);
};

const ensureSecrets: Step = async (options, context) => {
  const made = await inHome(options, { argv: ['sh', '-c', MAKE_SECRETS] }, context);
  if (!made.ok) return made;
  const pins = await inHome(options, { argv: ['sh', '-c', WRITE_PINS, 'sh', ...options.slots] }, context);
  return pins.ok ? ok([]) : pins;
};

const ensureDatabase: Step = async (options, context) => {
  const { docker, target, images } = options;
  if (target.database === 'sqlite') return ok([]);
  const changed = await ensured(docker, databaseSpec(target, images.database));
  const ready = await waitForDatabase(options, context);
  return ready.ok ? ok(changed) : ready;
};

const DATABASE_DEADLINE_MS = 90_000;

async function waitForDatabase({ docker, target }: FoundationOptions, context: RunContext): Promise<Outcome<void>> {
  const container = namesOf(target.name).database;
  const deadline = context.clock.now() + DATABASE_DEADLINE_MS;
  let said = '';
  while (context.clock.now() < deadline) {
    const asked = await exec({ docker, container }, { argv: ['sh', '-c', DATABASE_READY] }, context);
    if (asked.ok && asked.value.exitCode === 0) return ok();
    said = asked.ok ? asked.value.stderr.trim() : asked.diagnostics[0].message;
    await context.clock.sleep(250, context.signal);
  }
  return fail({
    code: 'deploy/database-not-ready',
    message: `the database did not start within ${DATABASE_DEADLINE_MS / 1000} s (${said})`,
    hint: 'mwpipe logs database',
    exit: 'outside',
  });
}

const ensureRouter: Step = async (options, context) => {
  const { target, router } = options;
  const config = router.config(await slotServers(options));
  const argv = ['sh', '-c', REPLACE_FILE, 'sh', router.configFile];
  const written = await inHome(options, { argv, stdin: config }, context);
  if (!written.ok) return written;
  const started = await startRouter(options);
  if (!started.ok) return started;
  if (started.value !== 'kept') return ok([namesOf(target.name).router]);
  if (written.value !== 'changed') return ok([]);
  const reloaded = await router.reload(context);
  return reloaded.ok ? ok([namesOf(target.name).router]) : reloaded;
};

/** As many servers as the larger slot has or will have, in both: a deploy then rarely needs another configuration. */
async function slotServers({ docker, target, slots, instances }: FoundationOptions) {
  const found = await docker.listContainers({ all: true, filters: targetFilter(target.name, 'instance') });
  const counts = slots.map((slot) => found.filter(({ Labels }) => Labels['mwpipe.slot'] === slot).length);
  const numbers = Array.from({ length: Math.max(instances, ...counts) }, (_, index) => index + 1);
  return slots.map((slot) => ({ slot, instances: numbers.map((n) => namesOf(target.name).instance(slot, n)) }));
}

async function startRouter({
  docker,
  target,
  images,
  portAt,
  portHolder,
}: FoundationOptions): Promise<Outcome<Change>> {
  const spec = routerSpec(target, images.router);
  try {
    return ok(await ensureContainer(docker, spec));
  } catch (thrown) {
    if (!/port is already allocated|address already in use/i.test(messageOf(thrown))) throw thrown;
    await removeContainer(docker, spec.name, 0);
    const holder = (await containerOnPort(docker, target.port)) ?? portHolder(target.port);
    return fail({
      code: 'deploy/port-in-use',
      message: `port ${target.port} of 127.0.0.1 is taken${holder === undefined ? '' : ` by ${holder}`}`,
      hint: `stop that, or set another "port:" for ${target.name} in mwpipe.yaml`,
      ...(portAt === undefined ? {} : { at: portAt }),
      exit: 'outside',
    });
  }
}

async function containerOnPort(docker: Docker, port: number): Promise<string | undefined> {
  const running = await docker.listContainers();
  const holder = running.find(({ Ports }) => Ports.some(({ PublicPort }) => PublicPort === port));
  return holder === undefined ? undefined : `container ${(holder.Names[0] ?? holder.Id).replace(/^\//, '')}`;
}

async function ensured(docker: Docker, spec: ContainerSpec): Promise<string[]> {
  return (await ensureContainer(docker, spec)) === 'kept' ? [] : [spec.name];
}

/** Runs a script in the home container. @returns what it printed, trimmed */
async function inHome(
  { docker, target }: FoundationOptions,
  request: ExecRequest,
  context: RunContext,
): Promise<Outcome<string>> {
  const done = await exec({ docker, container: namesOf(target.name).home }, request, context);
  if (!done.ok) return done;
  if (done.value.exitCode === 0) return ok(done.value.stdout.trim());
  return fail({
    code: 'deploy/home-failed',
    message: `the home of ${target.name} can't be written: ${done.value.stderr.trim().slice(-300)}`,
    hint: 'is the disk full? df -h; the same command goes on from here',
    exit: 'outside',
  });
}

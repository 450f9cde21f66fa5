/**
 * The lease of a docker target: a container that is created and never started. Its name is the lock (the engine gives
 * a name to one container only, whoever asks from wherever), its labels say who holds it.
 */
import type Docker from 'dockerode';
import type { Diagnostic } from '../../kernel/diagnostic.ts';
import type { Lease, LeaseHolder } from '../../kernel/home.ts';
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import { guardEngine, statusOf, unlessMissing } from './engine.ts';
import { labelsOf } from './names.ts';

/** A process of one machine, told from a later one that got the same number. */
interface ProcessIdentity {
  readonly pid: number;
  /** Since boot, as the kernel counts. */
  readonly startTime: string;
  readonly bootId: string;
  readonly host: string;
}

interface Processes {
  self(): ProcessIdentity;
  /** Only asked about processes of this machine. */
  isAlive(identity: ProcessIdentity): boolean;
}

export interface LeaseOptions {
  readonly docker: Docker;
  readonly target: string;
  readonly name: string;
  /** Any image that the engine has: nothing of it runs. */
  readonly image: string;
  readonly who: string;
  readonly processes: Processes;
}

/** While another takes over from the same dead holder, the engine is still removing what that one left. */
const ATTEMPTS = 20;
const PAUSE_MS = 100;

/** @returns fails with `lock/held`; takes over from a holder on this machine whose process has ended */
export async function acquireLease(
  options: LeaseOptions,
  reason: string,
  { clock }: Pick<RunContext, 'clock'>,
): Promise<Outcome<Lease>> {
  const wanted = { reason, since: new Date(clock.now()).toISOString() };
  const outcome = await guardEngine(async () => {
    for (let attempt = 1; ; attempt += 1) {
      const id = await create(options, wanted);
      if (id !== undefined) return ok(leaseOf(options, id, wanted));
      const held = await readHolder(options);
      if (held === undefined) continue;
      if (attempt === ATTEMPTS || !hasEnded(held, options.processes)) return fail(heldBy(held.holder, options));
      // By id: who took over a moment before us has another one, and keeps it.
      await removeOnce(options.docker, held.id);
      if (attempt > 1) await clock.sleep(PAUSE_MS);
    }
  });
  return outcome.ok ? outcome.value : outcome;
}

export async function leaseHolder(options: LeaseOptions): Promise<Outcome<LeaseHolder | undefined>> {
  return guardEngine(async () => {
    const held = await readHolder(options);
    return held === undefined || hasEnded(held, options.processes) ? undefined : held.holder;
  });
}

interface Held {
  readonly id: string;
  readonly holder: LeaseHolder;
  readonly process: ProcessIdentity;
}

/** @returns undefined where the name is taken */
async function create(
  { docker, target, name, image, who, processes }: LeaseOptions,
  { reason, since }: { readonly reason: string; readonly since: string },
): Promise<string | undefined> {
  const self = processes.self();
  try {
    const made = await docker.createContainer({
      name,
      Image: image,
      Cmd: ['true'],
      HostConfig: { NetworkMode: 'none' },
      Labels: {
        ...labelsOf(target, 'lease'),
        'mwpipe.who': who,
        'mwpipe.host': self.host,
        'mwpipe.pid': String(self.pid),
        'mwpipe.boot': self.bootId,
        'mwpipe.start-time': self.startTime,
        'mwpipe.reason': reason,
        'mwpipe.since': since,
      },
    });
    return made.id;
  } catch (thrown) {
    if (statusOf(thrown) === 409) return undefined;
    throw thrown;
  }
}

async function readHolder({ docker, name }: LeaseOptions): Promise<Held | undefined> {
  const found = await unlessMissing(docker.getContainer(name).inspect());
  if (found === undefined) return undefined;
  const label = (key: string): string => found.Config.Labels[`mwpipe.${key}`] ?? '';
  const pid = Number(label('pid'));
  const host = label('host');
  return {
    id: found.Id,
    holder: { who: label('who'), host, pid, reason: label('reason'), since: label('since') },
    process: { pid, host, bootId: label('boot'), startTime: label('start-time') },
  };
}

/** Of a process on another machine nobody here can tell. */
function hasEnded({ process }: Held, processes: Processes): boolean {
  return process.host === processes.self().host && !processes.isAlive(process);
}

function leaseOf(
  options: LeaseOptions,
  id: string,
  { reason, since }: { readonly reason: string; readonly since: string },
): Lease {
  const { pid, host } = options.processes.self();
  return {
    holder: { who: options.who, host, pid, reason, since },
    [Symbol.asyncDispose]: async () => {
      await guardEngine(() => removeOnce(options.docker, id));
    },
  };
}

/** Somebody else may be removing the same one: the engine says 404 or 409 then. */
async function removeOnce(docker: Docker, id: string): Promise<void> {
  try {
    await docker.getContainer(id).remove({ force: true });
  } catch (thrown) {
    if (statusOf(thrown) !== 404 && statusOf(thrown) !== 409) throw thrown;
  }
}

function heldBy(holder: LeaseHolder, { target, name }: LeaseOptions): Diagnostic {
  return {
    code: 'lock/held',
    message: `${holder.who} holds ${target} for "${holder.reason}" since ${holder.since} (process ${String(holder.pid)} on ${holder.host})`,
    hint: `wait for it, or stop it there; if that machine is gone for good: docker rm ${name}`,
    exit: 'refused',
  };
}

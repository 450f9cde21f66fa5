/**
 * The lease of a target of kind kubernetes: a Lease object, which one run makes and renews, and another takes over when it wasn't
 * renewed for half a minute, or when its holder was a process of this machine that has ended. Times are the API server's own
 * (from its answers), so no machine's clock matters.
 */
import { z } from 'zod';
import type { Diagnostic } from '../../kernel/diagnostic.ts';
import type { Lease, LeaseHolder } from '../../kernel/home.ts';
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import { guardCluster, pathOf, unless, type Namespace } from './cluster.ts';

interface ProcessIdentity {
  readonly pid: number;
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
  readonly namespace: Namespace;
  readonly who: string;
  readonly processes: Processes;
}

const NAME = 'mwpipe-home';
const GROUP = 'apis/coordination.k8s.io/v1';
const HOLDER = 'mwpipe/holder';
const DURATION_SECONDS = 30;
const RENEW_MS = 10_000;
const ATTEMPTS = 20;
const PAUSE_MS = 50;

const holderSchema = z.object({
  who: z.string(),
  host: z.string(),
  pid: z.number(),
  reason: z.string(),
  since: z.string(),
  bootId: z.string(),
  startTime: z.string(),
});
const leaseSchema = z.object({
  metadata: z.object({ uid: z.string(), resourceVersion: z.string(), annotations: z.record(z.string(), z.string()) }),
  spec: z.object({ renewTime: z.string() }),
});

interface Held {
  readonly uid: string;
  readonly version: string;
  readonly holder: z.output<typeof holderSchema>;
  /** It wasn't renewed, or its process has ended. */
  readonly ended: boolean;
}

/** @returns fails with `lock/held` */
export async function acquireLease(
  options: LeaseOptions,
  reason: string,
  context: RunContext,
): Promise<Outcome<Lease>> {
  const outcome = await guardCluster(async () => {
    const { pid, host, bootId, startTime } = options.processes.self();
    const since = new Date(context.clock.now()).toISOString();
    const holder = { who: options.who, host, pid, reason, since, bootId, startTime };
    for (let attempt = 1; ; attempt += 1) {
      const uid = await create(options.namespace, holder);
      if (uid !== undefined) return ok(leaseOf(options.namespace, { uid, holder }, context));
      const held = await readHeld(options);
      if (held === undefined) continue;
      if (attempt >= ATTEMPTS || !held.ended) return fail(heldBy(held.holder, options.namespace));
      // As it was seen: who took over a moment before us has another one, and keeps it.
      await removeLease(options.namespace, { uid: held.uid, resourceVersion: held.version });
      if (attempt > 1) await context.clock.sleep(PAUSE_MS);
    }
  });
  return outcome.ok ? outcome.value : outcome;
}

export async function leaseHolder(options: LeaseOptions): Promise<Outcome<LeaseHolder | undefined>> {
  return guardCluster(async () => {
    const held = await readHeld(options);
    return held === undefined || held.ended ? undefined : shown(held.holder);
  });
}

/** @returns undefined where there is one already */
async function create(namespace: Namespace, holder: z.output<typeof holderSchema>): Promise<string | undefined> {
  const made = await unless(
    409,
    namespace.client.ask({
      method: 'POST',
      path: pathOf(namespace, 'leases', GROUP),
      body: {
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata: { name: NAME, labels: { 'mwpipe.role': 'lease' }, annotations: { [HOLDER]: JSON.stringify(holder) } },
        spec: {
          holderIdentity: `${holder.who} on ${holder.host}`,
          leaseDurationSeconds: DURATION_SECONDS,
          renewTime: microTime(await serverNow(namespace)),
        },
      },
    }),
  );
  return made === undefined ? undefined : leaseSchema.parse(JSON.parse(made.body)).metadata.uid;
}

async function readHeld({ namespace, processes }: LeaseOptions): Promise<Held | undefined> {
  const found = await unless(404, namespace.client.ask({ path: `${pathOf(namespace, 'leases', GROUP)}/${NAME}` }));
  if (found === undefined) return undefined;
  const { metadata, spec } = leaseSchema.parse(JSON.parse(found.body));
  const holder = holderSchema.parse(JSON.parse(metadata.annotations[HOLDER] ?? '{}'));
  const local = holder.host === processes.self().host;
  const expired = (found.serverNow ?? 0) - Date.parse(spec.renewTime) > DURATION_SECONDS * 1000;
  const ended = local ? !processes.isAlive(holder) : expired;
  return { uid: metadata.uid, version: metadata.resourceVersion, holder, ended };
}

/** Renewed until it is given back. One that another has taken over is left alone: it has another uid. */
function leaseOf(
  namespace: Namespace,
  { uid, holder }: { readonly uid: string; readonly holder: z.output<typeof holderSchema> },
  { clock }: RunContext,
): Lease {
  const ending = new AbortController();
  const renewing = keepRenewing(namespace, uid, { clock, signal: ending.signal });
  return {
    holder: shown(holder),
    [Symbol.asyncDispose]: async () => {
      ending.abort();
      await renewing;
      await guardCluster(() => removeLease(namespace, { uid }));
    },
  };
}

async function keepRenewing(
  namespace: Namespace,
  uid: string,
  { clock, signal }: Pick<RunContext, 'clock' | 'signal'>,
): Promise<void> {
  const waited = (): Promise<boolean> =>
    clock.sleep(RENEW_MS, signal).then(
      () => true,
      () => false,
    );
  // One that fails is made up for by the next: three fit into the time that a lease holds.
  while (await waited()) await renew(namespace, uid).catch(() => undefined);
}

async function renew(namespace: Namespace, uid: string): Promise<void> {
  const body = { metadata: { uid }, spec: { renewTime: microTime(await serverNow(namespace)) } };
  const path = `${pathOf(namespace, 'leases', GROUP)}/${NAME}`;
  await unless(409, namespace.client.ask({ method: 'PATCH', path, body }));
}

async function removeLease(
  namespace: Namespace,
  preconditions: { readonly uid: string; readonly resourceVersion?: string },
): Promise<void> {
  const path = `${pathOf(namespace, 'leases', GROUP)}/${NAME}`;
  const body = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions };
  await unless(404, unless(409, namespace.client.ask({ method: 'DELETE', path, body })));
}

async function serverNow({ client }: Namespace): Promise<number> {
  const { serverNow: now } = await client.ask({ path: '/version' });
  return now ?? 0;
}

function microTime(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000Z');
}

function shown({ who, host, pid, reason, since }: LeaseHolder): LeaseHolder {
  return { who, host, pid, reason, since };
}

function heldBy(holder: LeaseHolder, { name }: Namespace): Diagnostic {
  return {
    code: 'lock/held',
    message: `${holder.who} holds namespace ${name} for "${holder.reason}" since ${holder.since} (process ${String(holder.pid)} on ${holder.host})`,
    hint: `wait for it, or stop it there; half a minute after it has ended the next may go on`,
    exit: 'refused',
  };
}

/**
 * Makes a bundle live on every running slot: checked in each image, staged on every instance, activated on canaries that
 * are watched, then everywhere. The lease is held while something changes, not while canaries soak: a push that comes
 * meanwhile takes their place, and the one that soaked says so and ends.
 */
import type { Diagnostic } from '../../kernel/diagnostic.ts';
import { short } from '../../kernel/digest.ts';
import type { Lease } from '../../kernel/home.ts';
import { ok, settle, type Outcome } from '../../kernel/outcome.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import type { PushPolicy } from '../../kernel/target-config.ts';
import { findAnswering } from './answering.ts';
import type { Bundle } from '../bundle/bundle.ts';
import { activateCanaries, endSoak } from './canaries.ts';
import { confirmLive } from './confirm-live.ts';
import { checkInImages } from '../check/check-bundle.ts';
import { checkSecrets } from '../check/check-secrets.ts';
import type { ConfigEvent } from '../events.ts';
import type { ConfigSource } from '../git-ports.ts';
import { DEBUG, PUSH } from './history.ts';
import { entryOf, makeLive, planLive, type Act, type PushResult } from './make-live.ts';
import { refusePush } from './policy.ts';
import type { ConfigPorts } from '../ports.ts';
import { refuseRaw } from '../raw/refuse-raw.ts';
import { stageEverywhere } from './stage-bundle.ts';
import { underLease } from '../../kernel/under-lease.ts';

export interface PushRequest {
  readonly bundle: Bundle;
  readonly dryRun?: boolean;
  /** The target's, or what the command line says instead. @default no canaries, nobody may be lost, anything goes */
  readonly policy?: PushPolicy | undefined;
  /** Where the overlays come from; undefined where they are in no git repo. */
  readonly source?: ConfigSource | undefined;
  /** Why a bundle that was rolled back is right now. */
  readonly override?: string | undefined;
  /** Seconds to wait for somebody else's act. @default 0 */
  readonly wait?: number | undefined;
  /** Who waits for the lease is told this. @default which bundle is pushed */
  readonly reason?: string | undefined;
  /** What must be there before anybody gets the bundle: done when it is checked and staged, under the same lease. */
  readonly prepare?: (() => Promise<Outcome<void>>) | undefined;
  /** `debug`: only requests with the pin get it. */
  readonly stopAt?: 'debug' | undefined;
}

type Context = RunContext<ConfigEvent>;

const ALL_AT_ONCE: PushPolicy = {
  canaries: 3,
  soak: 0,
  worse: 0.01,
  lost: 0,
  demand: 'anything',
  branch: 'origin/HEAD',
};
const PIN_SECONDS = 3600;

/**
 * Idempotent: a bundle that is live everywhere is left alone, what a killed push left is taken up.
 * @returns fails with `lock/held`, `config/nothing-live`, `config/rolled-back`, `config/not-committed`, `config/not-merged`,
 * `config/superseded`, `config/raw-not-served` (refused); with `config/php-*`, `config/no-such-secret`, `config/not-confirmed`, `config/canaries-worse`,
 * `config/canaries-unclear` (failed; then users have what they had)
 */
export async function pushConfig(
  request: PushRequest,
  ports: ConfigPorts,
  context: Context,
): Promise<Outcome<PushResult>> {
  const { bundle, policy = ALL_AT_ONCE } = request;
  const served = refuseRaw(bundle);
  if (!served.ok) return served;
  if (request.dryRun === true) return planLive({ bundle: bundle.hash, policy }, ports, context);
  const { reason = `config push of ${short(bundle.hash)}` } = request;
  const lease = { home: ports.home, reason, wait: request.wait, context };
  const begun = await underLease(lease, (held) => begin({ request, policy, held }, ports, context));
  if (!begun.ok || 'result' in begun.value)
    return begun.ok && 'result' in begun.value ? ok(begun.value.result) : (begun as Outcome<never>);
  return endSoak({ act: begun.value.soaking, policy, lease }, ports, context);
}

type Begun = { readonly result: PushResult } | { readonly soaking: Act };

async function begin(
  { request, policy, held }: { readonly request: PushRequest; readonly policy: PushPolicy; readonly held: Lease },
  ports: ConfigPorts,
  context: Context,
): Promise<Outcome<Begun>> {
  const { bundle, source, override, prepare = nothing } = request;
  const planned = await planLive({ bundle: bundle.hash, policy }, ports, context);
  if (!planned.ok) return planned;
  const wikiHost = firstHost(bundle);
  const asked: Act = { act: PUSH, planned: planned.value, who: held.holder.who, source, override, wikiHost };
  if (planned.value.plan.moves.length === 0) {
    const prepared = await prepare();
    return prepared.ok ? wrapped(confirmLive(asked, ports, context)) : prepared;
  }
  const journal = await ports.home.journal();
  if (!journal.ok) return journal;
  const refused = refusePush({ bundle: bundle.hash, policy, source, override, journal: journal.value });
  if (refused.length > 0) return settle(undefined as never, refused);
  const ready = await checkAndStage({ bundle, planned: planned.value, wikiHost }, ports, context);
  if (!ready.ok) return ready;
  const prepared = await prepare();
  if (!prepared.ok) return prepared;
  const { warnings, well } = ready.value;
  const act: Act = { ...asked, planned: { ...planned.value, warnings } };
  if (request.stopAt === 'debug') return wrapped(stopAtDebug(act, ports, context));
  const hasCanaries = planned.value.plan.moves.some(({ canaries }) => canaries.length > 0);
  if (!hasCanaries) return wrapped(makeLive({ ...act, lost: policy.lost, well }, ports, context));
  const active = await activateCanaries({ act, soakSeconds: policy.soak }, ports, context);
  return active.ok ? ok({ soaking: act }) : active;
}

const nothing = (): Promise<Outcome<void>> => Promise.resolve(ok());

async function wrapped(result: Promise<Outcome<PushResult>>): Promise<Outcome<Begun>> {
  const outcome = await result;
  return outcome.ok ? ok({ result: outcome.value }) : outcome;
}

/** @returns the warnings of the checks, and the instances whose MediaWiki answered meanwhile */
async function checkAndStage(
  {
    bundle,
    planned: { plan, slots },
    wikiHost,
  }: { readonly bundle: Bundle; readonly planned: PushResult; readonly wikiHost: string | undefined },
  ports: ConfigPorts,
  context: Context,
): Promise<Outcome<{ readonly warnings: readonly Diagnostic[]; readonly well: ReadonlySet<string> }>> {
  const secrets = await checkSecrets(bundle, ports.host, context);
  if (!secrets.ok) return secrets;
  const [checked, well] = await Promise.all([
    checkInImages({ bundle, images: plan.images }, ports, context),
    findAnswering({ slots: plan.moves, wikiHost }, ports.host, context),
  ]);
  if (!checked.ok) return checked;
  if (!well.ok) return well;
  const staged = await stageEverywhere({ bundle, slots: slots.map(({ slot }) => slot) }, ports.host, context);
  return staged.ok ? ok({ warnings: checked.value, well: well.value }) : staged;
}

async function stopAtDebug(act: Act, ports: ConfigPorts, context: Context): Promise<Outcome<PushResult>> {
  const started = context.clock.now();
  const pin = await ports.host.pin({ bundle: act.planned.bundle, seconds: PIN_SECONDS }, context);
  if (!pin.ok) return pin;
  const entry = entryOf({ ...act, act: DEBUG }, 'done', { started, now: started });
  const written = await ports.home.append(entry);
  return written.ok
    ? ok({ ...act.planned, state: 'waiting', pin: { ...pin.value, url: urlOf(pin.value.server, act.wikiHost) } })
    : written;
}

/** A wiki's, on the target's own scheme and port. */
function urlOf(server: string | undefined, wikiHost: string | undefined): string {
  const url = new URL(server ?? 'http://127.0.0.1:8080');
  if (wikiHost !== undefined) url.hostname = wikiHost;
  return url.href;
}

/** Where a wiki of the farm answers: nobody answers to an address. */
function firstHost({ farm }: Bundle): string | undefined {
  return farm?.wikis.values().next().value?.hosts[0];
}

/** Canaries of a push: activated under the lease, watched without it, and then all the others, or back. */
import { short } from '../../kernel/digest.ts';
import type { Home } from '../../kernel/home.ts';
import { fail, ok, settle, type Outcome } from '../../kernel/outcome.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import type { PushPolicy } from '../../kernel/target-config.ts';
import type { ConfigEvent } from '../events.ts';
import type { ConfigPorts, SlotInstances } from '../ports.ts';
import { confirmSlot, goBack } from './activate.ts';
import { CANARY } from './history.ts';
import type { SoakVerdict } from './judge-canaries.ts';
import { entryOf, makeLive, type Act, type PushResult } from './make-live.ts';
import type { PushPlan } from './plan-push.ts';
import { soakCanaries } from './soak.ts';
import { underLease } from '../../kernel/under-lease.ts';

type Context = RunContext<ConfigEvent>;

/** @returns fails with `config/not-confirmed`, and as the host does; then canaries have what the others have */
export async function activateCanaries(
  { act, soakSeconds }: { readonly act: Act; readonly soakSeconds: number },
  ports: ConfigPorts,
  context: Context,
): Promise<Outcome<void>> {
  const { plan, bundle } = act.planned;
  const started = context.clock.now();
  const intent = await note(act, 'intent', { ports, context, started });
  if (!intent.ok) return intent;
  const steady = { ...context, signal: new AbortController().signal };
  for (const { slot, instances } of canariesOf(plan)) {
    const pointed = await ports.host.point({ slot, bundle, instances }, steady);
    const answers = pointed.ok ? await confirmSlot({ slot, bundle, instances }, ports.host, steady) : pointed;
    if (answers.ok) continue;
    const back = await goBack({ plan, because: 'a canary could not activate' }, ports.host, steady);
    await note(act, 'failed', { ports, context, started });
    return settle(undefined as never, [...answers.diagnostics, ...back]);
  }
  const done = await note(act, 'done', { ports, context, started });
  if (done.ok) context.emit({ code: 'config/canaries-active', bundle, canaries: canariesOf(plan), soakSeconds });
  return done;
}

interface SoakEnd {
  readonly act: Act;
  readonly policy: PushPolicy;
  readonly lease: {
    readonly home: Home;
    readonly reason: string;
    readonly wait: number | undefined;
    readonly context: Context;
  };
}

/** @returns as pushConfig */
export async function endSoak(end: SoakEnd, ports: ConfigPorts, context: Context): Promise<Outcome<PushResult>> {
  const { act, policy, lease } = end;
  const started = context.clock.now();
  const canaries = canariesOf(act.planned.plan);
  const soak = { canaries, seconds: policy.soak, worse: policy.worse, host: act.wikiHost };
  const giveUp = (because: string) => takeBack({ act, because, lease }, ports, context);
  const judged = await soakCanaries(soak, ports.host, context).catch(async (thrown: unknown) => {
    // Ctrl-C: canaries don't stay behind.
    await giveUp('the push was stopped while its canaries soaked');
    throw thrown;
  });
  if (!judged.ok) return judged;
  const { verdict, because } = judged.value;
  if (verdict === 'unclear') return fail(unclear(judged.value));
  if (verdict === 'fail') {
    const back = await giveUp(because);
    return back.ok ? fail(worse(act.planned.bundle, because)) : back;
  }
  context.emit({ code: 'config/soaked', bundle: act.planned.bundle, because, ms: context.clock.now() - started });
  // Others may have come and gone meanwhile: wait for them a little, whatever --wait says.
  return underLease({ ...lease, wait: Math.max(lease.wait ?? 0, 10) }, async () => {
    const mine = await stillMine(act, ports, context);
    return mine.ok ? makeLive({ ...act, lost: policy.lost }, ports, context) : mine;
  });
}

/** Whether the canaries still have this bundle: a push or a rollback that came meanwhile has taken their place. */
async function stillMine({ planned }: Act, { host }: ConfigPorts, context: Context): Promise<Outcome<void>> {
  const slots = await host.slots(context);
  if (!slots.ok) return slots;
  const now = new Map(slots.value.map((slot) => [slot.slot, slot]));
  const isMine = canariesOf(planned.plan).every(({ slot, instances }) => {
    const here = instances.filter((name) => now.get(slot)?.instances.includes(name));
    return here.every((name) => now.get(slot)?.apart[name] === planned.bundle);
  });
  return isMine ? ok() : fail(superseded(planned.bundle));
}

async function takeBack(
  { act, because, lease }: { readonly act: Act; readonly because: string; readonly lease: SoakEnd['lease'] },
  ports: ConfigPorts,
  context: Context,
): Promise<Outcome<void>> {
  const steady = { ...context, signal: new AbortController().signal };
  return underLease({ ...lease, context: steady, wait: 10 }, async () => {
    const mine = await stillMine(act, ports, steady);
    if (!mine.ok) return mine;
    const wrong = await goBack({ plan: act.planned.plan, because }, ports.host, steady);
    const written = await note(act, 'failed', { ports, context, started: context.clock.now() });
    return wrong.length > 0 ? settle(undefined as never, wrong) : written;
  });
}

function canariesOf({ moves }: PushPlan): readonly SlotInstances[] {
  return moves.flatMap(({ slot, canaries }) => (canaries.length === 0 ? [] : [{ slot, instances: canaries }]));
}

function note(
  act: Act,
  phase: 'intent' | 'done' | 'failed',
  { ports, context, started }: { readonly ports: ConfigPorts; readonly context: Context; readonly started: number },
): Promise<Outcome<void>> {
  const more = { canaries: canariesOf(act.planned.plan) };
  return ports.home.append(entryOf({ ...act, act: CANARY }, phase, { started, now: context.clock.now(), more }));
}

function worse(bundle: string, because: string) {
  return {
    code: 'config/canaries-worse',
    message: `canaries with ${short(bundle)} did worse: ${because}`,
    hint: 'they are back on what the others have; mwpipe logs shows their errors',
    exit: 'failed',
  } as const;
}

function unclear({ because }: SoakVerdict) {
  return {
    code: 'config/canaries-unclear',
    message: `nothing can be said of the canaries: ${because}`,
    hint: 'they keep the new bundle, the others the old: mwpipe config push tries again, mwpipe config rollback gives up',
    exit: 'failed',
  } as const;
}

function superseded(bundle: string) {
  return {
    code: 'config/superseded',
    message: `another push or rollback came while ${short(bundle)} soaked, and took its canaries`,
    hint: 'mwpipe config status shows what is live now; push again to put this on top',
    exit: 'refused',
  } as const;
}

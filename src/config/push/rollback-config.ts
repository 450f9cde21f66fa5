/** Back to the bundle that was live before: it is staged still, so this is a pointer again. */
import { quote, type Diagnostic } from '../../kernel/diagnostic.ts';
import { short } from '../../kernel/digest.ts';
import type { JournalEntry } from '../../kernel/home.ts';
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import { openBundle } from '../bundle/open-bundle.ts';
import type { ConfigEvent } from '../events.ts';
import { bundleBefore, knownBundles, liveHistory, ROLLBACK, wasChecked } from './history.ts';
import { makeLive, planLive, type PushResult } from './make-live.ts';
import { liveBundle } from './plan-push.ts';
import type { ConfigPorts } from '../ports.ts';
import { checkInImages } from '../check/check-bundle.ts';
import { underLease } from '../../kernel/under-lease.ts';

export interface RollbackRequest {
  readonly to?: string;
  readonly dryRun?: boolean;
  /** Seconds to wait for somebody else's act. @default 0 */
  readonly wait?: number | undefined;
  /** Per cent of the instances that may fail to activate. @default 0 */
  readonly lost?: number | undefined;
}

/**
 * To what was live before, or to `to` (the first digits of a bundle in history). Checked again only in an image that
 * has never accepted it.
 * @returns fails as pushConfig does, and with `config/nothing-before`
 */
export async function rollbackConfig(
  { to, dryRun, wait, lost = 0 }: RollbackRequest,
  ports: ConfigPorts,
  context: RunContext<ConfigEvent>,
): Promise<Outcome<PushResult>> {
  return underLease({ home: ports.home, reason: 'config rollback', wait, context }, async (lease) => {
    const journal = await ports.home.journal();
    if (!journal.ok) return journal;
    const target = await chooseTarget({ to, journal: journal.value }, ports, context);
    if (!target.ok) return target;
    const planned = await planLive({ bundle: target.value.bundle }, ports, context);
    if (!planned.ok || dryRun === true) return planned;
    const { bundle, previous } = target.value;
    const { images } = planned.value.plan;
    const isKnown = images.every((image) => wasChecked(journal.value, { bundle, image }));
    // All or none: a wiki's version may be that of any of them.
    const checked = isKnown ? ok() : await checkKept({ hash: bundle, images }, ports, context);
    if (!checked.ok) return checked;
    const undone = previous === undefined ? planned.value : { ...planned.value, previous };
    return makeLive({ act: ROLLBACK, planned: undone, who: lease.holder.who, lost }, ports, context);
  });
}

async function chooseTarget(
  { to, journal }: { readonly to: string | undefined; readonly journal: readonly JournalEntry[] },
  { host }: ConfigPorts,
  context: RunContext<never>,
): Promise<Outcome<{ readonly bundle: string; readonly previous?: string }>> {
  const slots = await host.slots(context);
  if (!slots.ok) return slots;
  const known = knownBundles(journal);
  const live = liveBundle(slots.value);
  const canary = slots.value.flatMap(({ apart }) => Object.values(apart))[0];
  // What only canaries have is undone first.
  if (to === undefined && live !== undefined && canary !== undefined) return ok({ bundle: live, previous: canary });
  const found =
    to === undefined
      ? bundleBefore(liveHistory(journal), live)?.bundle
      : known.findLast((bundle) => bundle.startsWith(to));
  return found === undefined ? fail(nothingBefore(to, known)) : ok({ bundle: found });
}

function nothingBefore(to: string | undefined, known: readonly string[]): Diagnostic {
  return {
    code: 'config/nothing-before',
    message:
      to === undefined ? 'no other bundle was live here before' : `no bundle in history begins with ${quote(to)}`,
    hint:
      known.length === 0 ? 'the first push has nothing to go back to' : `in history: ${known.map(short).join(', ')}`,
    exit: 'refused',
  };
}

/** A bundle that is kept still: a check can judge it, but not say where a mistake was typed. */
async function checkKept(
  { hash, images }: { readonly hash: string; readonly images: readonly string[] },
  ports: ConfigPorts,
  context: RunContext<ConfigEvent>,
): Promise<Outcome<unknown>> {
  const packed = await ports.host.read(hash, context);
  const bundle = packed.ok ? openBundle(packed.value) : packed;
  return bundle.ok ? checkInImages({ bundle: bundle.value, images }, ports, context) : bundle;
}
